#include "server/tftp/packet.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace winsome::tftp {
namespace {

using namespace std::string_literals;
using Bytes = std::vector<std::uint8_t>;

Bytes bytes(const std::string& text) {
  return {text.begin(), text.end()};
}

DecodeError refusal(const std::string& datagram) {
  const auto packet = decode(bytes(datagram));
  EXPECT_FALSE(packet) << datagram;
  return packet ? DecodeError{} : packet.error();
}

// RFC 1350 5
TEST(TftpPacket, ReadsAReadRequest) {
  const auto packet = decode(bytes("\0\1pxe.0\0octet\0"s));
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::get<Request>(*packet), (Request{false, "pxe.0", Mode::octet, {}}));
}

// RFC 1350 5: any combination of upper and lower case
TEST(TftpPacket, ReadsModesInAnyCase) {
  const auto packet = decode(bytes("\0\2log\0NetASCII\0"s));
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::get<Request>(*packet), (Request{true, "log", Mode::netascii, {}}));
}

// RFC 2347
TEST(TftpPacket, ReadsOptionsInTheirOrder) {
  const auto packet = decode(bytes("\0\1a\0octet\0blksize\0001428\0tsize\0000\0"s));
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::get<Request>(*packet).options,
            (std::vector<Option>{{"blksize", "1428"}, {"tsize", "0"}}));
}

TEST(TftpPacket, TakesZerosBehindARequestAsPadding) {
  for (const std::size_t zeros : {1U, 2U, 3U, 400U}) {
    const auto packet = decode(bytes("\0\1a\0octet\0tsize\0000\0"s + std::string(zeros, '\0')));
    ASSERT_TRUE(packet) << zeros;
    EXPECT_EQ(std::get<Request>(*packet).options, (std::vector<Option>{{"tsize", "0"}})) << zeros;
  }
}

TEST(TftpPacket, RefusesEveryPrefixOfARequestThatEndsInsideAText) {
  const auto whole = "\0\1a.img\0octet\0blksize\0001428\0"s;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const bool complete = length == "\0\1a.img\0octet\0"s.size();
    EXPECT_EQ(decode(bytes(whole.substr(0, length))).has_value(), complete) << length;
  }
}

// The issue: a name with a NUL inside must not become a shorter one.
TEST(TftpPacket, TakesWhatFollowsANulInANameForTheMode) {
  EXPECT_EQ(refusal("\0\1../secret\0.png\0octet\0"s), DecodeError::unknown_mode);
}

TEST(TftpPacket, RefusesOtherModes) {
  EXPECT_EQ(refusal("\0\1a\0mail\0"s), DecodeError::unknown_mode);
  EXPECT_EQ(refusal("\0\1a\0\0"s), DecodeError::unknown_mode);
  EXPECT_EQ(refusal("\0\1a\0octets\0"s), DecodeError::unknown_mode);
}

TEST(TftpPacket, RefusesAnOptionWithoutAValue) {
  EXPECT_EQ(refusal("\0\1a\0octet\0blksize\0"s), DecodeError::unterminated);
}

// RFC 2347: at most 512 octets
TEST(TftpPacket, RefusesARequestThatIsTooLong) {
  const auto request = [](std::size_t name) {
    return "\0\1"s + std::string(name, 'a') + "\0octet\0"s;
  };
  EXPECT_TRUE(decode(bytes(request(503))));
  EXPECT_EQ(refusal(request(504)), DecodeError::too_long);
}

TEST(TftpPacket, BoundsTheNumberOfOptions) {
  auto request = "\0\1a\0octet\0"s;
  for (std::size_t i = 0; i < options_max; ++i) request += "a\0b\0"s;
  EXPECT_TRUE(decode(bytes(request)));
  EXPECT_EQ(refusal(request + "a\0b\0"s), DecodeError::too_many_options);
}

TEST(TftpPacket, ReadsDataWithItsPayload) {
  const auto datagram = bytes("\0\3\xff\xfeok"s);
  const auto packet = decode(datagram);
  ASSERT_TRUE(packet);
  const auto& data = std::get<Data>(*packet);
  EXPECT_EQ(data.block, 0xfffe);
  EXPECT_TRUE(std::ranges::equal(data.payload, bytes("ok"s)));
}

TEST(TftpPacket, ReadsAcknowledgements) {
  const auto packet = decode(bytes("\0\4\1\2"s));
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::get<Ack>(*packet).block, 0x102);
}

TEST(TftpPacket, ReadsErrorsAlsoWithoutTheirNul) {
  for (const auto& datagram : {"\0\5\0\2no\0"s, "\0\5\0\2no"s}) {
    const auto packet = decode(bytes(datagram));
    ASSERT_TRUE(packet);
    EXPECT_EQ(std::get<Error>(*packet).code, ErrorCode::access);
    EXPECT_EQ(std::get<Error>(*packet).message, "no");
  }
}

TEST(TftpPacket, RefusesWhatIsCutShort) {
  for (const auto& datagram : {""s, "\0"s, "\0\3"s, "\0\3\0"s, "\0\4\0"s, "\0\5\0"s}) {
    EXPECT_EQ(refusal(datagram), DecodeError::truncated);
  }
}

TEST(TftpPacket, RefusesUnknownOperations) {
  EXPECT_EQ(refusal("\0\0a\0octet\0"s), DecodeError::unknown_opcode);
  EXPECT_EQ(refusal("\0\7\0\0"s), DecodeError::unknown_opcode);
  EXPECT_EQ(refusal("\1\1a\0octet\0"s), DecodeError::unknown_opcode);
}

TEST(TftpPacket, WritesWhatTheRfcsShow) {
  EXPECT_EQ(encode(Request{false, "a", Mode::netascii, {{"tsize", "0"}}}),
            bytes("\0\1a\0netascii\0tsize\0000\0"s));
  const auto payload = bytes("xyz"s);
  EXPECT_EQ(encode(Data{0x1234, payload}), bytes("\0\3\x12\x34xyz"s));
  EXPECT_EQ(encode(Ack{0xffff}), bytes("\0\4\xff\xff"s));
  EXPECT_EQ(encode(Error{ErrorCode::not_found, "gone"}), bytes("\0\5\0\1gone\0"s));
  EXPECT_EQ(encode(OptionAck{{{"blksize", "1428"}}}), bytes("\0\6blksize\0001428\0"s));
}

}  // namespace
}  // namespace winsome::tftp
