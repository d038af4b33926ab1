#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

constexpr Ipv4 host{10, 0, 0, 1}, rival{10, 0, 0, 2};

std::optional<OpenLink> opened_soon(Bench& bench) {
  for (int i = 0; i < 120; ++i) {
    if (auto link = sent<OpenLink>(bench.after(seconds(1)))) return link;
  }
  return {};
}

TEST(Undo, NothingOfAnUndoneBatchIsKnownOrHeld) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 9}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  bench.decide({RecordsReceived{link, {replica("A<00>", 3, east)}, 0, true}});
  EXPECT_EQ(bench.known(east), 9);
  bench.undo();
  EXPECT_EQ(bench.known(east), 0);
  EXPECT_EQ(bench.find("A<00>"), nullptr);
}

TEST(Undo, TheSameInputsLeadToTheSameResult) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 9}}, {});
  bench.decide(
      {RecordsReceived{sent<AskRecords>(actions)->link, {replica("A<00>", 3, east)}, 0, true}});
  bench.undo();
  actions = bench.pull({{east, 1, 9}}, {});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 9}));
  actions = bench.step(
      {RecordsReceived{sent<AskRecords>(actions)->link, {replica("A<00>", 3, east)}, 0, true}});
  EXPECT_EQ(changed<PutOwner>(actions)->known, 9);
  EXPECT_NE(bench.find("A<00>"), nullptr);
}

TEST(Undo, BothBatchesInFlightAreTakenBack) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 9}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  bench.decide({RecordsReceived{link, {replica("A<00>", 3, east)}, 0, false}});
  bench.decide({RecordsReceived{link, {replica("B<00>", 5, east)}, 0, false}});
  EXPECT_EQ(bench.known(east), 5);
  bench.undo();
  EXPECT_EQ(bench.known(east), 0);
  EXPECT_EQ(bench.names().table().size(), 0);
}

TEST(Undo, AllConversationsAreEndedAndWhoWaitedIsTold) {
  Bench bench;
  auto actions = bench.step({CommandRequest{7, PullNow{}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({MapAsked{first_incoming + 1, peer_of(partner("east", east))}});
  bench.decide({LinkUp{link}});
  actions = bench.undo();
  EXPECT_EQ(all_sent<CloseLink>(actions).size(), 2);
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].ticket, 7);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
}

TEST(Undo, WhatALostBatchEndedEndsAndWhatItSaidIsNotSaid) {
  Bench bench;
  const auto link = first_incoming + 1;
  auto lost = bench.decide({NotifyReceived{link, peer_of(bench.options.partners[0]), {}, east},
                            CommandRequest{7, SetPaused{"east", false}}});
  ASSERT_TRUE(sent<OpenLink>(lost));
  ASSERT_EQ(lost.replies.size(), 1);
  const auto left = Replicator::salvage(std::move(lost));
  bench.undo();
  ASSERT_EQ(left.sends.size(), 1);
  ASSERT_TRUE(sent<CloseLink>(left));
  EXPECT_EQ(sent<CloseLink>(left)->link, link);
  ASSERT_EQ(left.replies.size(), 1);
  EXPECT_EQ(left.replies[0].result.outcome, Outcome::unavailable);
}

TEST(Undo, PersistentPartnersAreTurnedToAgain) {
  Bench bench;
  bench.options.partners[0].persistent = true;
  auto actions = bench.step();
  bench.decide({LinkUp{sent<OpenLink>(actions)->link}});
  bench.undo();
  EXPECT_TRUE(opened_soon(bench));
}

TEST(Undo, AContestIsTakenUpAgainFromWhatIsDurable) {
  Bench bench;
  bench.version = 4;
  auto record = replica("FRED<00>", 4, us, host);
  record.due = start + std::chrono::days(3);
  record.members[0].due = record.due;
  bench.stored = {record};
  bench.pull({{east, 1, 7}}, {{replica("FRED<00>", 7, east, rival)}});
  ASSERT_TRUE(bench.asked());
  bench.decide({}, {bench.defence("FRED<00>", host, {host})});
  EXPECT_EQ(bench.engine().status().pending, 0);
  bench.undo();
  EXPECT_EQ(bench.engine().status().pending, 1);
  bench.step();
  EXPECT_TRUE(bench.asked());
  bench.step({}, {bench.defence("FRED<00>", host, {host})});
  EXPECT_EQ(bench.engine().status().pending, 0);
  EXPECT_EQ(bench.find("FRED<00>")->owner, us);
}

TEST(Undo, AContestThatNeverWasIsForgotten) {
  Bench bench;
  bench.version = 4;
  auto record = replica("FRED<00>", 4, us, host);
  record.due = start + std::chrono::days(3);
  record.members[0].due = record.due;
  bench.stored = {record};
  const auto actions = bench.pull({{east, 1, 7}}, {});
  bench.decide({RecordsReceived{
      sent<AskRecords>(actions)->link, {replica("FRED<00>", 7, east, rival)}, 0, true}});
  bench.undo();
  EXPECT_EQ(bench.engine().status().pending, 0);
  bench.step();
  EXPECT_FALSE(bench.asked());
}

TEST(Undo, ADeletedOwnerIsThereAgain) {
  Bench bench;
  auto record = replica("A<00>", 3, east);
  record.due = start + std::chrono::days(3);
  bench.stored = {record};
  bench.memory.owners = {{east, 0, 5}};
  bench.step();
  bench.decide({CommandRequest{1, DeleteOwner{east}}});
  bench.undo();
  EXPECT_EQ(bench.known(east), 5);
  EXPECT_NE(bench.find("A<00>"), nullptr);
}

TEST(Undo, WhileTheDiskRefusesPeersAreSentAway) {
  const std::vector<Input> inputs = {
      MapAsked{first_incoming + 1, peer_of(partner("east", east))},
      LinkDown{first_incoming + 2, {}},
      CommandRequest{5, PullNow{}},
  };
  const auto actions = Replicator::refuse(inputs);
  ASSERT_EQ(actions.sends.size(), 1);
  EXPECT_TRUE(sent<RefuseLink>(actions));
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::unavailable);
}

}  // namespace
}  // namespace winsome::replication
