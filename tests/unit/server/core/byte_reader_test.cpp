#include "server/core/byte_reader.h"

#include <gtest/gtest.h>

#include <array>

namespace winsome {
namespace {

constexpr std::array<std::uint8_t, 8> octets{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};

TEST(ByteReader, ReadsBigEndianNumbersOneBehindTheOther) {
  ByteReader in(octets);
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16(), 0x0203);
  EXPECT_EQ(in.u32(), 0x04050607U);
  EXPECT_EQ(in.remaining(), 1U);
  EXPECT_TRUE(in.ok());
}

TEST(ByteReader, ReadsSixtyFourBitsToTheLastOctet) {
  ByteReader in(octets);
  EXPECT_EQ(in.u64(), 0x0102030405060708U);
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_TRUE(in.ok());
}

TEST(ByteReader, TakesSpansOfTheDatagramItself) {
  ByteReader in(octets, 2);
  const auto taken = in.take(3);
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(taken.data(), octets.data() + 2);
  EXPECT_EQ(in.offset(), 5U);
  EXPECT_EQ(in.whole().size(), octets.size());
}

TEST(ByteReader, FailsForGoodAtTheFirstReadPastTheEnd) {
  ByteReader in(octets, 6);
  EXPECT_EQ(in.u32(), 0U);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0U);  // two octets are left, but nothing is read any more
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(ByteReader, RefusesCountsThatWouldWrapTheOffset) {
  ByteReader in(octets, 4);
  EXPECT_TRUE(in.take(SIZE_MAX - 2).empty());
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, AcceptsAnOffsetAtTheEndAndNoneBehindIt) {
  EXPECT_TRUE(ByteReader(octets, 8).ok());
  EXPECT_FALSE(ByteReader(octets, 9).ok());
}

TEST(ByteReader, TakesNothingFromAnEmptyDatagramWithoutFailing) {
  ByteReader in{Octets()};
  EXPECT_TRUE(in.take(0).empty());
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.u8(), 0U);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace winsome
