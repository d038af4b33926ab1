#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "server/core/ipv4.h"
#include "server/dhcp/domain_list.h"
#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/dhcp/wire.h"

namespace winsome::dhcp {
namespace {

using Out = std::vector<std::uint8_t>;
using Elements = std::vector<std::string>;

/// More leaves no room in a datagram for what else a client must be told.
constexpr std::size_t value_max = 1'024;

constexpr std::uint32_t infinite = 0xffff'ffff;  // RFC 2131 3.3
constexpr std::array<std::pair<char, std::uint32_t>, 4> units = {
    {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};

constexpr std::array<std::pair<std::uint8_t, std::string_view>, 4> node_types = {
    {{1, "B-node"}, {2, "P-node"}, {4, "M-node"}, {8, "H-node"}}};  // RFC 2132 8.7

template <class Number>
void append_number(Out& out, Number number) {
  for (auto shift = std::numeric_limits<std::make_unsigned_t<Number>>::digits; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<std::uint8_t>(static_cast<std::make_unsigned_t<Number>>(number) >>
                                            static_cast<unsigned>(shift)));
  }
}

/// Decimal and nothing else.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto* const stop = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), stop, number);
  if (error != std::errc{} || end != stop) return {};
  return number;
}

template <class Number>
bool append_decimal(Out& out, std::string_view text) {
  const auto number = parse_number<Number>(text);
  if (number) append_number(out, *number);
  return number.has_value();
}

bool append_flag(Out& out, std::string_view text) {
  if (text != "true" && text != "false") return false;
  out.push_back(text == "true" ? 1 : 0);
  return true;
}

/// `2h30m`: the longest unit first, each at most once.
std::optional<std::uint32_t> parse_seconds(std::string_view text) {
  if (text == "infinite") return infinite;
  if (text.empty()) return {};
  std::uint64_t sum = 0;
  auto allowed = units.begin();
  while (!text.empty()) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return {};
    const auto count = parse_number<std::uint32_t>(text.substr(0, digits));
    const auto unit = std::find_if(allowed, units.end(),
                                   [&](const auto& each) { return each.first == text[digits]; });
    if (!count || unit == units.end()) return {};
    sum += std::uint64_t{*count} * unit->second;
    allowed = unit + 1;
    text.remove_prefix(digits + 1);
  }
  if (sum >= infinite) return {};
  return static_cast<std::uint32_t>(sum);
}

bool append_seconds(Out& out, std::string_view text) {
  const auto length = parse_seconds(text);
  if (length) append_number(out, *length);
  return length.has_value();
}

bool append_address(Out& out, std::string_view text) {
  const auto address = parse_ipv4(text);
  if (address) append_number(out, address->value());
  return address.has_value();
}

/// "a b", one blank between them.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return {text, {}};
  return {text.substr(0, blank), text.substr(blank + 1)};
}

bool append_pair(Out& out, std::string_view text) {
  const auto [first, second] = halves(text);
  return append_address(out, first) && append_address(out, second);
}

constexpr std::size_t significant_octets(unsigned prefix_length) {
  return (prefix_length + 7) / 8;
}

bool append_route(Out& out, std::string_view text) {
  const auto [network, router] = halves(text);
  const auto prefix = parse_prefix(network);
  if (!prefix) return false;
  out.push_back(static_cast<std::uint8_t>(prefix->length()));
  append_number(out, prefix->network().value());
  out.resize(out.size() - 4 + significant_octets(prefix->length()));
  return append_address(out, router);
}

bool append_text(Out& out, std::string_view text) {
  if (text.empty() || !printable(octets_of(text))) return false;
  out.insert(out.end(), text.begin(), text.end());
  return true;
}

bool append_counted_text(Out& out, std::string_view text) {
  if (text.size() > part_max) return false;
  out.push_back(static_cast<std::uint8_t>(text.size()));
  return append_text(out, text);
}

