#include "replication/winsra/discovery.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

// Fact base F
const Bytes up = from_hex("cd ab 00 00 00 00 00 00 c0 00 02 01 00 00 00 00");

std::optional<DecodeError> refusal(const Bytes& datagram) {
  const auto decoded = decode_announcement(datagram);
  return decoded ? std::nullopt : std::optional(decoded.error());
}

Announcement announced(const Bytes& datagram) {
  return decode_announcement(datagram).value_or(Announcement{true, {Ipv4(9, 9, 9, 9)}});
}

// C1
TEST(Discovery, ReadsTheVector) {
  EXPECT_EQ(announced(up), (Announcement{true, {owner}}));
}

// C1
TEST(Discovery, WritesTheVector) {
  EXPECT_EQ(encode(Announcement{true, {owner}}), up);
}

// C1
TEST(Discovery, AcceptsThreeSignatures) {
  for (const auto octet : std::to_array<std::uint8_t>({0xcd, 0xce, 0xcf}))
    EXPECT_FALSE(refusal(with(up, 0, {octet})));
  for (const auto octet : std::to_array<std::uint8_t>({0xcc, 0xd0, 0x00}))
    EXPECT_EQ(refusal(with(up, 0, {octet})), DecodeError::bad_signature);
  EXPECT_EQ(refusal(with(up, 0, {0, 0, 0xab, 0xcd})), DecodeError::bad_signature);
}

// C1
TEST(Discovery, EveryOpcodeButZeroIsGoodbye) {
  EXPECT_FALSE(announced(with(up, 4, {1})).up);
  EXPECT_FALSE(announced(with(up, 4, {2})).up);
  EXPECT_FALSE(announced(with(up, 7, {1})).up);
  EXPECT_EQ(encode(Announcement{false, {owner}}), with(up, 4, {1}));
}

// C1
TEST(Discovery, AZeroAddressEndsTheList) {
  EXPECT_EQ(announced(joined({up, {192, 0, 2, 9}})).addresses, std::vector{owner});
}

// C1
TEST(Discovery, APartialAddressIsIgnored) {
  for (std::size_t extra = 0; extra < 4; ++extra) {
    const Bytes cut(up.begin(), up.begin() + 12 + static_cast<std::ptrdiff_t>(extra));
    EXPECT_EQ(announced(cut).addresses, std::vector{owner}) << extra;
  }
}

TEST(Discovery, AddressesThatNoHostHasAreIgnored) {
  const auto datagram = joined({Bytes(up.begin(), up.begin() + 8),
                                {255, 255, 255, 255},
                                {224, 0, 1, 24},
                                u32(owner.value())});
  EXPECT_EQ(announced(datagram).addresses, std::vector{owner});
}

TEST(Discovery, MoreThan25AddressesAreCut) {
  auto datagram = Bytes(up.begin(), up.begin() + 8);
  for (std::uint8_t i = 1; i <= 30; ++i) datagram = joined({datagram, {10, 0, 0, i}});
  const auto addresses = announced(datagram).addresses;
  ASSERT_EQ(addresses.size(), 25U);
  EXPECT_EQ(addresses.back(), Ipv4(10, 0, 0, 25));
}

TEST(Discovery, AnEmptyListIsRead) {
  EXPECT_EQ(announced(Bytes(up.begin(), up.begin() + 8)), (Announcement{true, {}}));
}

TEST(Discovery, RefusesEveryPrefixOfItsHeader) {
  for (std::size_t length = 0; length < 8; ++length) {
    const Bytes prefix(up.begin(), up.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_EQ(refusal(prefix), DecodeError::truncated) << length;
  }
}

}  // namespace
}  // namespace winsome::winsra
