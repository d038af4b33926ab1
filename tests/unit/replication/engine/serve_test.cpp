#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

using names::State;

const Peer peer = peer_of(partner("east", east));

names::Record held(const std::string& text, std::uint64_t version, Ipv4 owner = us) {
  auto record = replica(text, version, owner);
  record.due = start + std::chrono::days(3);
  for (auto& member : record.members) member.due = record.due;
  return record;
}

std::vector<std::uint64_t> versions(const std::vector<names::Record>& records) {
  std::vector<std::uint64_t> all;
  for (const auto& one : records) all.push_back(one.version);
  return all;
}

// C5, decision 14.
TEST(Serve, GivesActiveRecordsAndTombstonesAscendingAndNeverReleasedOnes) {
  Bench bench;
  bench.version = 9;
  bench.stored = {held("C<00>", 9), held("A<00>", 2), held("B<00>", 5), held("D<00>", 7)};
  bench.stored[2].state = State::released;
  bench.stored[3].state = State::tombstone;
  EXPECT_EQ(versions(bench.serve({us, 1, 9}, peer)), (std::vector<std::uint64_t>{2, 7, 9}));
}

TEST(Serve, GivesTheRangeWithBothItsEnds) {
  Bench bench;
  bench.version = 5;
  for (std::uint64_t i = 1; i <= 5; ++i) bench.stored.push_back(held(fmt::format("N{}", i), i));
  EXPECT_EQ(versions(bench.serve({us, 2, 4}, peer)), (std::vector<std::uint64_t>{2, 3, 4}));
  EXPECT_EQ(versions(bench.serve({us, 4, 0}, peer)), (std::vector<std::uint64_t>{4, 5}));
}

TEST(Serve, GivesRecordsOfOthersToo) {
  Bench bench;
  bench.stored = {held("A<00>", 3, south)};
  bench.memory.owners = {{south, 0, 3}};
  EXPECT_EQ(versions(bench.serve({south, 1, 3}, peer)), (std::vector<std::uint64_t>{3}));
}

// B13: OnlyDynRecs.
TEST(Serve, KeepsStaticRecordsFromWhoIsToHaveDynamicOnesOnly) {
  Bench bench;
  bench.options.partners[0].dynamic_only = true;
  bench.version = 2;
  bench.stored = {held("A<00>", 1), held("B<00>", 2)};
  bench.stored[0].is_static = true;
  EXPECT_EQ(versions(bench.serve({us, 1, 2}, peer)), (std::vector<std::uint64_t>{2}));
}

// C5: of W2003 on.
TEST(Serve, GivesStrangersDynamicRecordsOnly) {
  Bench bench;
  bench.options.partners_only = false;
  bench.version = 2;
  bench.stored = {held("A<00>", 1), held("B<00>", 2)};
  bench.stored[0].is_static = true;
  const Peer stranger{.carrier = Carrier::winsra, .address = Ipv4(203, 0, 113, 5), .name = {}};
  EXPECT_EQ(versions(bench.serve({us, 1, 2}, stranger)), (std::vector<std::uint64_t>{2}));
}

// B13: ReplicationType 1.
TEST(Serve, GivesDomainMasterBrowsersAndInternetGroupsWhereOnlyTheseAreWanted) {
  Bench bench;
  bench.options.partners[0].domains_only = true;
  bench.version = 4;
  bench.stored = {held("A<00>", 1), held("WORK<1B>", 2), held("WORK<1C>", 3), held("WORK<1E>", 4)};
  bench.stored[2].type = names::RecordType::special_group;
  bench.stored[3].type = names::RecordType::normal_group;
  EXPECT_EQ(versions(bench.serve({us, 1, 4}, peer)), (std::vector<std::uint64_t>{2, 3}));
}

TEST(Serve, SaysWhereItGivesAPartOnly) {
  for (const bool filtered : {false, true}) {
    Bench bench;
    bench.options.partners[0].dynamic_only = filtered;
    const auto piece =
        sent<AnswerRecords>(bench.step({RecordsAsked{first_incoming + 1, peer, {us, 1, 2}}}));
    ASSERT_TRUE(piece);
    EXPECT_EQ(piece->filtered, filtered);
  }
}

TEST(Serve, GivesPiecesAndTheNextOnlyWhenTheLastIsTaken) {
  Bench bench;
  constexpr std::uint64_t count = 2 * Replicator::records_in_a_piece + 1;
  bench.version = count;
  for (std::uint64_t i = 1; i <= count; ++i) bench.stored.push_back(held(fmt::format("N{}", i), i));
  const auto link = first_incoming + 1;
  auto piece = sent<AnswerRecords>(bench.step({RecordsAsked{link, peer, {us, 1, count}}}));
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->records.size(), Replicator::records_in_a_piece);
  EXPECT_FALSE(piece->last);
  EXPECT_FALSE(sent<AnswerRecords>(bench.step()));
  piece = sent<AnswerRecords>(bench.step({RecordsTaken{link}}));
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->records.front().version, Replicator::records_in_a_piece + 1);
  EXPECT_FALSE(piece->last);
  piece = sent<AnswerRecords>(bench.step({RecordsTaken{link}}));
  ASSERT_TRUE(piece);
  EXPECT_EQ(versions(piece->records), (std::vector<std::uint64_t>{count}));
  EXPECT_TRUE(piece->last);
}

