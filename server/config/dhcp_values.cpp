#include "server/config/dhcp_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "server/config/duration.h"
#include "server/config/spelling.h"
#include "server/config/value_reading.h"
#include "server/dhcp/message.h"
#include "server/dhcp/octet_text.h"

namespace winsome::config {
namespace {

using dhcp::ClientId;
using dhcp::HardwareAddress;
using dhcp::Pool;
using dhcp::Range;

constexpr std::string_view infinite = "infinite";
constexpr std::string_view no_router = "never";

/// Linux's IFNAMSIZ, less the zero octet.
constexpr std::size_t interface_name_max = 15;

/// As long as the option could be (RFC 3046 2).
constexpr std::size_t circuit_max = 253;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// Unlike tools, a file knows no hyphens between octets: `a-1` is a name.
bool may_be_octets(std::string_view text) {
  return text.find('-') == std::string_view::npos;
}

/// Quotes in the text itself, as tools write them, say that it is no octets.
std::string_view unquote(std::string_view text) {
  const bool quoted = text.size() > 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

/// The number before a `%`, at most 100, with no more than three digits after the point.
std::optional<double> parse_percent(std::string_view text) {
  if (text.empty() || text.back() != '%') return {};
  text.remove_suffix(1);
  if (text.size() > 6 || text.find_first_not_of("0123456789.") != std::string_view::npos) return {};
  double percent = 0;
  const auto* const stop = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), stop, percent, std::chars_format::fixed);
  if (error != std::errc{} || end != stop || percent > 100) return {};
  return percent;
}

/// Nothing after a complaint.
std::optional<Range> parse_range(Position at, const std::string& text, Complaints& complaints) {
  const auto dash = text.find('-');
  const auto first = parse_ipv4(trim(std::string_view(text).substr(0, dash)));
  const auto last =
      dash == std::string::npos ? first : parse_ipv4(trim(std::string_view(text).substr(dash + 1)));
  if (!first || !last || !first->is_host() || !last->is_host()) {
    complaints.push_back({at, R"(expected addresses such as "192.0.2.100-192.0.2.200" or )"
                              R"("192.0.2.7", found )" +
                                  quote_start(text)});
    return {};
  }
  if (*last < *first) {
    complaints.push_back({at, fmt::format("{} comes after {}", to_text(*first), to_text(*last))});
    return {};
  }
  return Range{*first, *last};
}

void read_pool_table(const Table& table, Position at, std::vector<Pool>& pools,
                     Complaints& complaints) {
  constexpr std::array<std::string_view, 2> names = {"range", "classes"};
  std::optional<Range> range;
  bool has_range = false;
  Pool pool;
  for (const auto& [name, name_at, value] : table) {
    if (name == "range") {
      has_range = true;
      if (const auto* text = take<std::string>(value, "a text in quotes", complaints)) {
        range = parse_range(value.at, *text, complaints);
      }
    } else if (name == "classes") {
      read_texts(value, {}, pool.classes, complaints);
    } else {
      const auto meant = nearest(name, names);
      complaints.push_back({name_at, fmt::format("unknown key {} of a pool{}", quote_start(name),
                                                 meant.empty() ? "" : did_you_mean(meant))});
    }
  }
  if (!has_range) complaints.push_back({at, "range is missing"});
  if (range) pools.push_back({*range, std::move(pool.classes)});
}

}  // namespace

void read(const Value& value, const Limits&, double& out, Complaints& complaints) {
  constexpr std::string_view expected = R"(a share such as "50%" or "87.5%")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto percent = parse_percent(*text);
  if (percent && *percent > 0 && *percent < 100) {
    out = *percent / 100;
  } else {
    complain_kind(value, expected, complaints);
  }
}

void read(const Value& value, const Limits& limits, Ipv4Prefix& out, Complaints& complaints) {
  constexpr std::string_view expected = R"(a network such as "192.0.2.0/24")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto network = parse_prefix(*text);
  if (!network) {
    complaints.push_back({value.at, explain_prefix(*text)});
  } else if (network->length() < limits.min || network->length() > limits.max ||
             !Ipv4(network->network().value() + 1).is_host()) {
    complaints.push_back(
        {value.at, fmt::format("expected {} of hosts, its length from {} to {}, found {}", expected,
                               limits.min, limits.max, to_text(*network))});
  } else {
    out = *network;
  }
}

