#pragma once

#include <array>
#include <cstdint>

namespace winsome::net {

using EthernetAddress = std::array<std::uint8_t, 6>;
inline constexpr EthernetAddress ethernet_broadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/// What a frame carries (RFC 1700, "Ethernet numbers").
enum class EtherType : std::uint16_t { ipv4 = 0x0800, arp = 0x0806, rarp = 0x8035 };

}  // namespace winsome::net
