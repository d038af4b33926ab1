#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/unit/server/dhcp/octets.h"

namespace winsome::dhcp {
namespace {

Message ack() {
  Message message;
  message.op = Op::reply;
  message.type = MessageType::ack;
  message.hardware = {1, 6, {2, 0, 0, 0, 0, 1}};
  message.xid = 0x12345678;
  message.yiaddr = Ipv4(192, 0, 2, 10);
  return message;
}

Bytes options_field(const Encoded& encoded) {
  return {encoded.octets.begin() + options_at, encoded.octets.end()};
}

bool begins_with(const Bytes& octets, const Bytes& prefix) {
  return octets.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), octets.begin());
}

void reads_back(const Message& message, std::size_t limit) {
  const auto encoded = encode(message, limit);
  EXPECT_EQ(encoded.omitted, 0U);
  EXPECT_LE(encoded.octets.size(), limit);
  const auto decoded = decode(encoded.octets);
  ASSERT_TRUE(decoded) << to_text(decoded.error());
  EXPECT_EQ(*decoded, message);
}

// RFC 2131 2, figure 1
TEST(Encode, WritesTheFixedFields) {
  auto message = ack();
  message.hops = 2;
  message.secs = 0x0102;
  message.broadcast = true;
  message.ciaddr = Ipv4(10, 0, 0, 1);
  message.siaddr = Ipv4(10, 0, 0, 3);
  message.giaddr = Ipv4(10, 0, 0, 4);
  message.server_name = "srv";
  message.boot_file = "pxe.0";
  Bytes expected = datagram({53, 1, 5, 255});
  expected.resize(300);
  put_at(expected, 0, {2, 1, 6, 2, 0x12, 0x34, 0x56, 0x78, 0x01, 0x02, 0x80, 0x00});
  put_at(expected, 12, {10, 0, 0, 1, 192, 0, 2, 10, 10, 0, 0, 3, 10, 0, 0, 4});
  put_at(expected, sname_at, {'s', 'r', 'v'});
  put_at(expected, file_at, {'p', 'x', 'e', '.', '0'});
  EXPECT_EQ(encode(message, 548).octets, expected);
  reads_back(message, 548);
}

// RFC 1542 2.1
TEST(Encode, FillsUpTo300Octets) {
  EXPECT_EQ(encode(ack(), 548).octets.size(), 300U);
  EXPECT_EQ(encode(ack(), 0).octets.size(), 300U);
}

// RFC 3046 2.1
TEST(Encode, PutsTheTypeFirstAndTheRelaysOptionLast) {
  auto message = ack();
  message.options.put(82, Bytes{1, 1, 'x'});
  message.options.put_u32(51, 60);
  message.options.put_u8(46, 8);
  EXPECT_TRUE(begins_with(options_field(encode(message, 548)),
                          {53, 1, 5, 51, 4, 0, 0, 0, 60, 46, 1, 8, 82, 3, 1, 1, 'x', 255, 0}));
  reads_back(message, 548);
}

// RFC 1534 2
TEST(Encode, BootpHasNoType) {
  auto message = ack();
  message.type = MessageType::none;
  message.options.put_u8(46, 8);
  EXPECT_TRUE(begins_with(options_field(encode(message, 300)), {46, 1, 8, 255, 0}));
  reads_back(message, 300);
}

// RFC 951 3
TEST(Encode, WithoutACookieTheVendorAreaIsEmpty) {
  auto message = ack();
  message.type = MessageType::none;
  message.has_cookie = false;
  reads_back(message, 300);
  message.options.put_u8(46, 8);
  const auto encoded = encode(message, 548);
  EXPECT_EQ(encoded.omitted, 1U);
  EXPECT_EQ(Bytes(encoded.octets.begin() + cookie_at, encoded.octets.end()), Bytes(64));
}

