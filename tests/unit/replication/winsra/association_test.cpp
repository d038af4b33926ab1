#include "replication/winsra/association.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/winsra/pair.h"

namespace winsome::winsra {
namespace {

/// What one frame comes to: nothing is said, nothing is passed on, one reason is counted.
void expect_ignored(Association& association, const Bytes& frame, Ignored reason) {
  const auto before = association.ignored(reason);
  EXPECT_FALSE(ended_by(association, frame));
  EXPECT_EQ(association.ignored(reason), before + 1) << to_text(reason);
  EXPECT_TRUE(association.take_output().empty());
  EXPECT_FALSE(association.next());
}

Bytes to_us(const Message& message) {
  return encode(our_handle, message);
}

// C2
TEST(Association, WhoConnectsSendsAStartRequest) {
  Association association(Side::connecting, our_handle);
  EXPECT_EQ(association.take_output(), start_request);
  EXPECT_TRUE(association.take_output().empty());
  EXPECT_FALSE(association.established());
}

// C2
TEST(Association, AnAnswerEstablishesIt) {
  auto association = connected();
  EXPECT_TRUE(association.established());
  EXPECT_EQ(association.encode(MapRequest{}), map_request);
}

// C2
TEST(Association, WhoAcceptsAnswersAStartRequestWithItsHandle) {
  Association association(Side::accepting, our_handle);
  EXPECT_TRUE(association.take_output().empty());
  ASSERT_FALSE(ended_by(association, encode(0, StartRequest{.sender = peer_handle})));
  EXPECT_TRUE(association.established());
  EXPECT_EQ(association.take_output(), encode(peer_handle, StartResponse{.sender = our_handle}));
  EXPECT_EQ(association.encode(MapRequest{}), map_request);
}

// C2; the peers' suite checks this, and its own handle is 0.
TEST(Association, ARepeatedStartGetsTheSameHandle) {
  Association association(Side::accepting, our_handle);
  for (const Handle sender : {0U, 0U, peer_handle}) {
    ASSERT_FALSE(ended_by(association, encode(0, StartRequest{.sender = sender})));
    EXPECT_EQ(association.take_output(), encode(sender, StartResponse{.sender = our_handle}));
    EXPECT_TRUE(association.established());
  }
}

// C2
TEST(Association, AnotherMajorVersionIsDiscardedSilently) {
  Association accepting(Side::accepting, our_handle);
  expect_ignored(accepting, encode(0, StartRequest{.sender = peer_handle, .major = 3}),
                 Ignored::other_version);
  EXPECT_FALSE(accepting.established());

  Association connecting(Side::connecting, our_handle);
  static_cast<void>(connecting.take_output());
  expect_ignored(connecting, to_us(StartResponse{.sender = peer_handle, .major = 1}),
                 Ignored::other_version);
  EXPECT_FALSE(connecting.established());
}

// C2: a minor version that is unknown counts as the next lower one.
TEST(Association, PersistsFromMinorVersion5) {
  for (const auto& [minor, persists] :
       {std::pair{0, false}, {1, false}, {4, false}, {5, true}, {6, true}}) {
    Association association(Side::accepting, our_handle);
    ASSERT_FALSE(
        ended_by(association, encode(0, StartRequest{.sender = peer_handle,
                                                     .minor = static_cast<std::uint16_t>(minor)})));
    EXPECT_EQ(association.may_persist(), persists) << minor;
  }
  EXPECT_FALSE(Association(Side::accepting, our_handle).may_persist());
}

TEST(Association, PassesOnWhatThePeerAsks) {
  auto association = accepted();
  const NamesRequest names{{.owner = owner, .min = 5, .max = 16}};
  ASSERT_FALSE(ended_by(association, joined({to_us(MapRequest{}), to_us(names)})));
  EXPECT_EQ(all_messages(association), (std::vector<Message>{MapRequest{}, names}));
}

TEST(Association, PassesOnAnswersToOurRequests) {
  auto association = accepted();
  static_cast<void>(association.encode(MapRequest{}));
  static_cast<void>(association.encode(NamesRequest{}));
  ASSERT_FALSE(ended_by(association, joined({map_response, names_response(unique_record, 1)})));
  const auto messages = all_messages(association);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<MapResponse>(messages[0]));
  EXPECT_TRUE(std::holds_alternative<NamesResponse>(messages[1]));
}

// CVE-2004-1080; the peers' suite checks this.
TEST(Association, FramesWithAForeignHandleAreIgnored) {
  auto association = accepted();
  for (const Handle handle : {Handle{0}, peer_handle, our_handle + 1, ~Handle{0}})
    expect_ignored(association, encode(handle, MapRequest{}), Ignored::foreign_handle);
  ASSERT_FALSE(ended_by(association, to_us(MapRequest{})));
  EXPECT_TRUE(association.next());
}

// CVE-2004-1080
TEST(Association, AHandleIsOnlyValidOnItsConnection) {
  Association other(Side::accepting, 0x99887766);
  ASSERT_FALSE(ended_by(other, encode(0, StartRequest{.sender = peer_handle})));
  static_cast<void>(other.take_output());
  expect_ignored(other, to_us(MapRequest{}), Ignored::foreign_handle);
}

// C2, as smbtorture's assoc_ctx1 has it
TEST(Association, TellsWhoseMapRequestCameHere) {
  auto association = accepted();
  ASSERT_TRUE(association.receive(encode(our_handle + 1, MapRequest{})));
  EXPECT_EQ(association.next_stray(), our_handle + 1);
  EXPECT_EQ(association.next_stray(), std::nullopt);
  EXPECT_EQ(association.next(), std::nullopt);
}

// E: before a start.
TEST(Association, AHandleIsNotValidBeforeTheStart) {
  Association association(Side::accepting, our_handle);
  expect_ignored(association, to_us(MapRequest{}), Ignored::foreign_handle);
  expect_ignored(association, to_us(Stop{}), Ignored::foreign_handle);
}

TEST(Association, NothingIsTakenBeforeTheAnswerToOurStart) {
  Association association(Side::connecting, our_handle);
  static_cast<void>(association.take_output());
  expect_ignored(association, to_us(MapRequest{}), Ignored::out_of_turn);
}

// E: after a stop.
TEST(Association, NothingIsValidAfterAStop) {
  auto association = accepted();
  ASSERT_FALSE(ended_by(association, joined({to_us(Stop{}), to_us(MapRequest{})})));
  EXPECT_EQ(all_messages(association), std::vector<Message>{Stop{}});
  EXPECT_EQ(association.ignored(Ignored::foreign_handle), 1U);
  expect_ignored(association, encode(0, StartRequest{.sender = peer_handle}),
                 Ignored::foreign_handle);
}

TEST(Association, WhatAStrangersFrameHoldsDoesNotMatter) {
  auto association = accepted();
  expect_ignored(association, framed(our_handle + 1, 3, u32(1)), Ignored::foreign_handle);
}

// C2
TEST(Association, FramesWithoutTheAssociationBitsAreIgnored) {
  auto association = accepted();
  expect_ignored(association, with(to_us(MapRequest{}), 4, {0, 0, 0, 0}),
                 Ignored::no_association_bits);
  Association fresh(Side::accepting, our_handle);
  expect_ignored(fresh, with(start_request, 4, {0, 0, 0, 0}), Ignored::no_association_bits);
}

// C3
TEST(Association, UnknownTypesAndOpcodesAreIgnored) {
  auto association = accepted();
  expect_ignored(association, framed(our_handle, 4, u32(0)), Ignored::unknown_message);
  expect_ignored(association, framed(our_handle, 3, u32(7)), Ignored::unknown_message);
}

// E: a response that nobody asked for.
TEST(Association, ResponsesWithoutARequestAreIgnored) {
  auto association = connected();
  expect_ignored(association, map_response, Ignored::out_of_turn);
  expect_ignored(association, names_response(unique_record, 1), Ignored::out_of_turn);

  static_cast<void>(association.encode(MapRequest{}));
  expect_ignored(association, names_response(unique_record, 1), Ignored::out_of_turn);
  ASSERT_FALSE(ended_by(association, joined({map_response, map_response})));
  EXPECT_EQ(all_messages(association).size(), 1U);
}

TEST(Association, StartsOfTheWrongSideAreIgnored) {
  auto connecting = connected();
  expect_ignored(connecting, encode(0, StartRequest{.sender = 1}), Ignored::out_of_turn);
  expect_ignored(connecting, to_us(StartResponse{.sender = 1}), Ignored::out_of_turn);
  EXPECT_EQ(connecting.encode(MapRequest{}), map_request);

  auto accepting = accepted();
  expect_ignored(accepting, to_us(StartResponse{.sender = 1}), Ignored::out_of_turn);
  EXPECT_EQ(accepting.encode(MapRequest{}), map_request);
}

TEST(Association, AMalformedFrameEndsItForGood) {
  auto association = accepted();
  const auto cut = framed(our_handle, 3, joined({u32(2), u32(owner.value())}));
  EXPECT_EQ(ended_by(association, joined({to_us(MapRequest{}), cut, to_us(MapRequest{})})),
            DecodeError::truncated);
  EXPECT_EQ(all_messages(association).size(), 1U);
  EXPECT_EQ(ended_by(association, to_us(MapRequest{})), DecodeError::truncated);
  EXPECT_FALSE(association.next());
}

TEST(AssociationDeathTest, SaysNothingBeforeItIsEstablished) {
  Association association(Side::accepting, our_handle);
  EXPECT_DEATH(static_cast<void>(association.encode(MapRequest{})), "established");
}

}  // namespace
}  // namespace winsome::winsra
