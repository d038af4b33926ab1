#include "replication/grpc/record_message.h"

#include <gtest/gtest.h>

#include <string>

namespace winsome::transport {
namespace {

using names::Record;
using names::RecordType;
using names::State;

constexpr Ipv4 owner(192, 0, 2, 1);

Record record(RecordType type) {
  Record one;
  one.name = {nbns::make_name("CORP", 0x1c), nbns::Scope("scope.example")};
  one.type = type;
  one.state = State::tombstone;
  one.node = nbns::NodeType::h;
  one.is_static = true;
  one.owner = owner;
  one.version = replication::version_max;
  one.members = {{.address = Ipv4(10, 0, 0, 1), .owner = owner, .due = {}}};
  return one;
}

v1::Record message(const Record& one) {
  v1::Record out;
  to_message(one, out);
  return out;
}

v1::Record message(RecordType type = RecordType::unique) {
  return message(record(type));
}

TEST(RecordMessage, EveryTypeComesBackAsItWent) {
  for (const auto type : {RecordType::unique, RecordType::normal_group, RecordType::special_group,
                          RecordType::multihomed}) {
    auto one = record(type);
    if (names::has_list(type))
      one.members.push_back({.address = Ipv4(10, 0, 0, 2), .owner = Ipv4(192, 0, 2, 9), .due = {}});
    EXPECT_EQ(from_message(message(one), owner), one);
  }
}

TEST(RecordMessage, EveryStateAndNodeComesBackAsItWent) {
  auto one = record(RecordType::unique);
  for (const auto state : {State::active, State::released, State::tombstone}) {
    for (const auto node :
         {nbns::NodeType::b, nbns::NodeType::p, nbns::NodeType::m, nbns::NodeType::h}) {
      one.state = state;
      one.node = node;
      EXPECT_EQ(from_message(message(one), owner), one);
    }
  }
}

TEST(RecordMessage, GroupsMayHaveNoMembers) {
  for (const auto type : {RecordType::normal_group, RecordType::special_group}) {
    auto one = record(type);
    one.members.clear();
    EXPECT_EQ(from_message(message(one), owner), one);
  }
}

TEST(RecordMessage, SingleNamesHaveMembers) {
  for (const auto type : {RecordType::unique, RecordType::multihomed}) {
    auto one = message(type);
    one.clear_members();
    EXPECT_FALSE(from_message(one, owner));
  }
}

TEST(RecordMessage, NamesHaveSixteenOctets) {
  auto one = message();
  one.set_name(std::string(15, 'A'));
  EXPECT_FALSE(from_message(one, owner));
  one.set_name(std::string(17, 'A'));
  EXPECT_FALSE(from_message(one, owner));
  one.clear_name();
  EXPECT_FALSE(from_message(one, owner));
  one.set_name(std::string(16, '\0'));
  EXPECT_TRUE(from_message(one, owner));
}

TEST(RecordMessage, ScopesAreBoundedAndHaveNoNul) {
  auto one = message();
  one.set_scope(std::string(nbns::scope_length_max, 'a'));
  EXPECT_TRUE(from_message(one, owner));
  one.set_scope(std::string(nbns::scope_length_max + 1, 'a'));
  EXPECT_FALSE(from_message(one, owner));
  one.set_scope(std::string("a\0b", 3));
  EXPECT_FALSE(from_message(one, owner));
  one.set_scope("no labels: ..\xff..");
  EXPECT_TRUE(from_message(one, owner));
}

TEST(RecordMessage, UnknownEnumeratorsCannotBe) {
  for (const int value : {-1, 0, 5, 1000}) {
    auto one = message();
    one.set_type(static_cast<v1::RecordType>(value));
    EXPECT_FALSE(from_message(one, owner)) << value;
    one = message();
    one.set_node(static_cast<v1::NodeType>(value));
    EXPECT_FALSE(from_message(one, owner)) << value;
  }
  for (const int value : {-1, 0, 4}) {
    auto one = message();
    one.set_state(static_cast<v1::RecordState>(value));
    EXPECT_FALSE(from_message(one, owner)) << value;
  }
}

TEST(RecordMessage, VersionsAboveTheMaximumCannotBe) {
  auto one = message();
  one.set_version(replication::version_max + 1);
  EXPECT_FALSE(from_message(one, owner));
}

TEST(RecordMessage, NoTypeHasMoreMembersThanItHolds) {
  for (const auto type : {RecordType::unique, RecordType::normal_group}) {
    auto one = message(type);
    one.add_members()->set_address(7);
    EXPECT_FALSE(from_message(one, owner));
  }
  for (const auto type : {RecordType::special_group, RecordType::multihomed}) {
    auto one = message(type);
    while (one.members_size() < 25) one.add_members()->set_address(one.members_size() + 100);
    ASSERT_TRUE(from_message(one, owner));
    EXPECT_EQ(from_message(one, owner)->members.size(), 25U);
    one.add_members()->set_address(7);
    EXPECT_FALSE(from_message(one, owner));
  }
}

TEST(RecordMessage, AnAddressCountsOnce) {
  auto one = message(RecordType::multihomed);
  *one.add_members() = one.members(0);
  EXPECT_EQ(from_message(one, owner)->members.size(), 1U);
}

TEST(RecordMessage, MembersBelongToTheOwnerUnlessTheySay) {
  auto one = message(RecordType::special_group);
  EXPECT_EQ(one.members(0).owner(), 0U) << "what goes without saying is not sent";
  EXPECT_EQ(from_message(one, owner)->members[0].owner, owner);
}

// Decision 41
TEST(RecordMessage, WhatANewerServerAddsIsPassedOverAndNotRelayed) {
  auto text = message().SerializeAsString();
  text += std::string("\x4a\x03xyz", 5);  // field 9
  v1::Record one;
  ASSERT_TRUE(one.ParseFromString(text));
  const auto taken = from_message(one, owner);
  ASSERT_EQ(taken, record(RecordType::unique));
  v1::Record relayed;
  to_message(*taken, relayed);
  EXPECT_EQ(relayed.SerializeAsString(), message().SerializeAsString());
}

TEST(RecordMessage, WhatCannotBeIsLeftOutAndCounted) {
  v1::PullRecordsResponse piece;
  *piece.add_records() = message();
  piece.add_records();
  *piece.add_records() = message();
  replication::RecordsReceived received;
  ASSERT_TRUE(from_message(piece, owner, received));
  EXPECT_EQ(received.records.size(), 2U);
  EXPECT_EQ(received.skipped, 1U);
}

TEST(RecordMessage, AMessageHoldsFiveHundredRecords) {
  v1::PullRecordsResponse piece;
  while (piece.records_size() < 500) piece.add_records();
  replication::RecordsReceived received;
  EXPECT_TRUE(from_message(piece, owner, received));
  piece.add_records();
  EXPECT_FALSE(from_message(piece, owner, received));
}

TEST(RecordMessage, FiveHundredOfTheLongestRecordsFitOneMessage) {
  auto longest = record(RecordType::special_group);
  longest.name.scope = nbns::Scope(std::string(nbns::scope_length_max, 'a'));
  longest.members.clear();
  for (std::uint8_t i = 0; i < names::members_max; ++i)
    longest.members.push_back({.address = Ipv4(10, 0, 0, i), .owner = Ipv4(9, 9, 9, i), .due = {}});
  v1::PullRecordsResponse piece;
  to_message(std::vector(records_in_a_message_max, longest), piece);
  EXPECT_LT(piece.ByteSizeLong(), static_cast<std::size_t>(message_length_max));
}

TEST(RecordMessage, AMapNamesABoundedNumberOfOwners) {
  v1::WatchResponse news;
  while (news.owners_size() < 10'000) {
    to_message(replication::OwnerRange{Ipv4(0xffff'ffff), ~0ULL, ~0ULL}, *news.add_owners());
  }
  EXPECT_LT(news.ByteSizeLong(), static_cast<std::size_t>(message_length_max));
  EXPECT_TRUE(from_message(news.owners()));
  news.add_owners();
  EXPECT_FALSE(from_message(news.owners()));
}

}  // namespace
}  // namespace winsome::transport
