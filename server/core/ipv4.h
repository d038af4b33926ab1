#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace winsome {

/// An IPv4 address, kept in host byte order.
class Ipv4 {
 public:
  constexpr Ipv4() = default;
  constexpr explicit Ipv4(std::uint32_t host_order) : value_(host_order) {}
  constexpr Ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
      : value_(std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d) {}

  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  [[nodiscard]] constexpr bool unspecified() const { return value_ == 0; }

  /// Can one host have it: not 0/8, not multicast, not reserved, not broadcast.
  [[nodiscard]] constexpr bool is_host() const {
    return (value_ >> 24) != 0 && (value_ >> 24) < 224;
  }

  friend constexpr auto operator<=>(Ipv4, Ipv4) = default;

  template <class H>
  friend H AbslHashValue(H h, Ipv4 address) {
    return H::combine(std::move(h), address.value_);
  }

 private:
  std::uint32_t value_ = 0;
};

/// Four decimal numbers and three dots, nothing else; no leading zeros.
[[nodiscard]] std::optional<Ipv4> parse_ipv4(std::string_view text);
[[nodiscard]] std::string to_text(Ipv4 address);

/// A network in CIDR notation. Bits beyond the length are zero.
class Ipv4Prefix {
 public:
  constexpr Ipv4Prefix() = default;  // 0.0.0.0/0
  constexpr Ipv4Prefix(Ipv4 address, unsigned length)
      : length_(static_cast<std::uint8_t>(length)), network_(address.value() & mask(length)) {}

  [[nodiscard]] constexpr bool contains(Ipv4 address) const {
    return (address.value() & mask(length_)) == network_.value();
  }
  [[nodiscard]] constexpr unsigned length() const { return length_; }
  [[nodiscard]] constexpr Ipv4 network() const { return network_; }
  friend constexpr auto operator<=>(const Ipv4Prefix&, const Ipv4Prefix&) = default;

 private:
  static constexpr std::uint32_t mask(unsigned length) {
    return length == 0 ? 0 : 0xffff'ffffU << (32 - length);
  }
  std::uint8_t length_ = 0;
  Ipv4 network_;
};

/// `10.0.0.0/8`; a bare address is a /32. Host bits set, or a length above 32: nothing.
[[nodiscard]] std::optional<Ipv4Prefix> parse_prefix(std::string_view text);
[[nodiscard]] std::string to_text(const Ipv4Prefix& prefix);

struct Endpoint {
  Ipv4 address;
  std::uint16_t port = 0;
  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// `192.0.2.10:137`; the port is required.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

}  // namespace winsome
