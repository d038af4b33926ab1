#include "server/store/record_codec.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/server/store/records.h"

namespace winsome::store {
namespace {

using names::Record;

std::size_t members_size(const Record& record) {
  MembersBuffer buffer;
  return encode_record(record, 1, buffer).members.size();
}

void expect_round_trip(const Record& record) {
  MembersBuffer buffer;
  const auto decoded = decode_record(encode_record(record, 1, buffer));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(*decoded, record);
}

TEST(RecordCodec, AnOrdinaryMemberTakesFourOctets) {
  const auto record = unique_record("FRED", 1000);
  EXPECT_EQ(members_size(record), 4U);
  expect_round_trip(record);
}

TEST(RecordCodec, AMemberOfAnotherOwnerTakesEightOctets) {
  auto record = unique_record("FRED", 1000);
  record.members[0].owner = Ipv4(198, 51, 100, 7);
  EXPECT_EQ(members_size(record), 8U);
  expect_round_trip(record);
}

TEST(RecordCodec, AMemberWithATimeOfItsOwnTakesSixteenOctets) {
  auto record = unique_record("FRED", 1000);
  record.type = names::RecordType::multihomed;
  record.members[0].due = at(999);
  EXPECT_EQ(members_size(record), 16U);
  expect_round_trip(record);
}

TEST(RecordCodec, KeepsTwentyFiveMembersAndTheirOrder) {
  expect_round_trip(special_group("CORP", names::members_max));
}

TEST(RecordCodec, KeepsAGroupWithoutAddress) {
  auto record = unique_record("GROUP", 1000);
  record.type = names::RecordType::normal_group;
  record.members.clear();
  expect_round_trip(record);
}

TEST(RecordCodec, KeepsTheEdgesOfEveryNumber) {
  auto record = unique_record("FRED", 0, std::string(nbns::scope_length_max, '\0'));
  record.version = std::numeric_limits<std::uint64_t>::max();
  record.due = never;
  record.owner = Ipv4(255, 255, 255, 255);
  record.name.name.octets.fill(0xff);
  expect_round_trip(record);
}

/// A row that decodes, until a test spoils it.
struct Row {
  std::vector<std::uint8_t> name = std::vector<std::uint8_t>(16, 'A');
  std::vector<std::uint8_t> scope;
  std::vector<std::uint8_t> members = {10, 0, 0, 1};
  RecordRow columns;

  [[nodiscard]] bool decodes() {
    columns.name = name;
    columns.scope = scope;
    columns.members = members;
    return decode_record(columns).has_value();
  }
};

bool decodes(const std::function<void(Row&)>& spoil) {
  Row row;
  spoil(row);
  return row.decodes();
}

// CVE-2008-1451: a local user edits the database.
TEST(RecordCodec, RefusesHostileRows) {
  EXPECT_TRUE(decodes([](Row&) {}));
  EXPECT_FALSE(decodes([](Row& row) { row.name.resize(15); }));
  EXPECT_FALSE(decodes([](Row& row) { row.name.resize(17); }));
  EXPECT_FALSE(decodes([](Row& row) { row.name.clear(); }));
  EXPECT_FALSE(decodes([](Row& row) { row.scope.resize(nbns::scope_length_max + 1); }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.type = 7; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.type = -1; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.type = 256; }));  // 0, when cut to an octet
  EXPECT_FALSE(decodes([](Row& row) { row.columns.state = 3; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.node = 4; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.is_static = 2; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.fed = 2; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.owner = -1; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.owner = std::int64_t{1} << 32; }));
}

// Decision 7
TEST(RecordCodec, OnlyActiveUniqueDynamicNamesAreFed) {
  EXPECT_TRUE(decodes([](Row& row) { row.columns.fed = 1; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.fed = row.columns.state = 1; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.fed = row.columns.type = 1; }));
  EXPECT_FALSE(decodes([](Row& row) { row.columns.fed = row.columns.is_static = 1; }));
  auto record = unique_record("FRED", 1000);
  record.fed = true;
  expect_round_trip(record);
}

TEST(RecordCodec, RefusesHostileMembers) {
  constexpr auto special = static_cast<std::int64_t>(names::RecordType::special_group);
  const auto with = [](std::size_t size) {
    return decodes([&](Row& row) {
      row.columns.type = special;
      row.members.resize(size);
    });
  };
  EXPECT_TRUE(with(25 * packed_member_size));
  EXPECT_FALSE(with(26 * packed_member_size));
  EXPECT_FALSE(with(1'000'000 * packed_member_size));
  for (const std::size_t size : {1, 3, 5, 7, 9, 12, 15, 17, 24, 31}) EXPECT_FALSE(with(size));
  EXPECT_TRUE(with(0));
  EXPECT_FALSE(decodes([](Row& row) { row.members.clear(); }));     // unique without an address
  EXPECT_FALSE(decodes([](Row& row) { row.members.resize(32); }));  // unique with two
}

TEST(RecordCodecDeathTest, ARecordThatCouldNotBeReadBackIsNeverWritten) {
  auto record = unique_record("FRED", 1000);
  record.members.clear();
  MembersBuffer buffer;
  EXPECT_DEATH((void)encode_record(record, 1, buffer), "contradicts itself");
}

}  // namespace
}  // namespace winsome::store