bool append_node_type(Out& out, std::string_view text) {
  for (const auto& [number, name] : node_types) {
    if (text != name && text != std::to_string(number)) continue;
    out.push_back(number);
    return true;
  }
  return false;
}

bool append_octets(Out& out, std::string_view text) {
  const auto octets = parse_octets(text);
  if (octets) out.insert(out.end(), octets->begin(), octets->end());
  return octets.has_value();
}

template <class Number>
std::string decimal(ByteReader& in) {
  if constexpr (sizeof(Number) == 1) return std::to_string(in.u8());
  if constexpr (sizeof(Number) == 2) return std::to_string(in.u16());
  if constexpr (sizeof(Number) == 4) return std::to_string(static_cast<Number>(in.u32()));
}

std::string flag_text(ByteReader& in) {
  const auto value = in.u8();
  return value == 0 ? "false" : value == 1 ? "true" : std::string();
}

std::string seconds_text(ByteReader& in) {
  auto left = in.u32();
  if (left == infinite) return "infinite";
  if (left == 0) return "0s";
  std::string text;
  for (const auto& [letter, length] : units) {
    if (left >= length) text += std::to_string(left / length) + letter;
    left %= length;
  }
  return text;
}

std::string address_text(ByteReader& in) {
  return to_text(Ipv4(in.u32()));
}

std::string pair_text(ByteReader& in) {
  const auto first = address_text(in);
  return first + ' ' + address_text(in);
}

std::string route_text(ByteReader& in) {
  const auto length = in.u8();
  if (length > 32) return {};
  std::uint32_t network = 0;
  unsigned shift = 32;
  for (const auto octet : in.take(significant_octets(length))) {
    network |= std::uint32_t{octet} << (shift -= 8);
  }
  const auto prefix = to_text(Ipv4Prefix(Ipv4(network), length));
  return prefix + ' ' + address_text(in);
}

/// RFC 2132 2 asks not to send zeros at the end, and to take them.
std::string plain_text(ByteReader& in) {
  auto text = characters_of(in.take(in.remaining()));
  while (text.ends_with('\0')) text.remove_suffix(1);
  return printable(octets_of(text)) ? std::string(text) : std::string();
}

std::string counted_text(ByteReader& in) {
  const auto text = in.take(in.u8());
  return printable(text) ? std::string(characters_of(text)) : std::string();
}

std::string node_type_text(ByteReader& in) {
  const auto number = in.u8();
  const auto* const found = std::ranges::find(node_types, number, [](auto& e) { return e.first; });
  return found != node_types.end() ? std::string(found->second) : std::string();
}

struct Type {
  OptionType type;
  bool list;
  std::string_view expected;
  bool (*append)(Out&, std::string_view);
  /// One element; empty where the octets are none.
  std::string (*print)(ByteReader&);
};

// clang-format off
constexpr std::array types = {
    Type{OptionType::flag,          false, "'true' or 'false'", append_flag, flag_text},
    Type{OptionType::u8,            false, "a number from 0 to 255", append_decimal<std::uint8_t>, decimal<std::uint8_t>},
    Type{OptionType::u16,           false, "a number from 0 to 65535", append_decimal<std::uint16_t>, decimal<std::uint16_t>},
    Type{OptionType::u32,           false, "a number from 0 to 4294967295", append_decimal<std::uint32_t>, decimal<std::uint32_t>},
    Type{OptionType::i32,           false, "a number of 32 bits", append_decimal<std::int32_t>, decimal<std::int32_t>},
    Type{OptionType::duration,      false, "a duration such as '90m', or 'infinite'", append_seconds, seconds_text},
    Type{OptionType::address,       false, "an address", append_address, address_text},
    Type{OptionType::addresses,     true,  "an address", append_address, address_text},
    Type{OptionType::address_pairs, true,  "two addresses such as '192.0.2.0 192.0.2.1'", append_pair, pair_text},
    Type{OptionType::text,          false, "text of printable ASCII characters", append_text, plain_text},
    Type{OptionType::texts,         true,  "text of 1 to 255 printable ASCII characters", append_counted_text, counted_text},
    Type{OptionType::u8s,           true,  "a number from 0 to 255", append_decimal<std::uint8_t>, decimal<std::uint8_t>},
    Type{OptionType::u16s,          true,  "a number from 0 to 65535", append_decimal<std::uint16_t>, decimal<std::uint16_t>},
    Type{OptionType::node_type,     false, "'B-node', 'P-node', 'M-node' or 'H-node'", append_node_type, node_type_text},
    Type{OptionType::domains,       true,  "a domain name", append_domain, nullptr},
    Type{OptionType::routes,        true,  "a network and its router such as '192.0.2.0/24 192.0.2.1'", append_route, route_text},
    Type{OptionType::octets,        false, "octets such as '01:ff:0a'", append_octets, nullptr},
};
// clang-format on