// RFC 3396 6
TEST(Encode, SplitsLongOptions) {
  for (const std::size_t length : {0, 255, 256, 510, 511, 1'000}) {
    auto message = ack();
    message.options.put(224, Bytes(length, 7));
    message.options.put_u8(46, 8);
    reads_back(message, 1'472);
  }
  auto message = ack();
  message.options.put(224, Bytes(256, 7));
  const auto field = options_field(encode(message, 1'472));
  EXPECT_TRUE(begins_with(field, {53, 1, 5, 224, 255, 7}));
  EXPECT_EQ(Bytes(field.begin() + 260, field.begin() + 264), (Bytes{224, 1, 7, 255}));
}

TEST(Encode, ExactlyTheLimitNeedsNoOverload) {
  auto message = ack();
  message.options.put(224, Bytes(300 - 240 - 3 - 1 - 2, 7));
  const auto encoded = encode(message, 300);
  EXPECT_EQ(encoded.octets.size(), 300U);
  EXPECT_EQ(encoded.octets.back(), 255);
  EXPECT_EQ(encoded.octets[file_at], 0);
  reads_back(message, 300);
}

// RFC 2131 4.1
TEST(Encode, OverloadsFileThenServerName) {
  auto message = ack();
  message.options.put(224, Bytes(40, 1));
  message.options.put(225, Bytes(100, 2));
  const auto file = encode(message, 300);
  EXPECT_TRUE(begins_with(options_field(file), {53, 1, 5, 52, 1, 1, 224, 40, 1}));
  EXPECT_EQ(file.octets[file_at], 225);
  EXPECT_EQ(file.octets[file_at + 102], 255);
  reads_back(message, 300);

  message.options.put(226, Bytes(60, 3));
  const auto both = encode(message, 300);
  EXPECT_TRUE(begins_with(options_field(both), {53, 1, 5, 52, 1, 3, 224, 40, 1}));
  EXPECT_EQ(both.octets[sname_at], 226);
  reads_back(message, 300);
}

TEST(Encode, DoesNotOverloadAFieldThatHoldsAName) {
  auto message = ack();
  message.boot_file = "pxe.0";
  message.options.put(224, Bytes(40, 1));
  message.options.put(225, Bytes(50, 2));
  const auto encoded = encode(message, 300);
  EXPECT_TRUE(begins_with(options_field(encoded), {53, 1, 5, 52, 1, 2}));
  reads_back(message, 300);
}

TEST(Encode, BootpKnowsNoOverload) {
  auto message = ack();
  message.type = MessageType::none;
  message.options.put(224, Bytes(40, 1));
  message.options.put(225, Bytes(50, 2));
  const auto encoded = encode(message, 300);
  EXPECT_EQ(encoded.omitted, 1U);
  EXPECT_EQ(decode(encoded.octets)->options.size(), 1U);
}

TEST(Encode, LeavesOutWholeOptionsAndTheFirstChooseFirst) {
  auto message = ack();
  message.server_name = "s";
  message.boot_file = "f";
  for (std::uint8_t code = 200; code < 210; ++code) message.options.put(code, Bytes(10, code));
  const auto encoded = encode(message, 300);
  EXPECT_EQ(encoded.omitted, 6U);
  const auto decoded = decode(encoded.octets);
  ASSERT_TRUE(decoded);
  ASSERT_EQ(decoded->options.size(), 4U);
  for (std::uint8_t code = 200; code < 204; ++code) {
    EXPECT_EQ(value(decoded->options, code), Bytes(10, code));
  }
}

TEST(Encode, NeverLeavesOutWhatTheAnswerNeeds) {
  auto message = ack();
  message.options.put(224, Bytes(40, 1));
  message.options.put(225, Bytes(120, 2));
  message.options.put(226, Bytes(55, 3));
  message.options.put(82, Bytes(20, 4));
  message.options.put_address(54, Ipv4(192, 0, 2, 1));
  message.options.put_u32(51, 60);
  const auto encoded = encode(message, 300);
  EXPECT_EQ(encoded.octets.size(), 300U);
  const auto field = options_field(encoded);
  EXPECT_TRUE(
      begins_with(field, {53, 1, 5, 52, 1, 1, 54, 4, 192, 0, 2, 1, 51, 4, 0, 0, 0, 60, 82, 20, 4}));
  EXPECT_EQ(encoded.omitted, 1U);
  EXPECT_FALSE(decode(encoded.octets)->options.has(225));
}

// RFC 3046 2.1: the relay takes its option off again, and cannot do without.
TEST(Encode, ALongRelayOptionPassesTheLimit) {
  auto message = ack();
  message.options.put(82, Bytes(100, 4));
  message.options.put_u8(46, 8);
  const auto encoded = encode(message, 300);
  EXPECT_EQ(encoded.octets.size(), 240U + 3 + 3 + 102 + 1);
  EXPECT_EQ(decode(encoded.octets)->options, message.options);
}

// RFC 2132 9.4, 9.5
TEST(Encode, NamesLongerThanTheirFieldsAreOptions) {
  auto message = ack();
  message.server_name = std::string(64, 's');
  message.boot_file = std::string(128, 'f');
  const auto encoded = encode(message, 548);
  EXPECT_EQ(encoded.omitted, 0U);
  const auto decoded = decode(encoded.octets);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->server_name, "");
  EXPECT_EQ(decoded->boot_file, "");
  EXPECT_EQ(decoded->options.text(66), message.server_name);
  EXPECT_EQ(decoded->options.text(67), message.boot_file);

  message.server_name.pop_back();
  message.boot_file.pop_back();
  reads_back(message, 548);
}

TEST(Encode, AConfiguredOptionStandsBeforeANameThatIsTooLong) {
  auto message = ack();
  message.boot_file = std::string(128, 'f');
  message.options.put_text(67, "pxe.0");
  const auto encoded = encode(message, 548);
  EXPECT_EQ(encoded.omitted, 1U);
  EXPECT_EQ(decode(encoded.octets)->options.text(67), "pxe.0");
}

}  // namespace
}  // namespace winsome::dhcp
