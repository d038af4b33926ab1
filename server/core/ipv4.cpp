#include "server/core/ipv4.h"

#include <array>
#include <charconv>

namespace winsome {
namespace {

/// A decimal number without sign or leading zero, at most `max`.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return {};
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > max) return {};
  return value;
}

}  // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return {};
    const auto number = parse_number(text.substr(0, dot), 255);
    if (!number) return {};
    value = value << 8 | *number;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return Ipv4(value);
}

std::string to_text(Ipv4 address) {
  std::array<char, 16> text{};
  char* out = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    out = std::to_chars(out, text.data() + text.size(), address.value() >> shift & 0xff).ptr;
    if (shift > 0) *out++ = '.';
  }
  return {text.data(), out};
}

std::optional<Ipv4Prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ipv4(text.substr(0, slash));
  if (!address) return {};
  if (slash == std::string_view::npos) return Ipv4Prefix(*address, 32);
  const auto length = parse_number(text.substr(slash + 1), 32);
  if (!length) return {};
  const Ipv4Prefix prefix(*address, *length);
  if (prefix.network() != *address) return {};
  return prefix;
}

std::string to_text(const Ipv4Prefix& prefix) {
  return to_text(prefix.network()) + "/" + std::to_string(prefix.length());
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const auto address = parse_ipv4(text.substr(0, colon));
  const auto port = parse_number(text.substr(colon + 1), 65535);
  if (!address || !port) return {};
  return Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::string to_text(const Endpoint& endpoint) {
  return to_text(endpoint.address) + ":" + std::to_string(endpoint.port);
}

}  // namespace winsome
