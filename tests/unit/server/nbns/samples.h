#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <vector>

#include "server/nbns/message.h"
#include "tests/golden/hex.h"

namespace winsome::nbns {

using Bytes = std::vector<std::uint8_t>;
using golden::from_hex;

inline Bytes encoded(const Message& message, std::size_t room = 6'000) {
  Bytes octets(room);
  const auto written = encode(message, octets);
  return {written.begin(), written.end()};
}

/// Why `octets` are refused; nothing when they are not.
inline std::optional<DecodeError> error_of(const Bytes& octets) {
  const auto decoded = decode(octets);
  return decoded ? std::nullopt : std::optional(decoded.error());
}

inline Bytes with(Bytes octets, std::size_t at, std::initializer_list<std::uint8_t> values) {
  std::ranges::copy(values, octets.begin() + static_cast<std::ptrdiff_t>(at));
  return octets;
}

inline const Name fred = make_name("FRED", 0x00);
inline const Name server = make_name("FRED", 0x20);
inline const NbEntry entry{.group = false, .node = NodeType::h, .address = Ipv4(192, 0, 2, 10)};

// Fact base F: constructed from RFC 1002 4.2.
inline const Bytes registration = from_hex(R"(
  12 34 29 00 00 01 00 00 00 00 00 01 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 c0 0c 00 20 00 01 00 04 93 e0 00 06 60 00
  c0 00 02 0a)");
inline const Bytes positive_registration = from_hex(R"(
  12 34 ad 80 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 00 07 e9 00 00 06 60 00 c0 00 02 0a)");
inline const Bytes wack = from_hex(R"(
  12 34 bc 00 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 41 41 00 00 20 00 01 00 00 00 09 00 02 29 00)");
inline const Bytes query = from_hex(R"(
  12 35 01 00 00 01 00 00 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 20 00 01)");
inline const Bytes positive_query = from_hex(R"(
  12 35 85 80 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 20 00 01 00 00 00 00 00 06 60 00 c0 00 02 0a)");
inline const Bytes negative_query = from_hex(R"(
  12 35 85 83 00 00 00 01 00 00 00 00 20 45 47 46 43 45 46 45 45 43 41 43 41 43 41 43 41 43 41 43
  41 43 41 43 41 43 41 43 41 43 41 43 41 00 00 0a 00 01 00 00 00 00 00 00)");

/// The flags word that `message` has on the wire.
inline unsigned flags_of(const Message& message) {
  const auto octets = encoded(message);
  return static_cast<unsigned>(octets.at(2) << 8 | octets.at(3));
}

}  // namespace winsome::nbns
