#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

using names::RecordType;

constexpr Ipv4 host{10, 0, 0, 1}, other{10, 0, 0, 2};

names::Record ours(std::string_view text, std::uint64_t version, Ipv4 address = host) {
  auto record = replica(text, version, us, address);
  record.due = start + std::chrono::days(3);
  for (auto& member : record.members) member.due = record.due;
  return record;
}

Actions receive(Bench& bench, names::Record record, Ipv4 owner = east) {
  const auto version = record.version;
  return bench.pull({{owner, 1, version}}, {{std::move(record)}});
}

// C5: active → now + verify interval; tombstone → now + extinction timeout.
TEST(Apply, AReplicaLivesAsLongAsItIsNotVerifiedAndATombstoneItsTimeout) {
  Bench bench;
  receive(bench, replica("A<00>", 1, east));
  EXPECT_EQ(bench.find("A<00>")->due, bench.now + bench.options.verification_life);
  receive(bench, tombstone(replica("B<00>", 2, east)));
  EXPECT_EQ(bench.find("B<00>")->due, bench.now + bench.options.extinction_timeout);
}

TEST(Apply, AReplicaBelongsToTheOwnerOfTheRange) {
  Bench bench;
  receive(bench, replica("A<00>", 1, south));  // as it claims
  ASSERT_NE(bench.find("A<00>"), nullptr);
  EXPECT_EQ(bench.find("A<00>")->owner, east);
}

// C6 5.
TEST(Apply, OfOneOwnerTheNewerReplaces) {
  Bench bench;
  receive(bench, replica("A<00>", 1, east, host));
  receive(bench, replica("A<00>", 2, east, other));
  EXPECT_EQ(bench.find("A<00>")->members[0].address, other);
  EXPECT_EQ(bench.find("A<00>")->version, 2);
}

// C6 3, decision 16.
TEST(Apply, AStaticRecordOfOursStaysAndItsOwnerIsTold) {
  Bench bench;
  bench.version = 4;
  bench.stored = {ours("A<00>", 4)};
  bench.stored[0].is_static = true;
  receive(bench, replica("A<00>", 7, east, other));
  EXPECT_EQ(bench.find("A<00>")->owner, us);
  EXPECT_EQ(bench.find("A<00>")->version, 5);
  EXPECT_EQ(bench.find("A<00>")->members[0].address, host);
}

// C7.2: the group wins, and the host is told.
TEST(Apply, AGroupTakesOurUniqueNameAndItsHostIsTold) {
  Bench bench;
  bench.version = 4;
  bench.stored = {ours("A<00>", 4)};
  auto group = replica("A<00>", 7, east, other);
  group.type = RecordType::normal_group;
  receive(bench, group);
  EXPECT_EQ(bench.find("A<00>")->type, RecordType::normal_group);
  ASSERT_EQ(bench.names_actions.sends.size(), 1);
  const auto* demand = std::get_if<nbns::NameRequest>(&bench.names_actions.sends[0].message);
  ASSERT_NE(demand, nullptr);
  EXPECT_EQ(demand->opcode, nbns::Opcode::release);
  EXPECT_EQ(bench.names_actions.sends[0].path.remote.address, host);
}

// C7.2: all our addresses are in the replica.
TEST(Apply, AReplicaWithAllOurAddressesIsTakenWithoutAsking) {
  Bench bench;
  bench.version = 4;
  bench.stored = {ours("A<00>", 4)};
  receive(bench, replica("A<00>", 7, east, host));
  EXPECT_EQ(bench.find("A<00>")->owner, east);
  EXPECT_FALSE(bench.asked());
}

// C8.
TEST(Apply, MembersOfTwoServersBecomeOneListOfOursWithANewVersion) {
  Bench bench;
  bench.version = 4;
  bench.stored = {ours("WORK<1C>", 4)};
  bench.stored[0].type = RecordType::special_group;
  auto group = replica("WORK<1C>", 7, east, other);
  group.type = RecordType::special_group;
  receive(bench, group);
  const auto* merged = bench.find("WORK<1C>");
  EXPECT_EQ(merged->owner, us);
  EXPECT_EQ(merged->version, 5);
  EXPECT_EQ(merged->members.size(), 2);
}

