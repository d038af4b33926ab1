#include "server/net/udp_packet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "server/core/internet_checksum.h"

namespace winsome::net {
namespace {

using Packet = std::vector<std::uint8_t>;

// As scapy builds it (RFC 791 3.1, RFC 768): 10.77.0.1:67 says "hello" to 10.77.1.5:68.
const Packet golden = {0x45, 0x00, 0x00, 0x21, 0x00, 0x00, 0x40, 0x00,
                       0x40, 0x11, 0x25, 0x2d,                          // ... UDP, checksum
                       0x0a, 0x4d, 0x00, 0x01, 0x0a, 0x4d, 0x01, 0x05,  // from, to
                       0x00, 0x43, 0x00, 0x44, 0x00, 0x0d, 0xa5, 0xdb,  // ports, length
                       'h',  'e',  'l',  'l',  'o'};

const std::vector<std::uint8_t> hello = {'h', 'e', 'l', 'l', 'o'};
constexpr Endpoint server{Ipv4(10, 77, 0, 1), 67};
constexpr Endpoint client{Ipv4(10, 77, 1, 5), 68};

PacketError error_of(const Packet& packet, Checksum checksum = Checksum::verify) {
  const auto found = parse_udp_packet(packet, checksum);
  EXPECT_FALSE(found);
  return found ? PacketError{} : found.error();
}

/// Mends the checksum of the header after a test has changed it.
Packet with_header_checksum(Packet packet) {
  packet[10] = packet[11] = 0;
  const auto length = std::min(packet.size(), std::size_t{4} * (packet[0] & 0x0f));
  const auto sum = internet_checksum(Octets(packet).first(length));
  packet[10] = static_cast<std::uint8_t>(sum >> 8);
  packet[11] = static_cast<std::uint8_t>(sum);
  return packet;
}

Packet changed(std::size_t at, std::uint8_t value) {
  auto packet = golden;
  packet[at] = value;
  return with_header_checksum(packet);
}

TEST(UdpPacket, IsWrittenWithBothChecksums) {
  Packet out(packet_max);
  const auto length = write_udp_packet(out, {server, client, hello});
  out.resize(length);
  EXPECT_EQ(out, golden);
}

TEST(UdpPacket, ReadsWhatItWrites) {
  const auto found = parse_udp_packet(golden, Checksum::verify);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->from, server);
  EXPECT_EQ(found->to, client);
  EXPECT_TRUE(std::ranges::equal(found->payload, hello));
}

TEST(UdpPacket, OfEveryLengthReadsBack) {
  std::vector<std::uint8_t> payload;
  Packet out(packet_max);
  while (payload.size() + udp_packet_overhead <= packet_max) {
    const auto length = write_udp_packet(out, {server, client, payload});
    ASSERT_EQ(length, payload.size() + udp_packet_overhead);
    const auto found = parse_udp_packet(Octets(out).first(length), Checksum::verify);
    ASSERT_TRUE(found) << payload.size();
    ASSERT_TRUE(std::ranges::equal(found->payload, payload));
    payload.push_back(static_cast<std::uint8_t>(payload.size() * 7));
  }
}

TEST(UdpPacket, HasNoRoomInABufferThatIsTooShort) {
  Packet out(golden.size() - 1);
  EXPECT_EQ(write_udp_packet(out, {server, client, hello}), 0U);
  out.push_back(0);
  EXPECT_EQ(write_udp_packet(out, {server, client, hello}), golden.size());
}

// RFC 768: a checksum that comes out as zero is sent as all ones; zero says there is none.
TEST(UdpPacket, NeverSendsTheChecksumThatMeansNone) {
  Packet out(packet_max);
  // Two octets that make the sum of everything else 0xffff.
  ASSERT_GT(write_udp_packet(out, {server, client, Packet{0, 0}}), 0U);
  const Packet payload = {out[26], out[27]};
  ASSERT_GT(write_udp_packet(out, {server, client, payload}), 0U);
  EXPECT_EQ(out[26], 0xff);
  EXPECT_EQ(out[27], 0xff);
  EXPECT_TRUE(parse_udp_packet(Octets(out).first(30), Checksum::verify));
}

TEST(UdpPacket, IgnoresEthernetsPaddingBehindIt) {
  auto padded = golden;
  padded.resize(60, 0xee);
  const auto found = parse_udp_packet(padded, Checksum::verify);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->payload.size(), 5U);
}

TEST(UdpPacket, RefusesEveryPrefixOfAValidPacket) {
  for (std::size_t length = 0; length < golden.size(); ++length) {
    const auto found = parse_udp_packet(Octets(golden).first(length), Checksum::verify);
    ASSERT_FALSE(found) << length;
    EXPECT_EQ(found.error(), PacketError::truncated) << length;
  }
}

TEST(UdpPacket, RefusesAHeaderThatIsNotIpv4OrContradictsItself) {
  EXPECT_EQ(error_of(changed(0, 0x65)), PacketError::bad_header);  // version 6
  EXPECT_EQ(error_of(changed(0, 0x44)), PacketError::bad_header);  // 16 octets of header
  EXPECT_EQ(error_of(changed(0, 0x4f)), PacketError::bad_header);  // 60 of 33
  EXPECT_EQ(error_of(changed(3, 0x13)), PacketError::bad_header);  // in all shorter than the header
  EXPECT_EQ(error_of(changed(3, 0x22)), PacketError::truncated);   // longer than what came
  auto flipped = golden;
  flipped[8] ^= 1;
  EXPECT_EQ(error_of(flipped), PacketError::bad_header);  // its checksum
}

TEST(UdpPacket, RefusesADatagramThatDoesNotFitItsPacket) {
  EXPECT_EQ(error_of(changed(25, 0x0e)), PacketError::truncated);   // longer than the packet
  EXPECT_EQ(error_of(changed(25, 0x07)), PacketError::bad_header);  // shorter than its header
  EXPECT_EQ(error_of(changed(3, 0x1b)), PacketError::truncated);    // no room for the header
}

TEST(UdpPacket, RefusesFragmentsAndOtherProtocols) {
  EXPECT_EQ(error_of(changed(6, 0x20)), PacketError::fragment);  // more come
  EXPECT_EQ(error_of(changed(7, 0x01)), PacketError::fragment);  // not the first
  EXPECT_EQ(error_of(changed(9, 6)), PacketError::not_udp);
}

TEST(UdpPacket, ReadsAPacketWithIpOptions) {
  auto packet = golden;
  packet.insert(packet.begin() + 20, {1, 1, 1, 0});  // no operation, end (RFC 791 3.1)
  packet[0] = 0x46;
  packet[3] = static_cast<std::uint8_t>(packet.size());
  packet = with_header_checksum(packet);
  const auto found = parse_udp_packet(packet, Checksum::verify);
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::ranges::equal(found->payload, hello));
}

TEST(UdpPacket, MindsTheChecksumOnlyWhereItMeansSomething) {
  auto packet = golden;
  packet[30] ^= 1;
  EXPECT_EQ(error_of(packet), PacketError::bad_checksum);
  EXPECT_TRUE(parse_udp_packet(packet, Checksum::ignore));  // left to hardware
  packet[26] = packet[27] = 0;                              // the sender made none
  EXPECT_TRUE(parse_udp_packet(packet, Checksum::verify));
}

}  // namespace
}  // namespace winsome::net
