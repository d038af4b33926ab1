#include "server/formats/dnsmasq_hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/dhcp/octet_text.h"
#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

/// What one dhcp-host says.
struct Said {
  std::vector<dhcp::HardwareAddress> hardware;
  std::optional<dhcp::ClientId> client;
  std::optional<Ipv4> address;
  std::string name;
  std::optional<seconds> lease;
  std::optional<std::string> skipped;  // why it is no reservation
  bool wrong = false;                  // said so already
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `45`, `90m`, `12h`, `2d`, `1w`, `infinite`.
std::optional<seconds> parse_lease(std::string_view word) {
  if (word == "infinite") return dhcp::forever;
  std::uint32_t number = 0;
  const auto* end = word.data() + word.size();
  const auto parsed = std::from_chars(word.data(), end, number);
  if (parsed.ec != std::errc{}) return {};
  const std::string_view unit(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
  if (unit.empty() || unit == "s") return seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  if (unit == "d") return std::chrono::days(number);
  if (unit == "w") return std::chrono::weeks(number);
  return {};
}

/// `00:1b:44:11:3a:b7`, and with the type of another network before it `06-00:1b:…`.
std::optional<dhcp::HardwareAddress> parse_hardware(std::string_view word) {
  if (word.contains('/')) return {};
  const auto dash = word.find('-');
  if (dash == std::string_view::npos || word.find(':') < dash) return dhcp::parse_hardware(word);
  const auto type = dhcp::parse_octets(word.substr(0, dash));
  if (!type || type->size() != 1 || dash + 1 == word.size()) return {};
  return dhcp::parse_hardware(fmt::format("{}/{}", type->front(), word.substr(dash + 1)));
}

/// Hexadecimal octets, or else text as it is.
std::optional<dhcp::ClientId> parse_client(std::string_view text) {
  const auto octets = text.contains(':') ? dhcp::parse_octets(text) : std::nullopt;
  const auto id = octets ? Octets(*octets) : dhcp::octets_of(text);
  if (id.empty() || id.size() > dhcp::client_id_max) return {};
  return dhcp::ClientId::of(id);
}

class DnsmasqParser {
 public:
  DnsmasqParser(std::string_view file, const ReadFile& read) : sources_(file, read) {}

  void read(std::string_view text, std::string_view file);
  [[nodiscard]] ParsedReservations finish() && { return std::move(rows_).finish(); }

 private:
  void line(const Place& place, std::string_view text);
  void include(const Place& place, std::string_view path);
  void host(const Place& place, std::string_view text);
  void field(const Place& place, std::string_view word, Said& said);
  void add(const Place& place, Said&& said);

  ReservationGatherer rows_;
  Sources sources_;
};

void DnsmasqParser::read(std::string_view text, std::string_view file) {
  LineReader lines(text, file, rows_);
  while (const auto next = lines.next()) {
    const auto content = trim(next->text.substr(0, next->text.find('#')));
    if (!content.empty()) line({file, next->number}, content);
  }
}

/// A line of the configuration, `keyword` or `keyword=value`; else one of a hosts file, which has
/// no `=` and at least one comma.
void DnsmasqParser::line(const Place& place, std::string_view text) {
  const auto equals = text.find('=');
  const auto keyword = trim(text.substr(0, equals));
  const bool is_setting = keyword.find_first_of(":,") == std::string_view::npos;
  if (!is_setting) return host(place, text);
  const auto value =
      equals == std::string_view::npos ? std::string_view() : trim(text.substr(equals + 1));
  if (keyword == "dhcp-host") return host(place, value);
  if (keyword == "conf-file" || keyword == "dhcp-hostsfile") return include(place, value);
  rows_.skip(place, fmt::format("'{}' is not a reservation", shown(keyword)));
}

void DnsmasqParser::include(const Place& place, std::string_view path) {
  const auto text = sources_.enter(path);
  if (!text) {
    rows_.problem(place, fmt::format("'{}' {}", shown(path), to_text(text.error())));
    return;
  }
  read(*text, path);
  sources_.leave();
}

void DnsmasqParser::host(const Place& place, std::string_view text) {
  Said said;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    if (const auto word = trim(text.substr(0, end)); !word.empty()) field(place, word, said);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!said.wrong) add(place, std::move(said));
}

void DnsmasqParser::field(const Place& place, std::string_view word, Said& said) {
  if (word == "ignore") {
    said.skipped = "the client gets no answer";
  } else if (word.starts_with("set:") || word.starts_with("tag:") || word.starts_with("net:")) {
    rows_.skip(place, fmt::format("'{}' is left out, there are no tags here", shown(word)));
  } else if (word.starts_with('[') || word.starts_with("id:duid")) {
    rows_.skip(place, fmt::format("'{}' is of DHCPv6", shown(word)));
  } else if (word == "id:*") {
    // Whatever its identifier: a reservation by hardware address is so anyway.
  } else if (word.starts_with("id:")) {
    said.client = parse_client(word.substr(3));
    said.wrong = said.wrong || !said.client;
    if (!said.client) {
      rows_.problem(place, fmt::format("'{}' is no client identifier", shown(word)));
    }
  } else if (word.contains(':') && word.contains('*')) {
    said.skipped = "a hardware address with '*' is that of many";
  } else if (word.contains(':')) {
    if (const auto hardware = parse_hardware(word)) {
      said.hardware.push_back(*hardware);
    } else {
      said.wrong = true;
      rows_.problem(place, fmt::format("'{}' is no hardware address", shown(word)));
    }
  } else if (const auto lease = parse_lease(word)) {
    said.lease = *lease;
  } else if (std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.'; })) {
    said.address = rows_.address(place, word);
    said.wrong = said.wrong || !said.address;
  } else if (auto name = rows_.host_name(place, word)) {
    said.name = std::move(*name);
  } else {
    said.wrong = true;
  }
}

void DnsmasqParser::add(const Place& place, Said&& said) {
  if (!said.skipped && !said.address) said.skipped = "it has no address";
  if (!said.skipped && said.hardware.empty() && !said.client) {
    said.skipped = "it has neither hardware address nor client identifier";
  }
  if (said.skipped) return rows_.skip(place, *said.skipped);
  if (said.hardware.size() > 1) {
    rows_.skip(place, "of several hardware addresses the first one keeps the address");
  }
  dhcp::Reservation reservation;
  if (!said.hardware.empty()) {
    reservation.hardware = said.hardware.front();
  } else {
    reservation.client = std::move(said.client);
  }
  reservation.address = *said.address;
  reservation.name = std::move(said.name);
  reservation.parameters.lease = said.lease;
  rows_.add(place, std::move(reservation));
}

}  // namespace

ParsedReservations parse_dnsmasq_hosts(std::string_view text, std::string_view file,
                                       const ReadFile& read) {
  DnsmasqParser parser(file, read);
  parser.read(text, file);
  return std::move(parser).finish();
}

}  // namespace winsome::formats