void read(const Value& value, const Limits&, std::optional<bool>& out, Complaints& complaints) {
  if (const auto* flag = take<bool>(value, "true or false", complaints)) out = *flag;
}

void read(const Value& value, const Limits&, std::optional<HardwareAddress>& out,
          Complaints& complaints) {
  constexpr std::string_view expected = R"(a hardware address such as "00:1b:44:11:3a:b7")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto hardware = dhcp::parse_hardware(*text);
  if (hardware && hardware->length > 0) {
    out = hardware;
  } else {
    complain_kind(value, expected, complaints);
  }
}

void read(const Value& value, const Limits&, std::optional<ClientId>& out, Complaints& complaints) {
  constexpr std::string_view expected =
      R"(an identifier such as "01:00:1b:44:11:3a:b7" or "printer-7")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  auto client = may_be_octets(*text) ? dhcp::parse_client_id(*text) : std::nullopt;
  if (!client) client = dhcp::parse_client_id(fmt::format("\"{}\"", unquote(*text)));
  if (client) {
    out = std::move(client);
  } else {
    complain_kind(value, expected, complaints);
  }
}

void read(const Value& value, const Limits&, std::vector<HardwareAddress>& out,
          Complaints& complaints) {
  read_list(value, R"(a list such as ["00:1b:44:11:3a:b7"])", out, complaints,
            [&](Position at, const std::string& text, std::vector<HardwareAddress>& addresses) {
              const auto hardware = dhcp::parse_hardware(text);
              if (!hardware || hardware->length == 0) {
                complaints.push_back(
                    {at, R"(expected a hardware address such as "00:1b:44:11:3a:b7", found )" +
                             quote_start(text)});
              } else {
                addresses.push_back(*hardware);
              }
            });
}

void read(const Value& value, const Limits& limits, std::vector<std::uint16_t>& out,
          Complaints& complaints) {
  const auto* list = take<List>(value, "a list such as [7, 9]", complaints);
  if (!list) return;
  const auto complaints_before = complaints.size();
  std::vector<std::uint16_t> numbers;
  for (const auto& element : *list) {
    read(element, {limits.min, 0xffff}, numbers.emplace_back(), complaints);
  }
  if (complaints.size() == complaints_before) out = std::move(numbers);
}

void read(const Value& value, const Limits&, std::vector<Range>& out, Complaints& complaints) {
  read_list(value, R"(a list such as ["192.0.2.150", "192.0.2.160-192.0.2.165"])", out, complaints,
            [&](Position at, const std::string& text, std::vector<Range>& ranges) {
              if (const auto range = parse_range(at, text, complaints)) ranges.push_back(*range);
            });
}

void read(const Value& value, const Limits&, std::vector<Pool>& out, Complaints& complaints) {
  const auto* list = take<List>(value, R"(a list such as ["192.0.2.100-192.0.2.200"])", complaints);
  if (!list) return;
  const auto complaints_before = complaints.size();
  std::vector<Pool> pools;
  for (const auto& element : *list) {
    if (const auto* text = std::get_if<std::string>(&element.content)) {
      if (const auto range = parse_range(element.at, *text, complaints)) {
        pools.push_back({*range, {}});
      }
    } else if (const auto* table = std::get_if<Table>(&element.content)) {
      read_pool_table(*table, element.at, pools, complaints);
    } else {
      complain_kind(element, "a range in quotes, or a table of range and classes", complaints);
    }
  }
  if (complaints.size() == complaints_before) out = std::move(pools);
}

void read_lease(const Value& value, const Limits& limits, std::optional<seconds>& out,
                Complaints& complaints) {
  if (const auto* text = std::get_if<std::string>(&value.content); text && *text == infinite) {
    out = dhcp::forever;
    return;
  }
  seconds lease{0};
  const auto complaints_before = complaints.size();
  read(value, limits, lease, complaints);
  if (complaints.size() == complaints_before) out = lease;
}

