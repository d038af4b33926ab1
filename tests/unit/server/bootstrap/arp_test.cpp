#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "server/bootstrap/rarp.h"

namespace winsome::bootstrap {
namespace {

constexpr EthernetAddress station{0x02, 0, 0, 0, 0, 0x02};
constexpr EthernetAddress ours{0x02, 0, 0, 0, 0, 0x01};

// RFC 903: a station without a disk asks for its own address, and knows nothing else.
const std::vector<std::uint8_t> question_octets = {
    0x00, 0x01, 0x08, 0x00, 6,    4,    0x00, 0x03,        // Ethernet, IPv4, reverse request
    0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0,    0,    0, 0,  //
    0x02, 0x00, 0x00, 0x00, 0x00, 0x02, 0,    0,    0, 0};

ArpPacket question() {
  return {.operation = ArpOperation::reverse_request,
          .sender_hardware = station,
          .sender = {},
          .target_hardware = station,
          .target = {}};
}

TEST(Arp, ReadsAndWritesTheOctetsOfTheRfc) {
  EXPECT_EQ(decode_arp(question_octets), question());
  EXPECT_TRUE(std::ranges::equal(encode(question()), question_octets));
}

TEST(Arp, IgnoresEthernetsPadding) {
  auto padded = question_octets;
  padded.resize(46, 0xee);
  EXPECT_EQ(decode_arp(padded), question());
}

TEST(Arp, RefusesEveryPrefixOfAValidPacket) {
  for (std::size_t length = 0; length < question_octets.size(); ++length)
    EXPECT_FALSE(decode_arp(Octets(question_octets).first(length))) << length;
}

TEST(Arp, RefusesOtherNetworksLengthsAndOperations) {
  for (const std::size_t at : {1U, 2U, 4U, 5U, 6U}) {
    auto packet = question_octets;
    packet[at] ^= 0x40;
    EXPECT_FALSE(decode_arp(packet)) << at;
  }
  for (const int operation : {0, 5}) {
    auto packet = question_octets;
    packet[7] = static_cast<std::uint8_t>(operation);
    EXPECT_FALSE(decode_arp(packet)) << operation;
  }
}

// RFC 903: the reply says who the server is and whose address it gives.
TEST(Rarp, AnswersWithTheAddressOfTheTarget) {
  auto asked = question();
  asked.target_hardware = {0x02, 0, 0, 0, 0, 0x77};  // somebody asks for somebody else
  ASSERT_TRUE(is_rarp_question(asked));
  EXPECT_EQ(rarp_answer(asked, Ipv4(10, 77, 1, 5), {ours, Ipv4(10, 77, 0, 1)}),
            (ArpPacket{.operation = ArpOperation::reverse_reply,
                       .sender_hardware = ours,
                       .sender = Ipv4(10, 77, 0, 1),
                       .target_hardware = {0x02, 0, 0, 0, 0, 0x77},
                       .target = Ipv4(10, 77, 1, 5)}));
}

TEST(Rarp, OnlyAReverseRequestIsAQuestion) {
  for (const auto operation :
       {ArpOperation::request, ArpOperation::reply, ArpOperation::reverse_reply}) {
    auto packet = question();
    packet.operation = operation;
    EXPECT_FALSE(is_rarp_question(packet));
  }
}

TEST(Rarp, AGroupOrNobodyHasNoAddress) {
  for (const auto& hardware : {EthernetAddress{}, EthernetAddress{0x01, 0, 0x5e, 0, 0, 1}}) {
    auto packet = question();
    packet.target_hardware = hardware;
    EXPECT_FALSE(is_rarp_question(packet));
    packet = question();
    packet.sender_hardware = hardware;
    EXPECT_FALSE(is_rarp_question(packet));
  }
}

}  // namespace
}  // namespace winsome::bootstrap
