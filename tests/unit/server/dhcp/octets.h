#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "server/dhcp/message.h"

namespace winsome::dhcp {

using Bytes = std::vector<std::uint8_t>;

/// A message as it is on the wire, made by hand: 236 fixed octets of zeros but op 1, Ethernet and
/// the address 02:00:00:00:00:01, then the cookie and `options`.
inline Bytes datagram(std::initializer_list<std::uint8_t> options = {}) {
  Bytes octets(236);
  octets[0] = 1;
  octets[1] = 1;
  octets[2] = 6;
  octets[28] = 2;
  octets[33] = 1;
  octets.insert(octets.end(), {0x63, 0x82, 0x53, 0x63});
  octets.insert(octets.end(), options);
  return octets;
}

inline constexpr std::size_t sname_at = 44;
inline constexpr std::size_t file_at = 108;
inline constexpr std::size_t cookie_at = 236;
inline constexpr std::size_t options_at = 240;

inline void put_at(Bytes& octets, std::size_t offset, std::initializer_list<std::uint8_t> what) {
  for (const auto octet : what) octets[offset++] = octet;
}

inline Bytes value(const OptionSet& options, std::uint8_t code) {
  const auto found = options.find(code);
  if (!found) return {};
  return {found->begin(), found->end()};
}

}  // namespace winsome::dhcp