TEST(Serve, AnswersManyPeersAtOnce) {
  Bench bench;
  bench.version = 1;
  bench.stored = {held("A<00>", 1)};
  std::vector<Input> questions;
  for (Link link = first_incoming + 1; link <= first_incoming + 40; ++link)
    questions.emplace_back(RecordsAsked{link, peer, {us, 1, 1}});
  std::size_t answers = 0;
  auto actions = bench.step(questions);
  for (int i = 0; i < 10; ++i) {
    answers += all_sent<AnswerRecords>(actions).size();
    actions = bench.step();
  }
  EXPECT_EQ(answers, 40);
}

// C5: the map lists every owner including ourselves.
TEST(Serve, TheMapSaysWhatIsKnownAndNotOnlyWhatIsHeld) {
  Bench bench;
  bench.version = 9;
  bench.stored = {held("A<00>", 4), held("B<00>", 3, south)};
  bench.memory.owners = {{south, 0, 12}};
  const auto answer = sent<AnswerMap>(bench.step({MapAsked{first_incoming + 1, peer}}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->owners, (OwnerMap{{us, 4, 9}, {south, 3, 12}}));
}

TEST(Serve, RefusesWhoIsNoPartnerAndSaysSoOnceAMinute) {
  Bench bench;
  const Peer stranger{.carrier = Carrier::grpc, .address = east, .name = "west"};
  auto actions = bench.step({MapAsked{first_incoming + 1, stranger}});
  EXPECT_TRUE(sent<RefuseLink>(actions));
  EXPECT_FALSE(sent<AnswerMap>(actions));
  EXPECT_TRUE(told(actions, EventKind::peer_refused));
  actions = bench.step({RecordsAsked{first_incoming + 2, stranger, {us, 1, 9}}});
  EXPECT_TRUE(sent<RefuseLink>(actions));
  EXPECT_FALSE(told(actions, EventKind::peer_refused));
  bench.now += std::chrono::minutes(1);
  EXPECT_TRUE(
      told(bench.step({WatchAsked{first_incoming + 3, stranger}}), EventKind::peer_refused));
  EXPECT_EQ(bench.engine().status().refused_peers, 3);
}

TEST(Serve, APartnerIsKnownByItsCertificateAndByNothingElse) {
  Bench bench;
  const Peer moved{.carrier = Carrier::grpc, .address = Ipv4(203, 0, 113, 9), .name = "east"};
  EXPECT_TRUE(sent<AnswerMap>(bench.step({MapAsked{first_incoming + 1, moved}})));
  const Peer by_address{.carrier = Carrier::winsra, .address = east, .name = {}};
  EXPECT_TRUE(sent<RefuseLink>(bench.step({MapAsked{first_incoming + 2, by_address}})));
}

TEST(Serve, GivesNothingToWhomItDoesNotPush) {
  Bench bench;
  bench.options.partners[0].push = false;
  EXPECT_TRUE(sent<RefuseLink>(bench.step({MapAsked{first_incoming + 1, peer}})));
  EXPECT_TRUE(sent<RefuseLink>(bench.step({RecordsAsked{first_incoming + 2, peer, {us, 1, 1}}})));
  EXPECT_TRUE(sent<RefuseLink>(bench.step({WatchAsked{first_incoming + 3, peer}})));
}

// E: ten thousand associations.
TEST(Serve, HasRoomForSoManyConversationsAndForOthersWhenTheyEnd) {
  Bench bench;
  std::vector<Input> watched;
  for (Link i = 1; i <= Replicator::incoming_max; ++i)
    watched.emplace_back(MapAsked{first_incoming + i, peer});
  bench.step(watched);
  const auto next = first_incoming + Replicator::incoming_max + 1;
  EXPECT_TRUE(sent<RefuseLink>(bench.step({MapAsked{next, peer}})));
  bench.step({LinkDown{first_incoming + 1, {}}});
  EXPECT_TRUE(sent<AnswerMap>(bench.step({MapAsked{next + 1, peer}})));
}

TEST(Serve, NothingOfAnAnswerGoesToALinkThatEnded) {
  Bench bench;
  bench.version = 1;
  bench.stored = {held("A<00>", 1)};
  const auto link = first_incoming + 1;
  EXPECT_FALSE(sent<AnswerRecords>(
      bench.step({RecordsAsked{link, peer, {us, 1, 1}}, LinkDown{link, "gone"}})));
}

}  // namespace
}  // namespace winsome::replication
