#include "server/formats/dhcpd_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "server/dhcp/option_table.h"
#include "server/formats/lines.h"
#include "server/formats/reservations.h"

namespace winsome::formats {
namespace {

constexpr std::size_t boot_file_max = 127;  // RFC 951 3, without the NUL
constexpr std::size_t server_name_max = 63;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void boot_text(const Place& place, std::string_view word, DhcpdStatement rest, std::size_t most,
               std::string& out, Reports& reports) {
  if (rest.size() == 1 && rest[0].text.size() <= most && is_printable(rest[0].text)) {
    out = rest[0].text;
  } else {
    reports.problem(place, fmt::format("{} '{}': expected at most {} octets of ASCII", word,
                                       shown(values_of(rest).front()), most));
  }
}

void option(const Place& place, DhcpdStatement rest, dhcp::Parameters& out, Reports& reports) {
  const auto& name = rest[0].text;
  const auto code = dhcp::option_code(lower(name));
  if (!code) {
    reports.skip(place, fmt::format("option '{}' is not known here", shown(name)));
    return;
  }
  if (!may_be_configured(*code)) {
    reports.skip(place, fmt::format("option '{}' is the protocol's own", shown(name)));
    return;
  }
  const auto values = values_of(rest.subspan(1));
  auto octets = dhcp::parse_option(*code, values);
  if (octets) {
    out.options.insert_or_assign(*code, std::move(*octets));
  } else {
    reports.skip(place,
                 fmt::format("option '{}' is left out: {}", shown(name), shown(octets.error())));
  }
}

}  // namespace

std::string lower(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return folded;
}

std::vector<std::string> values_of(DhcpdStatement tokens) {
  std::vector<std::string> values(1);
  for (const auto& token : tokens) {
    if (token.kind == DhcpdTokenKind::comma) {
      values.emplace_back();
    } else {
      if (!values.back().empty()) values.back() += ' ';
      values.back() += token.text;
    }
  }
  return values;
}

bool read_parameter(const Place& place, std::string_view word, DhcpdStatement rest,
                    dhcp::Parameters& out, Reports& reports) {
  if (word == "filename") {
    boot_text(place, word, rest, boot_file_max, out.boot.file, reports);
  } else if (word == "server-name") {
    boot_text(place, word, rest, server_name_max, out.boot.server_name, reports);
  } else if (word == "next-server") {
    const auto address = rest.size() == 1 ? parse_ipv4(rest[0].text) : std::nullopt;
    if (address) {
      out.boot.server = *address;
    } else {
      reports.skip(place, "next-server is a name: write its address instead");
    }
  } else if (word == "option" && rest.size() >= 2) {
    option(place, rest, out, reports);
  } else {
    return false;
  }
  return true;
}

void inherit(dhcp::Parameters& into, const dhcp::Parameters& from) {
  into.options.insert(from.options.begin(), from.options.end());
  if (into.boot.file.empty()) into.boot.file = from.boot.file;
  if (into.boot.server_name.empty()) into.boot.server_name = from.boot.server_name;
  if (into.boot.server.unspecified()) into.boot.server = from.boot.server;
}

}  // namespace winsome::formats