void read_percent(const Value& value, const Limits& limits, unsigned& out, Complaints& complaints) {
  const auto expected =
      fmt::format("whole per cents from \"{}%\" to \"{}%\"", limits.min, limits.max);
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto percent = parse_percent(*text);
  if (percent && std::floor(*percent) == *percent && *percent >= static_cast<double>(limits.min) &&
      *percent <= static_cast<double>(limits.max)) {
    out = static_cast<unsigned>(*percent);
  } else {
    complain_kind(value, expected, complaints);
  }
}

void read_field(const Value& value, const Limits& limits, std::string& out,
                Complaints& complaints) {
  const auto expected = fmt::format("a text of 1 to {} octets that can be printed", limits.max);
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  if (text->empty() || std::cmp_greater(text->size(), limits.max) ||
      !dhcp::printable(dhcp::octets_of(*text))) {
    complain_kind(value, expected, complaints);
  } else {
    out = *text;
  }
}

void read_texts(const Value& value, const Limits&, std::vector<std::string>& out,
                Complaints& complaints) {
  read_list(value, R"(a list of texts such as ["iPXE"])", out, complaints,
            [&](Position at, const std::string& text, std::vector<std::string>& texts) {
              if (text.empty()) {
                complaints.push_back({at, "expected a text that is not empty"});
              } else {
                texts.push_back(text);
              }
            });
}

void read_directory(const Value& value, const Limits& limits, std::string& out,
                    Complaints& complaints) {
  std::filesystem::path path;
  const auto complaints_before = complaints.size();
  read(value, limits, path, complaints);
  if (complaints.size() != complaints_before) return;
  if (path.is_absolute()) {
    out = path.string();
  } else {
    complain_kind(value, "a path that begins with /", complaints);
  }
}

void read_algorithm(const Value& value, const Limits&, std::string& out, Complaints& complaints) {
  constexpr std::array<std::string_view, 3> known = {"hmac-sha256", "hmac-sha512", "hmac-sha1"};
  const auto* text = std::get_if<std::string>(&value.content);
  if (text && std::ranges::find(known, *text) != known.end()) {
    out = *text;
  } else {
    complain_kind(value, R"("hmac-sha256", "hmac-sha512" or "hmac-sha1")", complaints);
  }
}

void read_preference(const Value& value, const Limits&, std::int32_t& out, Complaints& complaints) {
  constexpr auto numbers = std::numeric_limits<std::int32_t>();
  if (const auto* text = std::get_if<std::string>(&value.content); text && *text == no_router) {
    out = numbers.min();
    return;
  }
  std::int64_t number = out;
  read(value, {numbers.min(), numbers.max()}, number, complaints);
  out = static_cast<std::int32_t>(number);
}

void read_interfaces(const Value& value, const Limits&, std::vector<std::string>& out,
                     Complaints& complaints) {
  read_list(
      value, R"(a list such as ["eth0"])", out, complaints,
      [&](Position at, const std::string& text, std::vector<std::string>& names) {
        const auto octets = dhcp::octets_of(text);
        if (text.empty() || text.size() > interface_name_max || !dhcp::printable(octets) ||
            text.find_first_of(" /") != std::string::npos) {
          complaints.push_back({at, R"(expected the name of an interface such as "eth0", found )" +
                                        quote_start(text)});
        } else if (std::ranges::find(names, text) != names.end()) {
          complaints.push_back({at, text + " stands here twice"});
        } else {
          names.push_back(text);
        }
      });
}

void read_suffixes(const Value& value, const Limits&, std::vector<std::uint8_t>& out,
                   Complaints& complaints) {
  read_list(
      value, R"(a list such as ["00", "20"])", out, complaints,
      [&](Position at, const std::string& text, std::vector<std::uint8_t>& suffixes) {
        const auto octets = dhcp::parse_octets(text);
        if (!octets || text.size() != 2) {
          complaints.push_back(
              {at, R"(expected two hexadecimal digits such as "20", found )" + quote_start(text)});
        } else if (octets->front() >= 0x1b && octets->front() <= 0x1e) {
          complaints.push_back({at, text + " is of domains, not of a host"});
        } else if (std::ranges::find(suffixes, octets->front()) != suffixes.end()) {
          complaints.push_back({at, text + " stands here twice"});
        } else {
          suffixes.push_back(octets->front());
        }
      });
}

