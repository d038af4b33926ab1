#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"

namespace winsome::bootstrap {

using EthernetAddress = std::array<std::uint8_t, 6>;

/// RFC 826, RFC 903.
enum class ArpOperation : std::uint16_t {
  request = 1,
  reply = 2,
  reverse_request = 3,
  reverse_reply = 4,
};

/// A packet of ARP or RARP, for Ethernet and IPv4; they have the same form.
struct ArpPacket {
  ArpOperation operation = ArpOperation::request;
  EthernetAddress sender_hardware{};
  Ipv4 sender;
  EthernetAddress target_hardware{};
  Ipv4 target;
  friend bool operator==(const ArpPacket&, const ArpPacket&) = default;
};

inline constexpr std::size_t arp_length = 28;

/// Octets behind the packet are Ethernet's padding. Nothing for what is cut off, or speaks of other
/// networks or operations.
[[nodiscard]] std::optional<ArpPacket> decode_arp(Octets octets);
[[nodiscard]] std::array<std::uint8_t, arp_length> encode(const ArpPacket& packet);

}  // namespace winsome::bootstrap
