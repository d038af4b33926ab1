// Fact base E, the rows about replication: what decoding has to withstand. Those about handles are
// in association_test.cpp, those about frame lengths in association_limits_test.cpp.
#include <gtest/gtest.h>

#include "replication/winsra/message.h"
#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

/// With another NameLength, and all the octets that the record had.
Bytes lying_name(std::uint32_t length) {
  auto octets = unique_record;
  std::ranges::copy(u32(length), octets.begin());
  return names_response(octets, 1);
}

Bytes counted_owners(const Bytes& frame, std::uint32_t count) {
  auto octets = frame;
  std::ranges::copy(u32(count), octets.begin() + 20);
  return octets;
}

Bytes counted_members(std::uint32_t little_endian) {
  auto octets = special_record;
  for (std::size_t i = 0; i < 4; ++i)
    octets[count_at + i] = static_cast<std::uint8_t>(little_endian >> 8 * i);
  return names_response(octets, 1);
}

// CVE-2004-0567
TEST(HostileInput, NameLengthsThatLieAreRefused) {
  for (const std::uint32_t length : {48U, 200U, 254U, 255U})
    EXPECT_EQ(error_of(lying_name(length)), DecodeError::truncated) << length;
  for (const std::uint32_t length : {256U, 0x7fffffffU, 0x80000000U, 0xffffffffU})
    EXPECT_EQ(error_of(lying_name(length)), DecodeError::name_too_long) << length;
}

// CVE-2009-1923
TEST(HostileInput, CountsOfOwnersThatLieAreRefused) {
  for (const auto& frame : {update_notification, map_response}) {
    EXPECT_EQ(error_of(counted_owners(frame, 2)), DecodeError::truncated);
    EXPECT_EQ(error_of(counted_owners(frame, 10'000)), DecodeError::truncated);
    EXPECT_EQ(error_of(counted_owners(frame, 10'001)), DecodeError::too_many_owners);
    EXPECT_EQ(error_of(counted_owners(frame, 0x80000000)), DecodeError::too_many_owners);
    EXPECT_EQ(error_of(counted_owners(frame, 0xffffffff)), DecodeError::too_many_owners);
  }
}

// CVE-2009-1923
TEST(HostileInput, ANotificationOfNobodyIsRead) {
  const auto frame = framed(peer_handle, 3, joined({u32(4), u32(0), u32(owner.value())}));
  EXPECT_EQ(message_of(frame), Message(UpdateNotification{.owners = {}, .initiator = owner}));
}

// CVE-2009-1924: each of these times 24 is small in 32 bits.
TEST(HostileInput, CountsOfOwnersThatWrapAreRefused) {
  for (const std::uint32_t count : {0x0aaaaaabU, 0x15555556U, 0x20000000U, 0x80000001U})
    EXPECT_EQ(error_of(counted_owners(map_response, count)), DecodeError::too_many_owners) << count;
}

// CVE-2009-1924: each of these times 8 is small in 32 bits.
TEST(HostileInput, CountsOfMembersThatWrapAreRefused) {
  for (const std::uint32_t count : {3U, 25U, 0x20000000U, 0x20000001U, 0x40000002U, 0xffffffffU})
    EXPECT_EQ(error_of(counted_members(count)), DecodeError::truncated) << count;
}

// CVE-2003-0825
TEST(HostileInput, CountsOfNamesThatLieAreRefused) {
  for (const std::uint32_t count : {2U, 0x05555556U, 0x80000000U, 0xffffffffU})
    EXPECT_EQ(error_of(names_response(unique_record, count)), DecodeError::truncated) << count;
  EXPECT_EQ(error_of(names_response({}, 0xffffffff)), DecodeError::truncated);
}

// The ranges are for the engine to judge: it knows what it holds.
TEST(HostileInput, VersionsOfOwnersAreReadAsTheyCame) {
  const auto frame = with(with(map_response, 28, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
                          36, {0x80, 0, 0, 0, 0, 0, 0, 0});
  const replication::OwnerRange nonsense{
      .owner = owner, .min = std::uint64_t{1} << 63, .max = ~std::uint64_t{0}};
  EXPECT_EQ(message_of(frame), Message(MapResponse{{nonsense}}));
}

TEST(HostileInput, AMaximumBelowTheMinimumIsRead) {
  const auto frame = with(names_request, 43 - 4, {0xff});
  const replication::OwnerRange backwards{.owner = owner, .min = 0xff, .max = 16};
  EXPECT_EQ(message_of(frame), Message(NamesRequest{backwards}));
}

TEST(HostileInput, OneBadRecordDisturbsNoOther) {
  const auto bad_state = with(unique_record, flags_at, {0x6f});
  const auto bad_version = with(special_record, version_at, {0x80});
  const auto response = names_of(names_response(
      joined({bad_version, unique_record, with(unique_record, flags_at, {0x6c}), special_record}),
      4));
  EXPECT_EQ(response.records.size(), 2U);
  EXPECT_EQ(response.skipped(), 2U);
  EXPECT_EQ(error_of(names_response(bad_state, 1)), DecodeError::truncated);
}

TEST(HostileInput, ABodyWithoutAHeaderIsTooShort) {
  for (std::size_t length = 0; length < 12; ++length)
    EXPECT_EQ(decode(body_of(map_request).first(length)).error(), DecodeError::too_short);
}

}  // namespace
}  // namespace winsome::winsra
