#include "server/net/udp_packet.h"

#include "server/core/byte_writer.h"
#include "server/core/internet_checksum.h"

namespace winsome::net {
namespace {

constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t ip_header = 20;
constexpr std::size_t udp_header = 8;
constexpr std::uint16_t dont_fragment = 0x4000;
/// More fragments, or an offset.
constexpr std::uint16_t fragment_bits = 0x3fff;
constexpr std::uint8_t hops_default = 64;  // RFC 1700, "IP time to live parameter"

/// The header that the checksum of UDP covers beside the datagram (RFC 768), as a sum.
std::uint32_t pseudo_header(Ipv4 from, Ipv4 to, std::size_t length) {
  const auto halves = [](Ipv4 address) {
    return (address.value() >> 16) + (address.value() & 0xffff);
  };
  return halves(from) + halves(to) + protocol_udp + static_cast<std::uint32_t>(length);
}

}  // namespace

std::string_view to_text(PacketError error) {
  switch (error) {
    case PacketError::truncated: return "truncated";
    case PacketError::bad_header: return "bad header";
    case PacketError::fragment: return "fragment";
    case PacketError::not_udp: return "not UDP";
    case PacketError::bad_checksum: return "bad checksum";
  }
  return "";
}

Result<UdpPacket, PacketError> parse_udp_packet(Octets packet, Checksum checksum) {
  ByteReader in(packet);
  const auto version_and_length = in.u8();
  in.take(1);  // type of service
  const std::size_t total = in.u16();
  in.take(2);  // identification
  const auto fragment = in.u16();
  in.take(1);  // time to live
  const auto protocol = in.u8();
  in.take(2);  // checksum, verified over the whole header
  UdpPacket found;
  found.from.address = Ipv4(in.u32());
  found.to.address = Ipv4(in.u32());
  if (!in.ok()) return fail(PacketError::truncated);

  const std::size_t header = std::size_t{4} * (version_and_length & 0x0f);
  if (version_and_length >> 4 != 4 || header < ip_header || total < header)
    return fail(PacketError::bad_header);
  if (packet.size() < total) return fail(PacketError::truncated);
  if (internet_checksum(packet.first(header)) != 0) return fail(PacketError::bad_header);
  if (protocol != protocol_udp) return fail(PacketError::not_udp);
  if ((fragment & fragment_bits) != 0) return fail(PacketError::fragment);

  const auto rest = packet.first(total).subspan(header);
  ByteReader udp(rest);
  found.from.port = udp.u16();
  found.to.port = udp.u16();
  const std::size_t length = udp.u16();
  const auto sent_checksum = udp.u16();
  if (!udp.ok() || rest.size() < length) return fail(PacketError::truncated);
  if (length < udp_header) return fail(PacketError::bad_header);
  const auto datagram = rest.first(length);
  // RFC 768: zero says that the sender made none.
  const bool verify = checksum == Checksum::verify && sent_checksum != 0;
  const auto pseudo = pseudo_header(found.from.address, found.to.address, length);
  if (verify && internet_checksum(datagram, pseudo) != 0) return fail(PacketError::bad_checksum);
  found.payload = datagram.subspan(udp_header);
  return found;
}

std::size_t write_udp_packet(std::span<std::uint8_t> out, const UdpPacket& packet) {
  const auto total = udp_packet_overhead + packet.payload.size();
  if (total > 0xffff || total > out.size()) return 0;
  const auto length = static_cast<std::uint16_t>(total - ip_header);

  ByteWriter ip(out);
  ip.u8(0x45);
  ip.u8(0);
  ip.u16(static_cast<std::uint16_t>(total));
  ip.u16(0);  // no identification: it is never fragmented (RFC 6864 4.1)
  ip.u16(dont_fragment);
  ip.u8(hops_default);
  ip.u8(protocol_udp);
  ip.u16(0);
  ip.u32(packet.from.address.value());
  ip.u32(packet.to.address.value());
  ByteWriter(out.subspan(10)).u16(internet_checksum(ip.written()));

  const auto datagram = out.subspan(ip_header, length);
  ByteWriter udp(datagram);
  udp.u16(packet.from.port);
  udp.u16(packet.to.port);
  udp.u16(length);
  udp.u16(0);
  udp.put(packet.payload);
  const auto pseudo = pseudo_header(packet.from.address, packet.to.address, length);
  const auto sum = internet_checksum(udp.written(), pseudo);
  ByteWriter(datagram.subspan(6)).u16(sum == 0 ? 0xffff : sum);
  return total;
}

}  // namespace winsome::net