constexpr bool each_type_at_its_place() {
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i].type != static_cast<OptionType>(i)) return false;
  }
  return types.size() == static_cast<std::size_t>(OptionType::octets) + 1;
}
static_assert(each_type_at_its_place());

const Type& type_of(std::uint8_t code) {
  const auto* const row = find_option(code);
  return types[static_cast<std::size_t>(row != nullptr ? row->type : OptionType::octets)];
}

/// The elements where all of the value fits the type.
std::optional<Elements> elements(const Type& type, Octets value) {
  if (type.type == OptionType::domains) return read_domains(value);
  if (type.print == nullptr) return {};
  Elements found;
  ByteReader in(value);
  while (in.remaining() > 0 && (type.list || found.empty())) {
    found.push_back(type.print(in));
    if (!in.ok() || found.back().empty()) return {};
  }
  if (found.empty() || in.remaining() > 0) return {};
  return found;
}

}  // namespace

Result<std::vector<std::uint8_t>, std::string> parse_option(std::uint8_t code,
                                                            std::span<const std::string> values) {
  if (code == option_pad || code == option_end || code == option::overload ||
      code == option::message_type) {
    return fail(fmt::format("option {} is part of the message itself", code));
  }
  const auto& type = type_of(code);
  std::vector<std::uint8_t> octets;
  if (values.empty() && type.type == OptionType::octets) return octets;  // as option 80 is
  if (values.empty()) return fail(fmt::format("expected {}, found nothing", type.expected));
  if (values.size() > 1 && !type.list) {
    return fail(fmt::format("expected one value, found {}", values.size()));
  }
  for (const auto& value : values) {
    if (!type.append(octets, value)) {
      return fail(fmt::format("expected {}, found '{}'", type.expected, value));
    }
    if (octets.size() > value_max) {
      return fail(fmt::format("expected at most {} octets in all", value_max));
    }
  }
  return octets;
}

std::vector<std::string> format_option(std::uint8_t code, Octets value) {
  const auto& type = type_of(code);
  if (auto found = elements(type, value)) return std::move(*found);
  // RFC 3004 counts each text, but many clients send one without its length.
  if (type.type == OptionType::texts && !value.empty() && printable(value)) {
    return {std::string(characters_of(value))};
  }
  if (value.empty()) return {};
  return {octets_text(value)};
}

std::string option_text(std::uint8_t code, Octets value) {
  auto text = option_name(code);
  const auto elements = format_option(code, value);
  if (!elements.empty()) text += fmt::format(" {}", fmt::join(elements, ", "));
  return text;
}

std::optional<std::vector<SubOption>> sub_options(Octets value) {
  std::vector<SubOption> found;
  ByteReader in(value);
  while (in.remaining() > 0) {
    const auto code = in.u8();
    if (code == option_pad) continue;
    if (code == option_end) break;
    const auto octets = in.take(in.u8());
    if (!in.ok()) return {};
    found.push_back({code, octets});
  }
  return found;
}

}  // namespace winsome::dhcp
