#include "replication/winsra/message.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

using replication::OwnerRange;

constexpr OwnerRange range{.owner = owner, .min = 1, .max = 16};

struct Vector {
  Bytes frame;
  Handle destination;
  Message message;
};

// C2, C3, F
std::vector<Vector> vectors() {
  return {
      {start_request, 0, StartRequest{.sender = our_handle}},
      {stop, peer_handle, Stop{}},
      {map_request, peer_handle, MapRequest{}},
      {map_response, our_handle, MapResponse{{range}}},
      {names_request, peer_handle, NamesRequest{{.owner = owner, .min = 5, .max = 16}}},
      {update_notification, peer_handle,
       UpdateNotification{
           .owners = {range}, .initiator = owner, .persistent = false, .propagate = true}},
  };
}

TEST(Message, ReadsTheVectors) {
  for (const auto& vector : vectors()) {
    const auto decoded = decode(body_of(vector.frame));
    ASSERT_TRUE(decoded) << to_text(decoded.error());
    EXPECT_EQ(decoded->destination, vector.destination) << to_text(vector.message);
    EXPECT_EQ(decoded->message, vector.message) << to_text(decoded->message);
  }
}

TEST(Message, WritesTheVectors) {
  for (const auto& vector : vectors())
    EXPECT_EQ(encode(vector.destination, vector.message), vector.frame) << to_text(vector.message);
}

TEST(Message, RefusesEveryPrefixOfTheVectors) {
  // Start and stop end in reserved octets, which nobody reads.
  const std::vector<std::pair<Bytes, std::size_t>> read{
      {start_request, 20}, {stop, 16},          {map_request, 16},
      {map_response, 48},  {names_request, 40}, {update_notification, 48}};
  for (const auto& [frame, needed] : read) {
    for (std::size_t length = 0; length <= body_of(frame).size(); ++length)
      EXPECT_EQ(decode(body_of(frame).first(length)).has_value(), length >= needed) << length;
  }
}

// C2
TEST(Message, AStartIs41OctetsLongAndAStop40) {
  EXPECT_EQ(encode(0, StartRequest{}).size(), 4 + 41U);
  EXPECT_EQ(encode(our_handle, StartResponse{}).size(), 4 + 41U);
  EXPECT_EQ(encode(our_handle, Stop{}).size(), 4 + 40U);
}

// C3
TEST(Message, RequestsHaveTheLengthsOfTheTable) {
  EXPECT_EQ(encode(our_handle, MapRequest{}).size(), 4 + 16U);
  EXPECT_EQ(encode(our_handle, NamesRequest{}).size(), 4 + 40U);
}

TEST(Message, StartResponsesReadBack) {
  const StartResponse response{.sender = peer_handle, .major = 2, .minor = 1};
  EXPECT_EQ(message_of(encode(our_handle, response)), Message(response));
}

// C2
TEST(Message, AStopForAnyOtherReasonIsAnError) {
  const auto reason = [](std::uint8_t octet) { return message_of(with(stop, 19, {octet})); };
  EXPECT_EQ(reason(4), Message(Stop{StopReason::error}));
  EXPECT_EQ(reason(7), Message(Stop{StopReason::error}));
  EXPECT_EQ(encode(peer_handle, Stop{StopReason::error}), with(stop, 19, {4}));
}

// C3
TEST(Message, NotificationsSayByTheirOpcodeWhetherTheyPersistAndPropagate) {
  const auto read = [](std::uint8_t opcode) {
    return std::get<UpdateNotification>(message_of(with(update_notification, 19, {opcode})));
  };
  UpdateNotification expected{.owners = {range}, .initiator = owner};
  for (const auto& [opcode, persistent, propagate] :
       {std::tuple{4, false, false}, {5, false, true}, {8, true, false}, {9, true, true}}) {
    expected.persistent = persistent;
    expected.propagate = propagate;
    EXPECT_EQ(read(static_cast<std::uint8_t>(opcode)), expected) << opcode;
    EXPECT_EQ(encode(peer_handle, expected).at(19), opcode);
  }
}

// C3
TEST(Message, OtherOpcodesAreUnknown) {
  for (const auto opcode : std::to_array<std::uint8_t>({6, 7, 10, 11, 12, 255}))
    EXPECT_EQ(error_of(with(update_notification, 19, {opcode})), DecodeError::unknown_opcode);
  EXPECT_EQ(error_of(with(update_notification, 16, {1})), DecodeError::unknown_opcode);
}

// C2
TEST(Message, OtherTypesAreUnknown) {
  EXPECT_EQ(error_of(with(map_request, 15, {4})), DecodeError::unknown_type);
  EXPECT_EQ(error_of(with(map_request, 12, {0x80})), DecodeError::unknown_type);
}

// C2: Windows tells association messages by these bits.
TEST(Message, AFrameHasOneOfTheAssociationBits) {
  EXPECT_EQ(error_of(with(map_request, 4, {0, 0, 0, 0})), DecodeError::no_association_bits);
  EXPECT_EQ(error_of(with(map_request, 4, {0xff, 0xff, 0x87, 0xff})),
            DecodeError::no_association_bits);
  EXPECT_EQ(message_of(with(map_request, 4, {0, 0, 0x08, 0})), Message(MapRequest{}));
  EXPECT_EQ(message_of(with(map_request, 4, {0xff, 0xff, 0xff, 0xff})), Message(MapRequest{}));
}

TEST(Message, ReservedFieldsAndTrailingOctetsAreIgnored) {
  EXPECT_EQ(message_of(with(map_response, 44, {9, 9, 9, 9})), Message(MapResponse{{range}}));
  EXPECT_EQ(message_of(joined({map_response, {1, 2, 3}})), Message(MapResponse{{range}}));
  EXPECT_EQ(message_of(with(stop, 20, {1, 2, 3})), Message(Stop{}));
}

TEST(Message, NamesResponsesReadBack) {
  auto scoped = unique({nbns::make_name("FRED", 0x20), nbns::Scope("a.b")}, 9);
  scoped.is_static = true;
  const NamesResponse response{.records = {unique(nbns::make_name("CORP", 0x1b)), scoped},
                               .replicas = true};
  EXPECT_EQ(message_of(encode(peer_handle, response)), Message(response));
}

TEST(Message, AResponseMayHaveNoNames) {
  EXPECT_EQ(message_of(names_response({}, 0)), Message(NamesResponse{}));
  EXPECT_EQ(encode(our_handle, NamesResponse{}), names_response({}, 0));
}

TEST(Message, ALongListIsCutInItsText) {
  MapResponse response;
  for (std::uint8_t i = 1; i <= 10; ++i)
    response.owners.push_back({.owner = Ipv4(10, 0, 0, i), .min = 0, .max = 1});
  const auto text = to_text(Message(response));
  EXPECT_TRUE(text.ends_with("10.0.0.8 0-1 and 2 more")) << text;
}

TEST(Message, TheTextOfNamesSaysWhatWasLeftOut) {
  const auto response = names_response(with(unique_record, flags_at, {0x6c}), 1);
  EXPECT_EQ(to_text(message_of(response)), "names response of 0 unknown state: 1");
}

}  // namespace
}  // namespace winsome::winsra
