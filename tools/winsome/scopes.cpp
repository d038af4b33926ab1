#include "tools/winsome/scopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "tools/winsome/json.h"
#include "tools/winsome/parameters.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::array columns{Column{"NAME", 16},    Column{"SUBNET", 18}, Column{"ADDRESSES", 9},
                             Column{"ACTIVE", 8},   Column{"FREE", 8},    Column{"RESERVED", 8},
                             Column{"DECLINED", 8}, Column{"COMMENT"}};

/// Reserved clients may have leases that are in no pool.
std::uint64_t free_of(const v1::Scope& scope) {
  const auto taken = scope.active() + scope.declined();
  return scope.addresses() > taken ? scope.addresses() - taken : 0;
}

std::string range_text(const v1::AddressRange& range) {
  auto text = range.first() == range.last() ? range.first()
                                            : fmt::format("{}-{}", range.first(), range.last());
  if (!range.classes().empty()) {
    text += fmt::format(" (for {})", fmt::join(range.classes(), ", "));
  }
  return text;
}

std::string json_of(const v1::AddressRange& range) {
  return JsonObject()
      .text("first", range.first())
      .text("last", range.last())
      .value("classes", json_texts(range.classes()))
      .str();
}

template <class Ranges>
std::string json_ranges(const Ranges& ranges) {
  std::vector<std::string> values;
  for (const auto& range : ranges) values.push_back(json_of(range));
  return json_array(values);
}

JsonObject object_of(const v1::Scope& scope) {
  JsonObject object;
  object.text("name", scope.name())
      .text("comment", scope.comment())
      .text("subnet", scope.subnet())
      .text("shared_network", scope.shared_network())
      .value("pools", json_ranges(scope.pools()))
      .value("exclusions", json_ranges(scope.exclusions()))
      .number("offer_delay", static_cast<std::uint64_t>(scope.offer_delay().seconds()))
      .flag("authoritative", scope.authoritative())
      .flag("bootp_dynamic", scope.bootp_dynamic())
      .flag("feeds_names", scope.feeds_names())
      .text("dns_domain", scope.dns_domain())
      .number("addresses", scope.addresses())
      .number("active", scope.active())
      .number("free", free_of(scope))
      .number("reserved", scope.reserved())
      .number("declined", scope.declined());
  add_parameters(object, scope.parameters());
  return object;
}

std::string names_text(const v1::Scope& scope) {
  if (!scope.feeds_names()) return "not registered";
  std::string suffixes;
  for (const auto suffix : scope.suffixes()) suffixes += fmt::format("<{:02X}>", suffix);
  return "registered as NAME" + suffixes;
}

/// What the scope does not say itself.
v1::Parameters rest_of(const v1::Parameters& everywhere, const v1::Parameters& own) {
  auto rest = everywhere;
  std::set<std::uint32_t> codes;
  for (const auto& option : own.options()) codes.insert(option.code());
  rest.clear_options();
  for (const auto& option : everywhere.options()) {
    if (!codes.contains(option.code())) *rest.add_options() = option;
  }
  if (own.infinite() || own.has_lease()) {
    rest.clear_lease();
    rest.clear_infinite();
  }
  auto& boot = *rest.mutable_boot();
  if (!own.boot().file().empty()) boot.clear_file();
  if (!own.boot().server().empty()) boot.clear_server();
  if (!own.boot().server_name().empty()) boot.clear_server_name();
  return rest;
}

}  // namespace

std::string scope_header(const Style& style) {
  return style.json ? "" : header_line(columns, style);
}

std::string scope_row(const v1::Scope& scope, const Style& style) {
  if (style.json) return object_of(scope).str() + '\n';
  const std::array<std::string, columns.size()> cells{scope.name(),
                                                      scope.subnet(),
                                                      std::to_string(scope.addresses()),
                                                      std::to_string(scope.active()),
                                                      std::to_string(free_of(scope)),
                                                      std::to_string(scope.reserved()),
                                                      std::to_string(scope.declined()),
                                                      scope.comment()};
  return row_line(columns, cells);
}

std::string scope_details(const v1::GetScopeResponse& response, const Style& style) {
  const auto& scope = response.scope();
  if (style.json) {
    auto object = object_of(scope);
    JsonObject everywhere;
    add_parameters(everywhere, response.everywhere());
    return object.value("everywhere", everywhere.str()).str() + '\n';
  }
  auto text = scope.comment().empty() ? scope.name() + '\n'
                                      : fmt::format("{}  ({})\n", scope.name(), scope.comment());
  const auto line = [&text](std::string_view key, std::string_view value) {
    text += fmt::format("  {:<11} {}\n", key, value);
  };
  line("SUBNET", scope.subnet());
  if (!scope.shared_network().empty()) line("NETWORK", scope.shared_network());
  for (const auto& pool : scope.pools()) line("POOL", range_text(pool));
  for (const auto& range : scope.exclusions()) line("EXCLUDED", range_text(range));
  line("ADDRESSES",
       fmt::format("{}: {} active, {} free, {} declined; {} reserved", scope.addresses(),
                   scope.active(), free_of(scope), scope.declined(), scope.reserved()));
  if (!scope.authoritative()) line("REFUSES", "no foreign requests: it is not authoritative");
  if (scope.offer_delay().seconds() > 0) {
    line("ANSWERS", "after " + span_text(scope.offer_delay().seconds()));
  }
  if (scope.bootp_dynamic()) line("BOOTP", "clients get addresses of the pools");
  line("NAMES", names_text(scope));
  if (!scope.dns_domain().empty()) line("DNS", scope.dns_domain());
  show_parameters(scope.parameters(), line);
  show_parameters(rest_of(response.everywhere(), scope.parameters()),
                  [&line](std::string_view key, std::string_view value) {
                    line(key, fmt::format("{}  (of all scopes)", value));
                  });
  return text;
}

}  // namespace winsome::cli
