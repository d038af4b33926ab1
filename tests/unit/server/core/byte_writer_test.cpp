#include "server/core/byte_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace winsome {
namespace {

using testing::ElementsAre;

TEST(ByteWriter, WritesBigEndianNumbersOneBehindTheOther) {
  std::array<std::uint8_t, 15> room{};
  ByteWriter out(room);
  out.u8(0x01);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u64(0x08090a0b0c0d0e0f);
  EXPECT_TRUE(out.ok());
  EXPECT_THAT(out.written(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

TEST(ByteWriter, PutsOctetsAsTheyAre) {
  std::array<std::uint8_t, 4> room{};
  ByteWriter out(room);
  out.put(std::array<std::uint8_t, 3>{7, 8, 9});
  EXPECT_THAT(out.written(), ElementsAre(7, 8, 9));
}

TEST(ByteWriter, FailsForGoodAndWritesNoPartOfWhatDoesNotFit) {
  std::array<std::uint8_t, 4> room{0xee, 0xee, 0xee, 0xee};
  ByteWriter out(room);
  out.u16(0x0102);
  out.u32(0x03040506);
  EXPECT_FALSE(out.ok());
  out.u8(0x07);  // there would be room
  EXPECT_EQ(out.size(), 2U);
  EXPECT_THAT(room, ElementsAre(0x01, 0x02, 0xee, 0xee));
}

TEST(ByteWriter, FailsForGoodWhenTold) {
  std::array<std::uint8_t, 4> room{};
  ByteWriter out(room);
  out.fail();
  out.u8(1);
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(out.size(), 0U);
}

TEST(ByteWriter, FillsItsRoomToTheLastOctet) {
  std::array<std::uint8_t, 2> room{};
  ByteWriter out(room);
  out.u16(0xffff);
  EXPECT_TRUE(out.ok());
  out.u8(0);
  EXPECT_FALSE(out.ok());
}

}  // namespace
}  // namespace winsome