// E: records that cannot be.
TEST(Apply, RecordsThatCannotBeAreLeftOutAndTheRestIsTaken) {
  Bench bench;
  auto empty = replica("A<00>", 1, east);
  empty.members.clear();
  auto broadcast = replica("B<00>", 2, east, Ipv4(255, 255, 255, 255));
  auto crowd = replica("WORK<1C>", 3, east);
  crowd.type = RecordType::special_group;
  crowd.members.clear();
  for (std::uint8_t i = 1; i <= 40; ++i) crowd.members.push_back({Ipv4(10, 1, 0, i), east, {}});
  const auto actions =
      bench.pull({{east, 1, 4}}, {{empty, broadcast, crowd, replica("D<00>", 4, east)}});
  EXPECT_TRUE(told(actions, EventKind::nonsense));
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_EQ(bench.find("B<00>"), nullptr);
  EXPECT_EQ(bench.find("WORK<1C>")->members.size(), names::members_max);
  EXPECT_NE(bench.find("D<00>"), nullptr);
  EXPECT_EQ(bench.known(east), 4);
}

TEST(Apply, VersionsThatWereNotAskedForAreLeftOut) {
  Bench bench;
  bench.memory.owners = {{east, 0, 10}};
  const auto actions =
      bench.pull({{east, 1, 20}}, {{replica("A<00>", 3, east), replica("B<00>", 15, east),
                                    replica("C<00>", 15, east), replica("D<00>", 21, east)}});
  EXPECT_TRUE(told(actions, EventKind::nonsense));
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_NE(bench.find("B<00>"), nullptr);
  EXPECT_EQ(bench.find("C<00>"), nullptr) << "one version, one name";
  EXPECT_EQ(bench.find("D<00>"), nullptr);
  EXPECT_EQ(bench.known(east), 20);
}

TEST(Apply, AnAnswerInAnyOrderIsTaken) {
  Bench bench;
  bench.pull({{east, 1, 3}},
             {{replica("C<00>", 3, east), replica("A<00>", 1, east), replica("B<00>", 2, east)}});
  EXPECT_NE(bench.find("A<00>"), nullptr);
  EXPECT_NE(bench.find("B<00>"), nullptr);
  EXPECT_NE(bench.find("C<00>"), nullptr);
}

// Decision 20.
TEST(Apply, ABlockedNameIsTakenAndToldOfUnlessTheAdministratorRefuses) {
  Bench bench;
  bench.options.blocked_names = {"WPAD"};
  EXPECT_TRUE(told(receive(bench, replica("WPAD<00>", 1, east)), EventKind::blocked_name_taken));
  EXPECT_NE(bench.find("WPAD<00>"), nullptr);
  Bench strict;
  strict.options.blocked_names = {"WPAD"};
  strict.options.refuse_blocked_names = true;
  EXPECT_FALSE(told(receive(strict, replica("WPAD<00>", 1, east)), EventKind::blocked_name_taken));
  EXPECT_EQ(strict.find("WPAD<00>"), nullptr);
  EXPECT_EQ(strict.known(east), 1);
}

// B13: MemberPrec; decision 35.
TEST(Apply, MembersThatCountAsLocalTakeAPlaceInAFullList) {
  constexpr Ipv4 controller{10, 0, 9, 9};
  for (const bool local : {false, true}) {
    Bench bench;
    bench.options.partners[0].members_count_as_local = local;
    auto full = replica("WORK<1C>", 1, us);
    full.type = names::RecordType::special_group;
    full.members.clear();
    for (std::uint8_t i = 1; i <= names::members_max; ++i)
      full.members.push_back({Ipv4(10, 0, 1, i), south, start + std::chrono::days(2) + seconds(i)});
    full.due = full.members.front().due;
    bench.stored = {full};
    bench.version = 1;
    auto theirs = replica("WORK<1C>", 7, east, controller);
    theirs.type = names::RecordType::special_group;
    bench.pull({{east, 1, 7}}, {{theirs}});
    const auto& members = bench.find("WORK<1C>")->members;
    const auto lists = [&](Ipv4 address) {
      return std::ranges::find(members, address, &names::Member::address) != members.end();
    };
    EXPECT_EQ(members.size(), names::members_max);
    EXPECT_EQ(lists(controller), local);
    EXPECT_EQ(lists(Ipv4(10, 0, 1, 1)), !local) << "the oldest";
  }
}

}  // namespace
}  // namespace winsome::replication
