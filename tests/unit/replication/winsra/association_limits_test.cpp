#include <gtest/gtest.h>

#include <array>

#include "replication/winsra/association.h"
#include "tests/unit/replication/winsra/pair.h"

namespace winsome::winsra {
namespace {

constexpr std::size_t request_max = Association::request_length_max;
constexpr std::size_t response_max = Association::response_length_max;

/// The beginning of a frame that says it is `length` octets long.
Bytes beginning(std::size_t length, std::uint32_t opcode, Handle destination = our_handle) {
  return joined({u32(static_cast<std::uint32_t>(length)), u32(0x7800), u32(destination), u32(3),
                 u32(opcode)});
}

/// A frame of exactly `length` octets behind the length word: a map request with a tail.
Bytes long_request(std::size_t length) {
  return framed(our_handle, 3, Bytes(length - 12));
}

Bytes many_owners(std::size_t count) {
  return encode(our_handle,
                UpdateNotification{.owners = replication::OwnerMap(count, {.owner = owner}),
                                   .initiator = owner});
}

// E: PacketLength 0, 11, 12.
TEST(AssociationLimits, AFrameHasRoomForItsHeader) {
  for (const std::uint32_t length : {0U, 1U, 11U}) {
    auto association = accepted();
    EXPECT_EQ(ended_by(association, u32(length)), DecodeError::too_short) << length;
  }
  auto association = accepted();
  EXPECT_FALSE(ended_by(association, joined({u32(12), u32(0x7800), u32(our_handle), u32(9)})));
  EXPECT_EQ(association.ignored(Ignored::unknown_message), 1U);
}

// C2
TEST(AssociationLimits, ARequestHasAtMost64KiB) {
  auto association = accepted();
  ASSERT_FALSE(ended_by(association, long_request(request_max)));
  EXPECT_EQ(association.next(), Message(MapRequest{}));
  EXPECT_EQ(ended_by(association, beginning(request_max + 1, 0)), DecodeError::too_long);
}

TEST(AssociationLimits, TheLengthWordAloneIsEnoughToRefuse) {
  for (const std::uint32_t length : {0x00040000U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    auto association = accepted();
    EXPECT_EQ(ended_by(association, u32(length)), DecodeError::too_long) << length;
  }
}

TEST(AssociationLimits, ANotificationMayNameAsManyOwnersAsThereMayBe) {
  auto association = accepted();
  ASSERT_FALSE(ended_by(association, many_owners(replication::owners_max)));
  const auto message = association.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<UpdateNotification>(*message).owners.size(), replication::owners_max);
  EXPECT_EQ(ended_by(association, many_owners(replication::owners_max + 1)), DecodeError::too_long);
}

TEST(AssociationLimits, NothingElseIsAsLongAsANotification) {
  for (const std::uint32_t opcode : {0U, 1U, 2U, 3U, 6U, 10U}) {
    auto association = accepted();
    EXPECT_EQ(ended_by(association, beginning(request_max + 1, opcode)), DecodeError::too_long);
  }
  for (const std::uint32_t opcode : {4U, 5U, 8U, 9U}) {
    auto association = accepted();
    EXPECT_FALSE(ended_by(association, beginning(request_max + 1, opcode)));
  }
}

TEST(AssociationLimits, NothingIsLongBeforeTheStart) {
  Association association(Side::accepting, our_handle);
  EXPECT_EQ(ended_by(association, beginning(request_max + 1, 4)), DecodeError::too_long);
}

// C2
TEST(AssociationLimits, AnAnswerToOurRequestHasAtMost16MiB) {
  for (const auto& request : {Message(NamesRequest{}), Message(MapRequest{})}) {
    auto association = accepted();
    static_cast<void>(association.encode(request));
    EXPECT_FALSE(ended_by(association, beginning(response_max, 3)));
    auto another = accepted();
    static_cast<void>(another.encode(request));
    EXPECT_EQ(ended_by(another, beginning(response_max + 1, 3)), DecodeError::too_long);
  }
}

TEST(AssociationLimits, TheLimitFallsBackOnceTheAnswerIsThere) {
  auto association = accepted();
  static_cast<void>(association.encode(NamesRequest{}));
  EXPECT_EQ(ended_by(association,
                     joined({names_response(unique_record, 1), beginning(request_max + 1, 3)})),
            DecodeError::too_long);
}

// E: one frame in segments of one octet.
TEST(AssociationLimits, FramesMayComeOctetByOctet) {
  Association association(Side::accepting, our_handle);
  const auto stream = joined({encode(0, StartRequest{.sender = peer_handle}),
                              encode(our_handle, MapRequest{}), encode(our_handle, Stop{})});
  for (const auto octet : stream)
    ASSERT_TRUE(association.receive(std::array<std::uint8_t, 1>{octet}));
  EXPECT_EQ(all_messages(association), (std::vector<Message>{MapRequest{}, Stop{}}));
  EXPECT_FALSE(association.in_a_frame());
}

// E: two frames in one segment.
TEST(AssociationLimits, FramesMayComeTogetherAndCutAnywhere) {
  const auto stream = joined({encode(0, StartRequest{.sender = peer_handle}),
                              encode(our_handle, MapRequest{}), encode(our_handle, MapRequest{})});
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Association association(Side::accepting, our_handle);
    ASSERT_TRUE(association.receive(Octets(stream).first(cut)));
    ASSERT_TRUE(association.receive(Octets(stream).subspan(cut)));
    EXPECT_EQ(all_messages(association).size(), 2U) << cut;
  }
}

TEST(AssociationLimits, SaysWhetherAFrameIsIncomplete) {
  auto association = accepted();
  EXPECT_FALSE(association.in_a_frame());
  ASSERT_TRUE(association.receive(Octets(map_request).first(3)));
  EXPECT_TRUE(association.in_a_frame());
  ASSERT_TRUE(association.receive(Octets(map_request).subspan(3)));
  EXPECT_FALSE(association.in_a_frame());
}

TEST(AssociationLimits, AMegaoctetMayComeInSmallPieces) {
  constexpr std::uint32_t count = 20'000;
  Bytes records;
  for (std::uint32_t i = 0; i < count; ++i)
    records.insert(records.end(), unique_record.begin(), unique_record.end());
  const auto frame = names_response(records, count);

  auto association = accepted();
  static_cast<void>(association.encode(NamesRequest{}));
  for (auto rest = Octets(frame); !rest.empty();) {
    const auto piece = rest.first(std::min<std::size_t>(7, rest.size()));
    ASSERT_TRUE(association.receive(piece));
    rest = rest.subspan(piece.size());
  }
  const auto message = association.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(std::get<NamesResponse>(*message).records.size(), count);
}

}  // namespace
}  // namespace winsome::winsra
