#include "tools/winsome/parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/core/printable.h"
#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "tools/winsome/output.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

std::string lease_text(const v1::Parameters& parameters) {
  return parameters.infinite() ? "infinite" : span_text(parameters.lease().seconds());
}

}  // namespace

void show_parameters(const v1::Parameters& parameters,
                     const std::function<void(std::string_view, std::string_view)>& line) {
  if (parameters.infinite() || parameters.has_lease()) line("LEASE", lease_text(parameters));
  const auto& boot = parameters.boot();
  if (!boot.file().empty()) line("BOOT FILE", boot.file());
  if (!boot.server().empty()) line("BOOT SERVER", boot.server());
  if (!boot.server_name().empty()) line("BOOT NAME", boot.server_name());
  for (const auto& option : parameters.options()) {
    const auto code = static_cast<std::uint8_t>(option.code());
    line("OPTION", printable(dhcp::option_text(code, dhcp::octets_of(option.value()))));
  }
}

void add_parameters(JsonObject& object, const v1::Parameters& parameters) {
  JsonObject options;
  for (const auto& option : parameters.options()) {
    const auto code = static_cast<std::uint8_t>(option.code());
    std::vector<std::string> values;
    for (const auto& value : dhcp::format_option(code, dhcp::octets_of(option.value()))) {
      values.push_back(json_string(printable(value)));
    }
    options.value(dhcp::option_name(code), json_array(values));
  }
  object.value("options", options.str());
  if (parameters.has_boot()) {
    object.value("boot", JsonObject()
                             .text("file", parameters.boot().file())
                             .text("server", parameters.boot().server())
                             .text("server_name", parameters.boot().server_name())
                             .str());
  }
  if (parameters.infinite()) {
    object.text("lease", "infinite");
  } else if (parameters.has_lease()) {
    object.number("lease", static_cast<std::uint64_t>(parameters.lease().seconds()));
  }
}

Result<v1::Option, std::string> option_argument(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto code = dhcp::option_code(name);
  if (!code || equals == text.size()) {
    return fail(
        fmt::format("option '{}' is not NAME=VALUE, as in routers=192.0.2.1 or "
                    "option-224=01:02",
                    text));
  }
  // Whole texts may hold commas themselves.
  const auto* row = dhcp::find_option(*code);
  std::vector<std::string> values;
  auto rest = text.substr(equals + 1);
  const bool is_list = row == nullptr || row->type != dhcp::OptionType::text;
  for (auto comma = is_list ? rest.find(',') : std::string_view::npos;
       comma != std::string_view::npos; comma = rest.find(',')) {
    values.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(comma + 1);
  }
  values.emplace_back(rest);
  const auto octets = dhcp::parse_option(*code, values);
  if (!octets) return fail(fmt::format("option '{}': {}", name, octets.error()));
  v1::Option option;
  option.set_code(*code);
  option.mutable_value()->assign(octets->begin(), octets->end());
  return option;
}

Result<void, std::string> lease_argument(std::string_view text, v1::Parameters& out) {
  const std::string value(text);
  const auto octets = dhcp::parse_option(dhcp::option::lease_time, std::span(&value, 1));
  const auto length = octets && octets->size() == 4 ? ByteReader(*octets).u32() : 0;
  if (length == 0) return fail(fmt::format("lease '{}': expected '8h', '2d' or 'infinite'", text));
  if (length == 0xffff'ffff) {
    out.set_infinite(true);
  } else {
    out.mutable_lease()->set_seconds(length);
  }
  return {};
}

void fill(v1::Parameters& out, const dhcp::Parameters& parameters) {
  for (const auto& [code, value] : parameters.options) {
    auto& option = *out.add_options();
    option.set_code(code);
    option.mutable_value()->assign(value.begin(), value.end());
  }
  const auto& boot = parameters.boot;
  if (boot != dhcp::Boot{}) {
    out.mutable_boot()->set_file(boot.file);
    out.mutable_boot()->set_server_name(boot.server_name);
    if (!boot.server.unspecified()) out.mutable_boot()->set_server(to_text(boot.server));
  }
  out.set_infinite(parameters.lease == dhcp::forever);
  if (parameters.lease && !out.infinite()) {
    out.mutable_lease()->set_seconds(parameters.lease->count());
  }
}

dhcp::Parameters to_parameters(const v1::Parameters& message) {
  dhcp::Parameters parameters;
  for (const auto& option : message.options()) {
    parameters.options[static_cast<std::uint8_t>(option.code())].assign(option.value().begin(),
                                                                        option.value().end());
  }
  const auto& boot = message.boot();
  parameters.boot = {boot.file(), boot.server_name(), parse_ipv4(boot.server()).value_or(Ipv4())};
  if (message.infinite()) {
    parameters.lease = dhcp::forever;
  } else if (message.has_lease()) {
    parameters.lease = seconds(message.lease().seconds());
  }
  return parameters;
}

std::string circuit_text(std::string_view circuit) {
  const auto octets = dhcp::octets_of(circuit);
  if (octets.empty()) return "";
  return dhcp::printable(octets) ? fmt::format("\"{}\"", circuit) : dhcp::octets_text(octets);
}

std::string circuit_argument(std::string_view text) {
  if (text.size() > 2 && text.starts_with('"') && text.ends_with('"')) {
    return std::string(text.substr(1, text.size() - 2));
  }
  const auto octets = dhcp::parse_octets(text);
  return octets ? std::string(octets->begin(), octets->end()) : std::string(text);
}

}  // namespace winsome::cli
