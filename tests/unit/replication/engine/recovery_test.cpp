#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

constexpr Ipv4 host{10, 0, 0, 1};

// Decision 18.
class Recovery : public testing::Test {
 protected:
  Recovery() { use({partner("east", east)}); }
  void use(std::vector<Partner> partners) {
    bench = Bench(std::move(partners));
    bench.memory.recovered = false;
    bench.options.start_wait = seconds(30);
  }
  bool answers_clients() {
    bench.step({}, {bench.registration("PC<00>", Ipv4(10, 0, 9, 9))});
    return !bench.names_actions.sends.empty();
  }

  Bench bench{{}};
};

TEST_F(Recovery, ClientsWaitUntilThePartnersWereAsked) {
  auto actions = bench.step();
  const auto link = sent<OpenLink>(actions);
  ASSERT_TRUE(link);
  EXPECT_TRUE(told(actions, EventKind::recovery_started));
  EXPECT_FALSE(answers_clients());
  bench.step({LinkUp{link->link}});
  actions = bench.step({MapReceived{link->link, {{east, 1, 0}}}});
  EXPECT_TRUE(changed<PutRecovered>(actions));
  EXPECT_TRUE(answers_clients());
}

TEST_F(Recovery, TheCounterJumpsAboveWhatPartnersHoldOfUsAndTheRecordsComeBack) {
  auto actions = bench.step();
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.step({MapReceived{link, {{us, 3, 40}}}});
  EXPECT_EQ(bench.names().version(), 40);
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{us, 1, 40}));
  EXPECT_FALSE(answers_clients()) << "not before they are here";
  actions = bench.step({RecordsReceived{link, {replica("A<00>", 12, us, host)}, 0, true}});
  EXPECT_FALSE(bench.engine().status().recovering) << "nothing else will wake it";
  const auto* back = bench.find("A<00>");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->owner, us);
  EXPECT_EQ(back->version, 12);
  EXPECT_EQ(back->due, bench.now + bench.options.renewal) << "as if it had registered now";
  EXPECT_TRUE(answers_clients());
  EXPECT_EQ(bench.find("PC<00>")->version, 41);
}

// Fact base E: a scope whose label is longer than 63 octets is in no request.
TEST_F(Recovery, RecordsThatNoClientCanHaveRegisteredAreNotTakenBack) {
  const auto link = sent<OpenLink>(bench.step())->link;
  bench.step({LinkUp{link}});
  bench.step({MapReceived{link, {{us, 3, 40}}}});
  auto strange = replica("A<00>", 12, us, host);
  strange.name.scope = nbns::Scope(std::string(64, 'x'));
  auto longest = replica("A<00>", 13, us, host);
  longest.name.scope = nbns::Scope(std::string(63, 'x'));
  const auto actions = bench.step({RecordsReceived{link, {strange, longest}, 0, true}});
  EXPECT_EQ(bench.names().find(strange.name.view()), nullptr);
  EXPECT_NE(bench.names().find(longest.name.view()), nullptr);
  EXPECT_TRUE(told(actions, EventKind::nonsense));
}

TEST_F(Recovery, WaitsForEveryPartnerAsLongAsThereIsTime) {
  use({partner("east", east), partner("south", south)});
  auto actions = bench.step();
  const auto links = all_sent<OpenLink>(actions);
  ASSERT_EQ(links.size(), 2);
  bench.step({LinkUp{links[0].link}, LinkDown{links[1].link, "refused"}});
  bench.step({MapReceived{links[0].link, {}}});
  EXPECT_FALSE(answers_clients());
  // It is tried again soon, and comes in time.
  const auto again = sent<OpenLink>(bench.after(Replicator::recovery_retry));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->partner.name, "south");
  bench.step({LinkUp{again->link}});
  bench.step({MapReceived{again->link, {{us, 1, 9}}}});
  EXPECT_EQ(bench.names().version(), 9);
  EXPECT_TRUE(bench.engine().status().recovering);
}

