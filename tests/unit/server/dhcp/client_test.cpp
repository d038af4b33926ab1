#include "server/dhcp/client.h"

#include <gtest/gtest.h>

#include <vector>

namespace winsome::dhcp {
namespace {

HardwareAddress hardware(std::uint8_t type, const std::vector<std::uint8_t>& octets) {
  HardwareAddress address{type, static_cast<std::uint8_t>(octets.size())};
  std::ranges::copy(octets, address.octets.begin());
  return address;
}

ClientId client(const std::vector<std::uint8_t>& octets) {
  return ClientId::of(Octets(octets));
}

const auto ethernet = hardware(1, {0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7});

TEST(Hardware, EthernetStandsByItself) {
  EXPECT_EQ(to_text(ethernet), "00:1b:44:11:3a:b7");
  EXPECT_EQ(parse_hardware("00:1b:44:11:3a:b7"), ethernet);
}

TEST(Hardware, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_hardware("00-1B-44-11-3A-B7"), ethernet);
  EXPECT_EQ(parse_hardware("0:1b:44:11:3a:b7"), ethernet);
  EXPECT_EQ(parse_hardware("1/00:1b:44:11:3a:b7"), ethernet);
}

TEST(Hardware, AnotherTypeOrLengthBringsItsType) {
  EXPECT_EQ(to_text(hardware(6, {0xaa, 0xbb})), "6/aa:bb");
  EXPECT_EQ(parse_hardware("6/aa:bb"), hardware(6, {0xaa, 0xbb}));
  EXPECT_EQ(to_text(hardware(1, {0xaa})), "1/aa");
  EXPECT_EQ(to_text(hardware(32, {})), "32/");
  EXPECT_EQ(parse_hardware("32/"), hardware(32, {}));
}

TEST(Hardware, RefusesWhatIsNoAddress) {
  for (const auto* const text :
       {"", "00", "00:1b:44:11:3a", "00:1b:44:11:3a:b7:00", "00:1b:44:11:3a:", ":1b:44:11:3a:b7",
        "00:1b:44:11:3a:b7 ", "00:1b-44:11:3a:b7", "00:1b:44:11:3a:g7", "001b:44:11:3a:b7",
        "256/00:1b", "/00:1b", "x/00", "-1/00", "001b44113ab7", "+1:1b:44:11:3a:b7",
        "6/01:02:03:04:05:06:07:08:09:10:11:12:13:14:15:16:17"}) {
    EXPECT_FALSE(parse_hardware(text)) << text;
  }
}

// RFC 2131 4.2
TEST(ClientIdentifier, IsTypeAndAddressWhereTheOptionIsMissing) {
  EXPECT_EQ(ClientId::of(ethernet), client({1, 0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7}));
  EXPECT_EQ(to_text(ClientId::of(ethernet)), "01:00:1b:44:11:3a:b7");
}

TEST(ClientIdentifier, KeepsNoMoreThanItsMaximum) {
  const std::vector<std::uint8_t> long_one(4'000, 7);
  EXPECT_EQ(client(long_one).octets.size(), 255U);
}

// RFC 2132 9.14
TEST(ClientIdentifier, TextBehindAZeroIsQuoted) {
  EXPECT_EQ(to_text(client({0, 'p', '-', '7'})), "\"p-7\"");
  EXPECT_EQ(parse_client_id("\"p-7\""), client({0, 'p', '-', '7'}));
}

TEST(ClientIdentifier, WhatCannotBeQuotedIsShownInOctets) {
  EXPECT_EQ(to_text(client({0, 'p', '"'})), "00:70:22");
  EXPECT_EQ(to_text(client({0, 'p', 0})), "00:70:00");
  EXPECT_EQ(to_text(client({0})), "00");
  EXPECT_EQ(parse_client_id("00:70:22"), client({0, 'p', '"'}));
}

TEST(ClientIdentifier, RefusesWhatIsNone) {
  for (const auto* const text : {"", "\"", "\"\"", "\"a", "a\"", "\"a\"b\"", "printer",
                                 "01:", "1:g", "\"\x01\"", "\"\xc3\xa4\""}) {
    EXPECT_FALSE(parse_client_id(text)) << text;
  }
  EXPECT_TRUE(parse_client_id('"' + std::string(254, 'x') + '"'));
  EXPECT_FALSE(parse_client_id('"' + std::string(255, 'x') + '"'));
}

TEST(ClientIdentifier, IsOrderedByItsOctets) {
  EXPECT_LT(client({1, 2}), client({1, 3}));
  EXPECT_LT(client({1, 2}), client({1, 2, 0}));
}

}  // namespace
}  // namespace winsome::dhcp
