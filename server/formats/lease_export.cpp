#include "server/formats/lease_export.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/formats/csv.h"

namespace winsome::formats {
namespace {

/// A basic string (TOML 1.0). Octets that are no ASCII may be in any code page: as U+0080 to
/// U+00FF.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet >= 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", octet);
    } else {
      out += c;
    }
  }
  return out += '"';
}

void line(std::string& out, std::string_view key, std::string_view text) {
  if (!text.empty()) fmt::format_to(std::back_inserter(out), "{} = {}\n", key, quoted(text));
}

/// `2h30m`, as durations are written there.
std::string duration(seconds time) {
  if (time == dhcp::forever) return "infinite";
  constexpr auto units = std::to_array<std::pair<char, std::int64_t>>(
      {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}});
  std::string out;
  auto left = time.count();
  for (const auto& [unit, length] : units) {
    if (left >= length) out += std::to_string(left / length) + unit;
    left %= length;
  }
  return out.empty() ? "0" : out;
}

void options(std::string& out, const dhcp::OptionValues& values) {
  for (const auto& [code, octets] : values) {
    std::vector<std::string> elements;
    for (const auto& element : dhcp::format_option(code, octets)) {
      elements.push_back(quoted(element));
    }
    fmt::format_to(std::back_inserter(out), "options.{} = [{}]\n", dhcp::option_name(code),
                   fmt::join(elements, ", "));
  }
}

}  // namespace

void append_lease_csv(std::string& out, const ExportedLease& lease) {
  const std::array fields{csv_field(lease.address),
                          csv_field(lease.hardware),
                          csv_field(lease.client),
                          csv_field(lease.host_name),
                          csv_field(lease.scope),
                          csv_field(lease.state),
                          csv_time(lease.granted),
                          lease.expires ? csv_time(*lease.expires) : std::string("Infinite"),
                          csv_field(lease.netbios_name),
                          csv_field(lease.name_state),
                          csv_field(lease.dns_name)};
  fmt::format_to(std::back_inserter(out), "{}\r\n", fmt::join(fields, ","));
}

void append_reservation_toml(std::string& out, const dhcp::Reservation& reservation) {
  const auto& said = reservation.parameters;
  out += "[[dhcp.scope.reservation]]\n";
  line(out, "address", to_text(reservation.address));
  if (reservation.hardware) line(out, "hardware", dhcp::to_text(*reservation.hardware));
  if (reservation.client) line(out, "client_id", dhcp::to_text(*reservation.client));
  line(out, "circuit_id", dhcp::octets_text(reservation.circuit));
  line(out, "name", reservation.name);
  if (said.lease) line(out, "lease", duration(*said.lease));
  line(out, "boot.file", said.boot.file);
  line(out, "boot.server_name", said.boot.server_name);
  if (!said.boot.server.unspecified()) line(out, "boot.server", to_text(said.boot.server));
  options(out, said.options);
  out += '\n';
}

}  // namespace winsome::formats