/// A record of ours from the backup, that a tombstone of somebody else is told of (C6).
class RecoveryConflict : public Recovery {
 protected:
  RecoveryConflict() {
    use({partner("east", east), partner("south", south)});
    auto ours = replica("A<00>", 4, us, host);
    ours.due = ours.members[0].due = start + std::chrono::days(3);
    bench.stored = {ours};
    bench.version = 4;
  }
  void connect() {
    for (const auto& one : all_sent<OpenLink>(bench.step())) links.push_back(one.link);
    ASSERT_EQ(links.size(), 2);
    bench.step({LinkUp{links[0]}, LinkUp{links[1]}});
  }
  static names::Record conflicting() { return tombstone(replica("A<00>", 5, east)); }

  std::vector<Link> links;
};

TEST_F(RecoveryConflict, NothingOfOthersIsAskedForBeforeAllTookTheirTurn) {
  connect();
  auto actions = bench.step({MapReceived{links[0], {{east, 1, 5}}}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_GT(actions.wake_at, bench.now);
  actions = bench.after(Replicator::gathering);
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_GT(actions.wake_at, bench.now);
  actions = bench.step({MapReceived{links[1], {{us, 1, 50}}}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range.owner, us);
  actions = bench.step({RecordsReceived{links[1], {}, 0, true}});
  ASSERT_TRUE(sent<AskRecords>(actions)) << "the map that waited is enough";
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 5}));
  EXPECT_EQ(bench.names().version(), 50);
  bench.step({RecordsReceived{links[0], {conflicting()}, 0, true}});
  EXPECT_EQ(bench.find("A<00>")->version, 51) << "kept, and told";
}

