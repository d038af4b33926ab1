#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::net {

/// The headers of IPv4 without options and of UDP, as we send them.
inline constexpr std::size_t udp_packet_overhead = 28;
/// What leaves on Ethernet without fragments.
inline constexpr std::size_t packet_max = 1500;

/// An IPv4 packet that carries one whole UDP datagram; what a packet socket of the kind SOCK_DGRAM
/// receives and sends. The kernel has made, or taken off, the header of the link.
struct UdpPacket {
  Endpoint from;
  Endpoint to;
  Octets payload;
};

/// Why a packet carries no datagram; each is counted by itself.
enum class PacketError : std::uint8_t {
  truncated,     // shorter than its headers or than the lengths in them say
  bad_header,    // not IPv4, lengths that contradict each other, or a wrong header checksum
  fragment,      // part of a datagram
  not_udp,       // another protocol
  bad_checksum,  // of the datagram (RFC 768)
};
inline constexpr std::size_t packet_errors = 5;

[[nodiscard]] std::string_view to_text(PacketError error);  // "bad checksum"

/// Whether the checksum of the datagram means something: not where it was left to hardware that
/// was never met (veth, virtio), nor where the hardware has verified it.
enum class Checksum : std::uint8_t { verify, ignore };

/// Octets behind the packet, such as Ethernet's padding, are ignored. The payload is a view into
/// `packet`.
[[nodiscard]] Result<UdpPacket, PacketError> parse_udp_packet(Octets packet, Checksum checksum);

/// Writes headers with checksums and the payload; returns the length, 0 if `out` or a datagram of
/// 65,535 octets has no room.
[[nodiscard]] std::size_t write_udp_packet(std::span<std::uint8_t> out, const UdpPacket& packet);

}  // namespace winsome::net
