#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/config/dhcp_values.h"
#include "server/config/spelling.h"
#include "server/config/value_reading.h"
#include "server/dhcp/option_table.h"

namespace winsome::config {
namespace {

/// What an answer says of itself, or of the client; and what has a key of its own.
struct Spoken {
  std::uint8_t code;
  std::string_view instead;
};
constexpr std::array spoken = {
    Spoken{0, ""},
    Spoken{dhcp::option::requested_address, ""},
    Spoken{dhcp::option::lease_time, "; say lease instead"},
    Spoken{dhcp::option::overload, ""},
    Spoken{dhcp::option::message_type, ""},
    Spoken{dhcp::option::server_identifier, ""},
    Spoken{dhcp::option::parameter_request_list, ""},
    Spoken{dhcp::option::message, ""},
    Spoken{dhcp::option::message_size, ""},
    Spoken{dhcp::option::renewal_time, "; say dhcp.renewal instead"},
    Spoken{dhcp::option::rebinding_time, "; say dhcp.rebinding instead"},
    Spoken{dhcp::option::client_identifier, ""},
    Spoken{dhcp::option::client_fqdn, ""},
    Spoken{dhcp::option::relay_agent_information, ""},
    Spoken{dhcp::option::subnet_selection, ""},
    Spoken{255, ""},
};

std::string explain_unknown(const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& row : dhcp::option_rows()) names.push_back(row.name);
  const auto meant = nearest(name, names);
  return fmt::format(
      "unknown option {}{}", quote_start(name),
      meant.empty() ? " (those without a name are \"option-224\")" : did_you_mean(meant));
}

/// The elements as the table of options takes them: texts.
std::optional<std::vector<std::string>> texts_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.content)) return {{*text}};
  if (const auto* flag = std::get_if<bool>(&value.content)) return {{print(*flag)}};
  if (const auto* number = std::get_if<std::int64_t>(&value.content)) {
    return {{std::to_string(*number)}};
  }
  const auto* list = std::get_if<List>(&value.content);
  if (!list) return {};
  std::vector<std::string> texts;
  for (const auto& element : *list) {
    if (std::holds_alternative<List>(element.content)) return {};
    const auto text = texts_of(element);
    if (!text) return {};
    texts.push_back(text->front());
  }
  return texts;
}

void read_option(const Entry& entry, dhcp::OptionValues& options, Complaints& complaints) {
  const auto complain = [&](Position at, std::string_view text) {
    complaints.push_back({at, std::string(text)});
  };
  const auto code = dhcp::option_code(entry.name);
  if (!code) return complain(entry.at, explain_unknown(entry.name));
  const auto name = dhcp::option_name(*code);
  if (const auto* own = std::ranges::find(spoken, *code, &Spoken::code); own != spoken.end()) {
    return complain(entry.at, fmt::format("{}: is set by the server itself{}", name, own->instead));
  }
  if (options.contains(*code)) {
    return complain(entry.at, fmt::format("{}: stands here twice", name));
  }
  const auto texts = texts_of(entry.value);
  if (!texts) {
    return complain(entry.value.at,
                    fmt::format("{}: expected a text, a number, true, false or a list of them, "
                                "found {}",
                                name, describe(entry.value)));
  }
  auto octets = dhcp::parse_option(*code, *texts);
  if (!octets) {
    return complain(entry.value.at, fmt::format("{}: {}", name, octets.error()));
  }
  options.emplace(*code, std::move(*octets));
}

}  // namespace

void read(const Value& value, const Limits&, dhcp::OptionValues& out, Complaints& complaints) {
  const auto* table =
      take<Table>(value, R"(a table such as { domain-name = "example.org" })", complaints);
  if (!table) return;
  const auto complaints_before = complaints.size();
  dhcp::OptionValues options;
  for (const auto& entry : *table) read_option(entry, options, complaints);
  if (complaints.size() == complaints_before) out = std::move(options);
}

std::string print(const dhcp::OptionValues& options) {
  std::string text;
  for (const auto& [code, value] : options) {
    auto elements = dhcp::format_option(code, value);
    text += text.empty() ? "" : ", ";
    text += dhcp::option_name(code) + " = ";
    text += elements.size() == 1 ? print(elements.front()) : print(elements);
  }
  return "{" + text + "}";
}

}  // namespace winsome::config
