#include "server/dhcp/option_set.h"

#include <gmock/gmock.h>

#include <vector>

namespace winsome::dhcp {
namespace {

using Codes = std::vector<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

Codes codes(const OptionSet& options) {
  Codes found;
  for (std::size_t i = 0; i < options.size(); ++i) found.push_back(options.at(i).code);
  return found;
}

Bytes value(const OptionSet& options, std::uint8_t code) {
  const auto found = options.find(code);
  if (!found) return {0xde, 0xad};
  return {found->begin(), found->end()};
}

OptionSet three() {
  OptionSet options;
  options.put(12, Bytes{1, 2});
  options.put(6, Bytes{3, 4, 5});
  options.put(43, Bytes{6});
  return options;
}

TEST(OptionSet, KeepsTheOrderOfPutting) {
  EXPECT_EQ(codes(three()), (Codes{12, 6, 43}));
  EXPECT_EQ(value(three(), 6), (Bytes{3, 4, 5}));
}

TEST(OptionSet, ReplacesAtItsPlaceAndLeavesTheOthers) {
  for (const auto& replacement : {Bytes{}, Bytes{9}, Bytes{9, 9, 9}, Bytes(300, 9)}) {
    auto options = three();
    options.put(6, replacement);
    EXPECT_EQ(codes(options), (Codes{12, 6, 43}));
    EXPECT_EQ(value(options, 12), (Bytes{1, 2}));
    EXPECT_EQ(value(options, 6), replacement);
    EXPECT_EQ(value(options, 43), (Bytes{6}));
  }
}

// RFC 3396 7
TEST(OptionSet, AppendsPartsWhereverTheFirstStands) {
  auto options = three();
  options.append(12, Bytes{7, 8});
  options.append(99, Bytes{1});
  options.append(99, Bytes{});
  options.append(99, Bytes{2});
  EXPECT_EQ(codes(options), (Codes{12, 6, 43, 99}));
  EXPECT_EQ(value(options, 12), (Bytes{1, 2, 7, 8}));
  EXPECT_EQ(value(options, 6), (Bytes{3, 4, 5}));
  EXPECT_EQ(value(options, 99), (Bytes{1, 2}));
}

TEST(OptionSet, Erases) {
  auto options = three();
  options.erase(12);
  options.erase(77);
  EXPECT_EQ(codes(options), (Codes{6, 43}));
  EXPECT_FALSE(options.has(12));
  EXPECT_EQ(value(options, 6), (Bytes{3, 4, 5}));
  EXPECT_EQ(value(options, 43), (Bytes{6}));
}

TEST(OptionSet, HasNoFraming) {
  OptionSet options;
  for (const int code : {0, 52, 255}) options.put_u8(static_cast<std::uint8_t>(code), 1);
  for (const int code : {0, 52, 255}) options.append(static_cast<std::uint8_t>(code), Bytes{1});
  EXPECT_TRUE(options.empty());
}

TEST(OptionSet, NumbersNeedTheirLength) {
  OptionSet options;
  options.put_u8(1, 0xab);
  options.put_u16(2, 0x1234);
  options.put_u32(3, 0x12345678);
  options.put_address(4, Ipv4(192, 0, 2, 1));
  EXPECT_EQ(options.u8(1), 0xab);
  EXPECT_EQ(options.u16(2), 0x1234);
  EXPECT_EQ(options.u32(3), 0x12345678U);
  EXPECT_EQ(options.address(4), Ipv4(192, 0, 2, 1));
  EXPECT_EQ(value(options, 2), (Bytes{0x12, 0x34}));
  EXPECT_EQ(value(options, 4), (Bytes{192, 0, 2, 1}));
  EXPECT_FALSE(options.u16(1));
  EXPECT_FALSE(options.u32(2));
  EXPECT_FALSE(options.u8(3));
  EXPECT_FALSE(options.address(2));
  EXPECT_FALSE(options.u8(9));
}

// RFC 2132 2
TEST(OptionSet, TextLosesZerosAtItsEnd) {
  OptionSet options;
  options.put_text(12, std::string_view("pc\0\0", 4));
  options.put_text(15, "");
  EXPECT_EQ(options.text(12), "pc");
  EXPECT_EQ(options.text(15), "");
  EXPECT_EQ(options.text(17), "");
  EXPECT_EQ(options.find(12)->size(), 4U);
  EXPECT_TRUE(options.has(15));
}

TEST(OptionSet, EqualsInAnyOrder) {
  OptionSet other;
  other.put(43, Bytes{6});
  other.put(12, Bytes{1, 2});
  other.put(6, Bytes{3, 4, 5});
  EXPECT_EQ(three(), other);
  other.put(6, Bytes{3, 4, 6});
  EXPECT_NE(three(), other);
  other.erase(6);
  EXPECT_NE(three(), other);
}

}  // namespace
}  // namespace winsome::dhcp