TEST_F(RecoveryConflict, ANotificationWaitsForItsEnd) {
  connect();
  constexpr auto theirs = first_incoming + 1;
  auto actions = bench.step(
      {NotifyReceived{.link = theirs,
                      .peer = {.carrier = Carrier::grpc, .address = east, .name = "east"},
                      .owners = {{east, 1, 5}},
                      .initiator = east,
                      .pull_here = true}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  bench.step({MapReceived{links[0], {}}});
  actions = bench.step({MapReceived{links[1], {}}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->link, theirs);
}

TEST_F(RecoveryConflict, WhatWaitsForAChallengeIsNotDecidedBefore) {
  bench.memory.pending = {conflicting()};
  connect();
  EXPECT_EQ(bench.names().version(), 4);
  bench.step({MapReceived{links[0], {}}});
  EXPECT_EQ(bench.names().version(), 4);
  bench.step({MapReceived{links[1], {{us, 1, 50}}}});
  bench.step({RecordsReceived{links[1], {}, 0, true}});
  bench.step();
  EXPECT_EQ(bench.find("A<00>")->version, 51);
}

TEST_F(RecoveryConflict, WhoEndedTheConversationMeanwhileIsAskedAgain) {
  connect();
  bench.step({MapReceived{links[0], {{east, 1, 5}}}});
  bench.step({LinkDown{links[0], ""}});
  bench.step({MapReceived{links[1], {}}});
  const auto again = sent<OpenLink>(bench.step());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->partner.name, "east");
}

TEST_F(Recovery, WithoutAPartnerInReachItBeginsAfterAWaitFromTheFloor) {
  bench.options.start_version = 1000;
  auto actions = bench.step();
  bench.step({LinkDown{sent<OpenLink>(actions)->link, "refused"}});
  for (int i = 0; i < 29; ++i) actions = bench.after(seconds(1));
  EXPECT_FALSE(answers_clients());
  bool timed_out = false;
  for (int i = 0; i < 2; ++i)
    timed_out = told(bench.after(seconds(1)), EventKind::recovery_timed_out) || timed_out;
  EXPECT_TRUE(timed_out);
  EXPECT_TRUE(answers_clients());
  EXPECT_EQ(bench.find("PC<00>")->version, 1001);
}

TEST_F(Recovery, AServerWithoutPartnersDoesNotWait) {
  use({});
  bench.step();
  EXPECT_TRUE(answers_clients());
}

TEST_F(Recovery, ADatabaseThatIsNotNewDoesNotWait) {
  bench.memory.recovered = true;
  bench.step();
  EXPECT_TRUE(answers_clients());
}

TEST_F(Recovery, WhatWaitsForItsEndIsNoReasonToWakeUp) {
  bench.options.verification = {.interval = std::chrono::hours(24), .start = seconds(0)};
  const auto actions = bench.step();
  EXPECT_GT(actions.wake_at, bench.now);
}

TEST_F(Recovery, PartnersWhoAskWhileItWaitsAreAnswered) {
  bench.step();
  const auto peer = peer_of(partner("east", east));
  EXPECT_TRUE(sent<AnswerMap>(bench.step({MapAsked{first_incoming + 1, peer}})));
}

TEST_F(Recovery, IsTakenUpAgainWhenTheDiskRefusedIt) {
  auto actions = bench.step();
  auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  bench.decide({MapReceived{link, {{us, 1, 40}}}});
  bench.undo();
  EXPECT_EQ(bench.names().version(), 0);
  std::optional<OpenLink> again;
  for (int i = 0; !again && i < 10; ++i) again = sent<OpenLink>(bench.after(seconds(1)));
  ASSERT_TRUE(again);
  EXPECT_FALSE(answers_clients());
  bench.step({LinkUp{again->link}});
  actions = bench.step({MapReceived{again->link, {{us, 1, 40}}}});
  EXPECT_EQ(bench.names().version(), 40);
}

TEST_F(Recovery, IsNotOverWhenTheDiskRefusedItsEnd) {
  auto actions = bench.step();
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.decide({MapReceived{link, {{east, 1, 0}}}});
  ASSERT_TRUE(changed<PutRecovered>(actions));
  bench.undo();
  EXPECT_FALSE(answers_clients());
  EXPECT_TRUE(bench.engine().status().recovering);
}

// A partner that knows more of us than we do, though our database is no new one.
TEST_F(Recovery, TheCounterIsRaisedLaterTooAndItIsReported) {
  bench.memory.recovered = true;
  bench.version = 10;
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.step({MapReceived{link, {{us, 1, 40}}}});
  EXPECT_TRUE(told(actions, EventKind::version_raised));
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{us, 11, 40}));
  bench.step({RecordsReceived{link, {replica("A<00>", 30, us, host)}, 0, true}});
  EXPECT_EQ(bench.names().version(), 40);
  ASSERT_NE(bench.find("A<00>"), nullptr);
  EXPECT_EQ(bench.find("A<00>")->owner, us);
}

// E: such a counter would never come down, and partners drop what is above their maximum.
TEST_F(Recovery, NonsenseDoesNotRaiseTheCounter) {
  for (const auto claim : {std::uint64_t{1} << 63, version_max, version_jump_max + 11}) {
    use({partner("east", east)});
    bench.memory.recovered = true;
    bench.version = 10;
    auto actions = bench.step({CommandRequest{1, PullNow{}}});
    const auto link = sent<OpenLink>(actions)->link;
    bench.step({LinkUp{link}});
    actions = bench.step({MapReceived{link, {{us, 1, claim}}}});
    EXPECT_TRUE(told(actions, EventKind::nonsense)) << claim;
    EXPECT_FALSE(sent<AskRecords>(actions)) << claim;
    EXPECT_EQ(bench.names().version(), 10) << claim;
    EXPECT_EQ(bench.engine().status().partners[0].nonsense, 1) << claim;
  }
}

TEST_F(Recovery, TheCounterMayJumpFarAboveItsFloor) {
  bench.options.start_version = std::uint64_t{1} << 40;
  const auto claim = bench.options.start_version + version_jump_max;
  const auto link = sent<OpenLink>(bench.step())->link;
  bench.step({LinkUp{link}});
  bench.step({MapReceived{link, {{us, 1, claim}}}});
  EXPECT_EQ(bench.names().version(), claim);
}

}  // namespace
}  // namespace winsome::replication
