#include "server/bootstrap/arp.h"

#include <algorithm>

#include "server/core/byte_writer.h"

namespace winsome::bootstrap {
namespace {

constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t protocol_ipv4 = 0x0800;
constexpr std::uint8_t hardware_length = 6;
constexpr std::uint8_t protocol_length = 4;

EthernetAddress read_hardware(ByteReader& in) {
  EthernetAddress address{};
  std::ranges::copy(in.take(address.size()), address.begin());
  return address;
}

}  // namespace

std::optional<ArpPacket> decode_arp(Octets octets) {
  ByteReader in(octets);
  const bool known = in.u16() == hardware_ethernet && in.u16() == protocol_ipv4 &&
                     in.u8() == hardware_length && in.u8() == protocol_length;
  if (!known) return std::nullopt;
  const auto operation = in.u16();
  ArpPacket packet;
  packet.sender_hardware = read_hardware(in);
  packet.sender = Ipv4(in.u32());
  packet.target_hardware = read_hardware(in);
  packet.target = Ipv4(in.u32());
  if (!in.ok() || operation < 1 || operation > 4) return std::nullopt;
  packet.operation = static_cast<ArpOperation>(operation);
  return packet;
}

std::array<std::uint8_t, arp_length> encode(const ArpPacket& packet) {
  std::array<std::uint8_t, arp_length> octets{};
  ByteWriter out(octets);
  out.u16(hardware_ethernet);
  out.u16(protocol_ipv4);
  out.u8(hardware_length);
  out.u8(protocol_length);
  out.u16(static_cast<std::uint16_t>(packet.operation));
  out.put(packet.sender_hardware);
  out.u32(packet.sender.value());
  out.put(packet.target_hardware);
  out.u32(packet.target.value());
  return octets;
}

}  // namespace winsome::bootstrap