void read_octets(const Value& value, const Limits&, std::vector<std::uint8_t>& out,
                 Complaints& complaints) {
  constexpr std::string_view expected = R"(an identifier such as "00:04:00:07" or "eth0/7")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  auto octets = may_be_octets(*text) ? dhcp::parse_octets(*text) : std::nullopt;
  const auto inner = unquote(*text);
  if (!octets) octets.emplace(inner.begin(), inner.end());
  if (octets->empty() || octets->size() > circuit_max) {
    complain_kind(value, expected, complaints);
  } else {
    out = std::move(*octets);
  }
}

void read_prefixes(const Value& value, const Limits&, std::vector<std::vector<std::uint8_t>>& out,
                   Complaints& complaints) {
  read_list(
      value, R"(a list such as ["52:54:00"])", out, complaints,
      [&](Position at, const std::string& text, std::vector<std::vector<std::uint8_t>>& prefixes) {
        auto octets = dhcp::parse_octets(text);
        if (!octets || octets->size() > HardwareAddress().octets.size()) {
          complaints.push_back(
              {at, R"(expected the beginning of a hardware address such as "52:54:00", )"
                   "found " +
                       quote_start(text)});
        } else {
          prefixes.push_back(std::move(*octets));
        }
      });
}

std::string print(double share) {
  return fmt::format("{:g}%", share * 100);
}
std::string print(const Ipv4Prefix& network) {
  return to_text(network);
}
std::string print(const std::optional<bool>& flag) {
  return flag ? print(*flag) : "none";
}
std::string print(const std::optional<HardwareAddress>& hardware) {
  return hardware ? dhcp::to_text(*hardware) : "none";
}
std::string print(const std::optional<ClientId>& client) {
  return client ? dhcp::to_text(*client) : "none";
}

std::string print(const std::vector<HardwareAddress>& addresses) {
  return join(addresses, [](const HardwareAddress& address) { return dhcp::to_text(address); });
}

std::string print(const std::vector<std::uint16_t>& numbers) {
  return join(numbers, [](std::uint16_t number) { return std::to_string(number); });
}

std::string print(const Range& range) {
  if (range.first == range.last) return to_text(range.first);
  return fmt::format("{}-{}", to_text(range.first), to_text(range.last));
}

std::string print(const std::vector<Range>& ranges) {
  return join(ranges, [](const Range& range) { return print(range); });
}

std::string print(const std::vector<Pool>& pools) {
  return join(pools, [](const Pool& pool) {
    return pool.classes.empty() ? print(pool.range)
                                : fmt::format("{} of {}", print(pool.range), print(pool.classes));
  });
}

std::string print_lease(const std::optional<seconds>& lease) {
  if (!lease) return "none";
  return *lease == dhcp::forever ? std::string(infinite) : to_text(*lease);
}

std::string print_percent(unsigned percent) {
  return fmt::format("{}%", percent);
}

std::string print_preference(std::int32_t preference) {
  return preference == std::numeric_limits<std::int32_t>::min() ? std::string(no_router)
                                                                : std::to_string(preference);
}

std::string print_suffixes(const std::vector<std::uint8_t>& suffixes) {
  return join(suffixes, [](std::uint8_t suffix) { return fmt::format("{:02x}", suffix); });
}

std::string print_octets(const std::vector<std::uint8_t>& octets) {
  return octets.empty() ? "none" : dhcp::octets_text(octets);
}

std::string print_prefixes(const std::vector<std::vector<std::uint8_t>>& prefixes) {
  return join(prefixes, [](const auto& prefix) { return dhcp::octets_text(prefix); });
}

}  // namespace winsome::config
