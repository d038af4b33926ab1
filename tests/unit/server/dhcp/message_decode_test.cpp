#include <gtest/gtest.h>

#include "tests/unit/server/dhcp/octets.h"

namespace winsome::dhcp {
namespace {

DecodeError refusal(const Bytes& octets) {
  const auto message = decode(octets);
  EXPECT_FALSE(message);
  return message ? DecodeError{} : message.error();
}

/// `datagram` with a DISCOVER's option 53 first.
Bytes discover(std::initializer_list<std::uint8_t> options = {}) {
  auto octets = datagram({53, 1, 1});
  octets.insert(octets.end(), options);
  return octets;
}

// RFC 2131 2, figure 1
TEST(Decode, ReadsTheFixedFields) {
  auto octets = discover({255});
  put_at(octets, 3, {2, 0xde, 0xad, 0xbe, 0xef, 0x01, 0x02, 0x80, 0x00});
  put_at(octets, 12, {10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3, 10, 0, 0, 4});
  put_at(octets, sname_at, {'s', 'r', 'v'});
  put_at(octets, file_at, {'p', 'x', 'e', '.', '0'});
  const auto message = decode(octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->op, Op::request);
  EXPECT_EQ(message->type, MessageType::discover);
  EXPECT_EQ(to_text(message->hardware), "02:00:00:00:00:01");
  EXPECT_EQ(message->hops, 2);
  EXPECT_EQ(message->xid, 0xdeadbeef);
  EXPECT_EQ(message->secs, 0x0102);
  EXPECT_TRUE(message->broadcast);
  EXPECT_EQ(message->ciaddr, Ipv4(10, 0, 0, 1));
  EXPECT_EQ(message->yiaddr, Ipv4(10, 0, 0, 2));
  EXPECT_EQ(message->siaddr, Ipv4(10, 0, 0, 3));
  EXPECT_EQ(message->giaddr, Ipv4(10, 0, 0, 4));
  EXPECT_EQ(message->server_name, "srv");
  EXPECT_EQ(message->boot_file, "pxe.0");
  EXPECT_TRUE(message->has_cookie);
  EXPECT_TRUE(message->options.empty());
}

// RFC 2131 2: the other bits of flags are to be ignored.
TEST(Decode, IgnoresReservedFlags) {
  auto octets = discover();
  put_at(octets, 10, {0x7f, 0xff});
  EXPECT_FALSE(decode(octets)->broadcast);
}

TEST(Decode, OctetsBehindTheHardwareAddressAreNoPartOfIt) {
  auto octets = discover();
  put_at(octets, 34, {9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  EXPECT_EQ(decode(octets)->hardware, decode(discover())->hardware);
}

TEST(Decode, TakesEveryLengthOfHardwareAddressThatFits) {
  auto octets = discover();
  octets[2] = 0;  // RFC 4390: InfiniBand sends none
  EXPECT_EQ(decode(octets)->hardware.length, 0);
  octets[2] = 16;
  EXPECT_EQ(decode(octets)->hardware.length, 16);
  octets[2] = 17;
  EXPECT_EQ(refusal(octets), DecodeError::bad_hardware);
  octets[2] = 255;
  EXPECT_EQ(refusal(octets), DecodeError::bad_hardware);
}

TEST(Decode, RefusesOtherOps) {
  auto octets = discover();
  for (const int op : {0, 3, 255}) {
    octets[0] = static_cast<std::uint8_t>(op);
    EXPECT_EQ(refusal(octets), DecodeError::bad_op);
  }
}

TEST(Decode, RefusesEveryPrefixOfTheFixedFields) {
  const auto octets = discover();
  for (std::size_t size = 0; size < cookie_at; ++size) {
    EXPECT_EQ(refusal({octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)}),
              DecodeError::truncated);
  }
}

TEST(Decode, RefusesWhatIsLongerThanAnythingSent) {
  auto octets = discover({255});
  octets.resize(4'096);
  EXPECT_TRUE(decode(octets));
  octets.resize(4'097);
  EXPECT_EQ(refusal(octets), DecodeError::too_long);
}

TEST(Decode, CutsNamesThatFillTheirFields) {
  auto octets = discover();
  std::fill_n(octets.begin() + sname_at, 64 + 128, 'x');
  const auto message = decode(octets);
  EXPECT_EQ(message->server_name, std::string(63, 'x'));
  EXPECT_EQ(message->boot_file, std::string(127, 'x'));
}

// RFC 951 3, RFC 1534 2
TEST(Decode, BootpMayLackTheCookieOrTheVendorArea) {
  for (const std::size_t size : {236, 237, 239, 240, 300}) {
    auto octets = datagram();
    octets.resize(size);
    const auto message = decode(octets);
    ASSERT_TRUE(message) << size;
    EXPECT_EQ(message->type, MessageType::none);
    EXPECT_EQ(message->has_cookie, size >= 240) << size;
  }
}

TEST(Decode, BootpMayHaveAVendorAreaOfItsOwn) {
  auto octets = datagram({53, 0, 200});
  put_at(octets, cookie_at, {'C', 'M', 'U', 0});
  const auto message = decode(octets);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->has_cookie);
  EXPECT_TRUE(message->options.empty());
}

// RFC 1533 3
TEST(Decode, BootpHasOptions) {
  const auto message = decode(datagram({12, 2, 'p', 'c', 255}));
  EXPECT_EQ(message->type, MessageType::none);
  EXPECT_EQ(message->options.text(12), "pc");
}

// RFC 2131 3
TEST(Decode, DhcpNeedsTheCookie) {
  auto octets = discover();
  put_at(octets, cookie_at, {0x63, 0x82, 0x53, 0x62});
  EXPECT_EQ(refusal(octets), DecodeError::bad_cookie);
}

// RFC 2132 9.6
TEST(Decode, RefusesOtherMessageTypes) {
  for (std::uint8_t type = 1; type <= 8; ++type) {
    EXPECT_EQ(decode(datagram({53, 1, type}))->type, static_cast<MessageType>(type));
  }
  EXPECT_EQ(refusal(datagram({53, 1, 0})), DecodeError::bad_type);
  EXPECT_EQ(refusal(datagram({53, 1, 9})), DecodeError::bad_type);
  EXPECT_EQ(refusal(datagram({53, 0})), DecodeError::bad_type);
  EXPECT_EQ(refusal(datagram({53, 2, 1, 1})), DecodeError::bad_type);
  EXPECT_EQ(refusal(datagram({53, 1, 1, 53, 1, 1})), DecodeError::bad_type);
}

// RFC 2132 2
TEST(Decode, PadsAreSkippedAndNothingIsReadBehindTheEnd) {
  const auto message = decode(discover({0, 0, 12, 1, 'p', 0, 255, 12, 200, 53, 1, 9}));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->options.size(), 1U);
  EXPECT_EQ(message->options.text(12), "p");
}

TEST(Decode, TheEndMayBeMissing) {
  EXPECT_EQ(decode(discover({12, 1, 'p'}))->options.text(12), "p");
}

TEST(Decode, KeepsUnknownOptionsAndEmptyOnes) {
  const auto message = decode(discover({224, 3, 1, 2, 3, 80, 0, 255}));
  EXPECT_EQ(value(message->options, 224), (Bytes{1, 2, 3}));
  EXPECT_TRUE(message->options.has(80));
}

TEST(Decode, RefusesLengthsThatPointPastTheEnd) {
  EXPECT_EQ(refusal(discover({12})), DecodeError::truncated_option);
  EXPECT_EQ(refusal(discover({12, 1})), DecodeError::truncated_option);
  EXPECT_EQ(refusal(discover({12, 255, 'p', 255})), DecodeError::truncated_option);
}

// RFC 3396 7
TEST(Decode, JoinsThePartsOfAnOption) {
  const auto message = decode(discover({224, 2, 1, 2, 12, 1, 'p', 224, 1, 3, 255}));
  EXPECT_EQ(value(message->options, 224), (Bytes{1, 2, 3}));
  EXPECT_EQ(message->options.text(12), "p");
}

// RFC 2131 4.1, RFC 3396 5: first the field options, then file, then sname.
TEST(Decode, ReadsOverloadedFieldsInTheirOrder) {
  auto octets = discover({52, 1, 3, 224, 1, 1, 255});
  put_at(octets, file_at, {224, 1, 2, 255, 224, 1, 9});
  put_at(octets, sname_at, {224, 1, 3, 12, 1, 'p', 255});
  const auto message = decode(octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(value(message->options, 224), (Bytes{1, 2, 3}));
  EXPECT_EQ(message->options.text(12), "p");
  EXPECT_FALSE(message->options.has(52));
  EXPECT_EQ(message->server_name, "");
  EXPECT_EQ(message->boot_file, "");
}

TEST(Decode, OneOverloadedFieldLeavesTheOther) {
  auto file = discover({52, 1, 1, 255});
  put_at(file, file_at, {12, 1, 'p', 255});
  put_at(file, sname_at, {'s'});
  EXPECT_EQ(decode(file)->options.text(12), "p");
  EXPECT_EQ(decode(file)->server_name, "s");
  auto sname = discover({52, 1, 2, 255});
  put_at(sname, sname_at, {12, 1, 'q', 255});
  put_at(sname, file_at, {'f'});
  EXPECT_EQ(decode(sname)->options.text(12), "q");
  EXPECT_EQ(decode(sname)->boot_file, "f");
}

// RFC 2132 9.4, 9.5
TEST(Decode, NamesOfOverloadedFieldsComeFromTheirOptions) {
  auto octets = discover({52, 1, 3, 66, 2, 's', 0, 67, 3, 'p', 'x', 'e', 255});
  put_at(octets, file_at, {255});
  put_at(octets, sname_at, {255});
  const auto message = decode(octets);
  EXPECT_EQ(message->server_name, "s");
  EXPECT_EQ(message->boot_file, "pxe");
}

TEST(Decode, NamesInOptionsDoNotReplaceThoseOfTheFields) {
  auto octets = discover({67, 1, 'o', 255});
  EXPECT_EQ(decode(octets)->boot_file, "");
  put_at(octets, file_at, {'f'});
  EXPECT_EQ(decode(octets)->boot_file, "f");
}

TEST(Decode, RefusesAnOverloadThatMeansNothingOrLeadsOn) {
  EXPECT_EQ(refusal(discover({52, 1, 0, 255})), DecodeError::bad_overload);
  EXPECT_EQ(refusal(discover({52, 1, 4, 255})), DecodeError::bad_overload);
  EXPECT_EQ(refusal(discover({52, 0, 255})), DecodeError::bad_overload);
  EXPECT_EQ(refusal(discover({52, 2, 1, 1, 255})), DecodeError::bad_overload);
  EXPECT_EQ(refusal(discover({52, 1, 1, 52, 1, 2, 255})), DecodeError::bad_overload);
  auto octets = discover({52, 1, 1, 255});
  put_at(octets, file_at, {52, 1, 2, 255});
  EXPECT_EQ(refusal(octets), DecodeError::bad_overload);
}

TEST(Decode, OptionsDoNotRunFromOneFieldIntoTheNext) {
  auto octets = discover({52, 1, 2, 255});
  put_at(octets, sname_at + 60, {12, 10, 'p', 'p'});
  EXPECT_EQ(refusal(octets), DecodeError::truncated_option);
}

TEST(Decode, GarbageInOption82StaysOctets) {
  const auto message = decode(discover({82, 3, 1, 200, 7, 255}));
  EXPECT_EQ(value(message->options, 82), (Bytes{1, 200, 7}));
}

TEST(DecodeErrors, HaveTheirTexts) {
  EXPECT_EQ(to_text(DecodeError::truncated_option), "truncated option");
  for (std::size_t i = 0; i < decode_errors; ++i) {
    EXPECT_NE(to_text(static_cast<DecodeError>(i)), "unknown error");
  }
  EXPECT_EQ(to_text(static_cast<DecodeError>(decode_errors)), "unknown error");
}

}  // namespace
}  // namespace winsome::dhcp
