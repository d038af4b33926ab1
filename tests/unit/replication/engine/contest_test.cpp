#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

using names::RecordType;

constexpr Ipv4 host{10, 0, 0, 1}, rival{10, 0, 0, 2};

/// Our client has FRED at version 4, and a partner says that another has it.
class Contest : public testing::Test {
 protected:
  Contest() {
    bench.version = 4;
    auto record = replica("FRED<00>", 4, us, host);
    record.due = start + std::chrono::days(3);
    record.members[0].due = record.due;
    bench.stored = {record};
  }

  Actions contest(std::uint64_t version = 7) {
    auto actions = bench.pull({{east, 1, version}}, {{replica("FRED<00>", version, east, rival)}});
    return actions;
  }
  /// The host answers; what then happens is decided in the step after.
  Actions answer(const std::vector<Ipv4>& claimed) {
    return bench.step({}, {bench.defence("FRED<00>", host, claimed)});
  }
  void nobody_answers() {
    for (int i = 0; i < 30; ++i) bench.after(milliseconds(500));
  }

  Bench bench;
};

// C9, decision 17.
TEST_F(Contest, IsDurableBeforeTheKnownMaximumPassesIt) {
  const auto actions = contest();
  ASSERT_TRUE(changed<PutPending>(actions));
  EXPECT_EQ(changed<PutPending>(actions)->replica.version, 7);
  ASSERT_TRUE(changed<PutOwner>(actions));
  EXPECT_EQ(changed<PutOwner>(actions)->known, 7);
  EXPECT_TRUE(bench.asked());
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
}

TEST_F(Contest, ASilentHostLosesItsName) {
  contest();
  nobody_answers();
  EXPECT_EQ(bench.find("FRED<00>")->owner, east);
  EXPECT_EQ(bench.find("FRED<00>")->members[0].address, rival);
  EXPECT_EQ(bench.engine().status().pending, 0);
}

TEST_F(Contest, AHostThatDefendsItKeepsIt) {
  contest();
  ASSERT_TRUE(bench.asked());
  const auto actions = answer({host});
  EXPECT_TRUE(changed<ErasePending>(actions));
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
  EXPECT_EQ(bench.find("FRED<00>")->members[0].address, host);
}

TEST_F(Contest, OneHostWithBothAddressesIsMultihomed) {
  contest();
  ASSERT_TRUE(bench.asked());
  answer({host, rival});
  const auto* merged = bench.find("FRED<00>");
  EXPECT_EQ(merged->type, RecordType::multihomed);
  EXPECT_EQ(merged->owner, east);
  EXPECT_EQ(merged->version, 7);
  EXPECT_EQ(merged->members.size(), 2);
}

TEST_F(Contest, AHostThatHasTheOtherAddressOnlyIsToldToReleaseIt) {
  contest();
  ASSERT_TRUE(bench.asked());
  answer({rival});
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
  ASSERT_EQ(bench.names_actions.sends.size(), 1);
  EXPECT_TRUE(std::holds_alternative<nbns::NameRequest>(bench.names_actions.sends[0].message));
  EXPECT_EQ(bench.names_actions.sends[0].path.remote.address, rival);
}

// C9: owner and version are looked at again.
TEST_F(Contest, AnAnswerForARecordThatChangedMeanwhileDecidesNothing) {
  contest();
  ASSERT_TRUE(bench.asked());
  auto again = bench.registration("FRED<00>", host);
  std::get<names::ClientRequest>(again).request.entry.node = nbns::NodeType::p;
  bench.step({}, {again});  // a new version
  const auto asked_before = bench.find("FRED<00>")->version;
  EXPECT_GT(asked_before, 4);
  answer({});
  EXPECT_EQ(bench.find("FRED<00>")->owner, us) << "it is asked again, as what it is now";
  EXPECT_EQ(bench.engine().status().pending, 1);
}

TEST_F(Contest, PendingSurvivesARestart) {
  bench.memory.pending = {replica("FRED<00>", 7, east, rival)};
  bench.memory.owners = {{east, 0, 7}};
  bench.step();
  EXPECT_TRUE(bench.asked());
  nobody_answers();
  EXPECT_EQ(bench.find("FRED<00>")->owner, east);
}

TEST_F(Contest, WhatIsNoConflictAnyMoreIsDecidedWithoutAsking) {
  bench.stored.clear();
  bench.memory.pending = {replica("FRED<00>", 7, east, rival)};
  const auto actions = bench.step();
  EXPECT_TRUE(changed<ErasePending>(actions));
  EXPECT_FALSE(bench.asked());
  EXPECT_EQ(bench.find("FRED<00>")->owner, east);
}

TEST_F(Contest, TheNewerOfTwoReplicasOfAnOwnerIsTheOneThatCounts) {
  contest(7);
  ASSERT_TRUE(bench.asked());
  auto actions = bench.pull({{east, 1, 9}}, {{replica("FRED<00>", 9, east, Ipv4(10, 0, 0, 9))}});
  EXPECT_EQ(bench.engine().status().pending, 1);
  nobody_answers();
  EXPECT_EQ(bench.find("FRED<00>")->version, 9);
}

TEST_F(Contest, WaitsWhereTooManyAreAskedAlready) {
  bench.names_options.challenge.at_once = 0;
  contest();
  EXPECT_FALSE(bench.asked());
  EXPECT_EQ(bench.engine().status().pending, 1);
  const auto tried = bench.now;
  EXPECT_EQ(bench.after(Replicator::coalescing).wake_at, tried + seconds(1));
}

// Decision 36.
TEST_F(Contest, OfTwoThatDefendTheLowerOwnerInsists) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    contest(7 + i);
    ASSERT_TRUE(bench.asked());
    answer({host});
    EXPECT_EQ(bench.find("FRED<00>")->owner, us);
    EXPECT_EQ(bench.find("FRED<00>")->version, 5 + i);
  }
}

/// The owner whose address is lower than ours.
class ContestWithLower : public Contest {
 protected:
  static constexpr Ipv4 lower{192, 0, 2, 0};
  void contest(std::uint64_t version) {
    bench.pull({{lower, 1, version}}, {{replica("FRED<00>", version, lower, rival)}});
    ASSERT_TRUE(bench.asked());
  }
};

TEST_F(ContestWithLower, OfTwoThatDefendTheHigherOwnerTellsOnceAndThenYields) {
  contest(7);
  answer({host});
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
  EXPECT_EQ(bench.find("FRED<00>")->version, 5) << "so that the other hears of it";
  contest(8);
  answer({host});
  EXPECT_EQ(bench.find("FRED<00>")->owner, lower);
  ASSERT_EQ(bench.names_actions.sends.size(), 1) << "its host is told";
  EXPECT_EQ(bench.names_actions.sends[0].path.remote.address, host);
}

TEST_F(ContestWithLower, WhoRegisteredAnewTellsAnew) {
  contest(7);
  answer({host});
  auto again = bench.registration("FRED<00>", host);
  std::get<names::ClientRequest>(again).request.entry.node = nbns::NodeType::p;
  bench.step({}, {again});
  EXPECT_EQ(bench.find("FRED<00>")->version, 6);
  contest(8);
  answer({host});
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
  EXPECT_EQ(bench.find("FRED<00>")->version, 7);
}

}  // namespace
}  // namespace winsome::replication
