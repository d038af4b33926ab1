#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

constexpr Ipv4 host{10, 0, 0, 1};
const Peer peer = peer_of(partner("east", east));

Bench with(const std::function<void(Partner&)>& change) {
  auto one = partner("east", east);
  change(one);
  return Bench({one});
}

Actions registered(Bench& bench, std::string_view text, Ipv4 address = host) {
  return bench.step({}, {bench.registration(text, address)});
}

// B13: UpdateCount; C5: all owners.
TEST(Push, TellsAfterSoManyChanges) {
  auto bench = with([](Partner& one) { one.update_count = 2; });
  bench.memory.owners = {{south, 0, 9}};
  registered(bench, "A<00>");
  EXPECT_FALSE(sent<OpenLink>(bench.after(Replicator::coalescing)));
  registered(bench, "B<00>");
  auto actions = bench.after(Replicator::coalescing);
  const auto link = sent<OpenLink>(actions);
  ASSERT_TRUE(link);
  actions = bench.step({LinkUp{link->link}});
  const auto told = sent<Notify>(actions);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->owners, (OwnerMap{{us, 1, 2}, {south, 0, 9}}));
  EXPECT_FALSE(told->propagate);
  EXPECT_FALSE(told->persistent);
}

// B13: SpTime.
TEST(Push, TellsAtItsTimeOfDayIfThereIsSomething) {
  const auto at_noon = [](Partner& one) {
    one.pull = false;
    one.interval = seconds(0);
    one.start = std::chrono::hours(12);
  };
  auto bench = with(at_noon);
  registered(bench, "A<00>");
  EXPECT_FALSE(sent<OpenLink>(bench.after(std::chrono::hours(12) - milliseconds(1))));
  const auto link = sent<OpenLink>(bench.after(milliseconds(1)));
  ASSERT_TRUE(link);
  const auto told = sent<Notify>(bench.step({LinkUp{link->link}}));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->owners, (OwnerMap{{us, 1, 1}}));
  bench.step({LinkDown{link->link, {}}});
  EXPECT_FALSE(sent<OpenLink>(bench.after(std::chrono::hours(24)))) << "nothing is new";
}

TEST(Push, TellsNothingWhereNothingWasAskedFor) {
  Bench bench;
  registered(bench, "A<00>");
  EXPECT_FALSE(sent<OpenLink>(bench.after(Replicator::coalescing)));
}

// B13: RplOnAddressChg; C5: only ourselves, to be passed on.
TEST(Push, TellsOfAnAddressThatChanged) {
  auto bench = with([](Partner& one) { one.on_address_change = true; });
  bench.version = 1;
  auto record = replica("A<00>", 1, us, host);
  record.due = start + std::chrono::days(3);
  bench.stored = {record};
  bench.memory.owners = {{south, 0, 9}};
  EXPECT_FALSE(sent<OpenLink>(registered(bench, "B<00>", Ipv4(10, 0, 0, 3))));
  auto actions = registered(bench, "A<00>", Ipv4(10, 0, 0, 2));
  ASSERT_TRUE(bench.asked());
  actions = bench.step(
      {}, {names::ClientResponse{
              {.remote = {host, 137}, .local = us, .socket = 0},
              nbns::NegativeQueryResponse{
                  .id = std::get<nbns::QueryRequest>(bench.names_actions.sends.back().message).id,
                  .name = name("A<00>")}}});
  EXPECT_EQ(bench.find("A<00>")->members[0].address, Ipv4(10, 0, 0, 2));
  const auto link = sent<OpenLink>(actions);
  ASSERT_TRUE(link);
  const auto told = sent<Notify>(bench.step({LinkUp{link->link}}));
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->propagate);
  EXPECT_EQ(told->initiator, us);
  ASSERT_EQ(told->owners.size(), 1);
  EXPECT_EQ(told->owners[0].owner, us);
}

TEST(Push, ByHandAnswersWhenThePartnerWasTold) {
  Bench bench;
  auto actions = bench.step({CommandRequest{5, PushNow{.partner = "east"}}});
  const auto link = sent<OpenLink>(actions)->link;
  actions = bench.step({LinkUp{link}});
  EXPECT_TRUE(sent<Notify>(actions));
  EXPECT_TRUE(actions.replies.empty());
  actions = bench.step({LinkDown{link, {}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::done);
}

// C5: event 4144.
TEST(Push, AfterThreeFailuresInFiveMinutesNobodyIsToldForAWhile) {
  Bench bench;
  for (int i = 0; i < 3; ++i) {
    auto actions = bench.step({CommandRequest{1, PushNow{.partner = "east"}}});
    ASSERT_TRUE(sent<OpenLink>(actions));
    actions = bench.step({LinkDown{sent<OpenLink>(actions)->link, "refused"}});
    EXPECT_TRUE(told(actions, EventKind::push_failed));
  }
  // By hand it is tried nevertheless.
  auto actions = bench.step({CommandRequest{2, PushNow{.partner = "east"}}});
  EXPECT_TRUE(sent<OpenLink>(actions));
}

TEST(Push, TheThrottleEndsAfterFiveMinutes) {
  auto bench = with([](Partner& one) { one.update_count = 1; });
  int opened = 0;
  for (int i = 0; i < 5; ++i) {
    registered(bench, "A" + std::to_string(i) + "<00>");
    const auto link = sent<OpenLink>(bench.after(Replicator::coalescing));
    if (!link) continue;
    ++opened;
    bench.step({LinkDown{link->link, "refused"}});
  }
  EXPECT_EQ(opened, 3);
  bench.now += Replicator::throttle;
  registered(bench, "B<00>");
  EXPECT_TRUE(sent<OpenLink>(bench.after(Replicator::coalescing)));
}

// Decision 19.
TEST(Push, AWatcherIsToldOnceOfWhatChangedWithinTenMilliseconds) {
  Bench bench;
  bench.version = 4;
  const auto link = first_incoming + 1;
  auto actions = bench.step({WatchAsked{link, peer}});
  ASSERT_TRUE(sent<AnswerWatch>(actions)) << "what is there already";
  bench.step({WatchTaken{link}});
  actions = registered(bench, "A<00>");
  EXPECT_FALSE(sent<AnswerWatch>(actions));
  EXPECT_EQ(actions.wake_at, bench.now + Replicator::coalescing);
  bench.now += Replicator::coalescing / 2;
  registered(bench, "B<00>");
  actions = bench.after(Replicator::coalescing / 2);
  ASSERT_TRUE(sent<AnswerWatch>(actions));
  EXPECT_EQ(sent<AnswerWatch>(actions)->owners, (OwnerMap{{us, 5, 6}}));
}

TEST(Push, AWatcherIsToldNoMoreUntilItTook) {
  Bench bench;
  bench.version = 4;
  const auto link = first_incoming + 1;
  bench.step({WatchAsked{link, peer}});
  registered(bench, "A<00>");
  EXPECT_FALSE(sent<AnswerWatch>(bench.after(Replicator::coalescing)));
  bench.step({WatchTaken{link}});
  const auto actions = bench.after(Replicator::coalescing);
  ASSERT_TRUE(sent<AnswerWatch>(actions));
  EXPECT_EQ(sent<AnswerWatch>(actions)->owners, (OwnerMap{{us, 5, 5}}));
}

TEST(Push, ASecondWatchTakesThePlaceOfTheFirst) {
  Bench bench;
  bench.step({WatchAsked{first_incoming + 1, peer}});
  const auto actions = bench.step({WatchAsked{first_incoming + 2, peer}});
  ASSERT_TRUE(sent<CloseLink>(actions));
  EXPECT_EQ(sent<CloseLink>(actions)->link, first_incoming + 1);
}

TEST(Push, ANotificationIsAnsweredWhenItsBatchIsAndRefusedToStrangers) {
  Bench bench;
  const auto link = first_incoming + 1;
  auto actions = bench.step({NotifyReceived{link, peer, {}, east, false, false}});
  ASSERT_TRUE(sent<CloseLink>(actions));
  EXPECT_EQ(sent<CloseLink>(actions)->link, link);

  const Peer stranger{.carrier = Carrier::grpc, .address = south, .name = "south"};
  actions = bench.step({NotifyReceived{link + 1, stranger, {}, south, false, false}});
  EXPECT_FALSE(sent<CloseLink>(actions));
  ASSERT_TRUE(sent<RefuseLink>(actions));
  EXPECT_EQ(sent<RefuseLink>(actions)->link, link + 1);
}

// C5: only if something came, and never back to who sent it.
TEST(Push, HandsOnWhatAskedForItToEverybodyElse) {
  Bench bench({partner("east", east), partner("south", south)});
  auto actions =
      bench.step({NotifyReceived{first_incoming + 1, peer, {{east, 1, 3}}, east, true, false}});
  const auto link = sent<OpenLink>(actions)->link;
  actions = bench.step({LinkUp{link}});
  actions = bench.step({MapReceived{link, {{east, 1, 3}}}});
  actions = bench.step({RecordsReceived{link, {replica("A<00>", 3, east)}, 0, true}});
  const auto opened = sent<OpenLink>(actions);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->partner.name, "south");
  const auto told = sent<Notify>(bench.step({LinkUp{opened->link}}));
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->propagate);
  EXPECT_EQ(told->initiator, east);
  ASSERT_EQ(told->owners.size(), 1);
  EXPECT_EQ(told->owners[0].owner, east);
}

TEST(Push, HandsNothingOnWhereNothingCame) {
  Bench bench({partner("east", east), partner("south", south)});
  bench.memory.owners = {{east, 0, 3}};
  auto actions =
      bench.step({NotifyReceived{first_incoming + 1, peer, {{east, 1, 3}}, east, true, false}});
  const auto opened = all_sent<OpenLink>(actions);
  for (const auto& one : opened) EXPECT_NE(one.partner.name, "south");
  if (opened.empty()) return;
  bench.step({LinkUp{opened[0].link}});
  actions = bench.step({MapReceived{opened[0].link, {{east, 1, 3}}}});
  EXPECT_FALSE(sent<OpenLink>(actions));
}

// C5: 4 and 5 on TCP 42.
TEST(Push, RecordsAreAskedForOnTheLinkOfANotificationThatWantsItSo) {
  auto bench = with([](Partner& one) { one.carrier = Carrier::winsra; });
  const auto link = first_incoming + 1;
  auto one = partner("east", east);
  one.carrier = Carrier::winsra;
  auto actions =
      bench.step({NotifyReceived{link, peer_of(one), {{east, 1, 3}}, east, false, true}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->link, link);
  actions = bench.step({RecordsReceived{link, {replica("A<00>", 3, east)}, 0, true}});
  ASSERT_TRUE(sent<CloseLink>(actions));
  EXPECT_EQ(sent<CloseLink>(actions)->link, link);
  EXPECT_NE(bench.find("A<00>"), nullptr);
}

TEST(Push, APartnerThatIsNotPushedToHearsNothing) {
  auto bench = with([](Partner& one) {
    one.push = false;
    one.update_count = 1;
    one.on_address_change = true;
  });
  registered(bench, "A<00>");
  EXPECT_FALSE(sent<OpenLink>(bench.after(Replicator::coalescing)));
  const auto actions = bench.step({CommandRequest{1, PushNow{.partner = "east"}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::refused);
}

// Decision 19: an idle federation sends its scheduled pulls only.
TEST(Push, NothingIsToldWhereNothingChanged) {
  auto bench = with([](Partner& one) {
    one.update_count = 1;
    one.pull = false;
  });
  bench.step();
  for (int i = 0; i < 10; ++i) {
    const auto actions = bench.after(std::chrono::minutes(30));
    EXPECT_TRUE(actions.sends.empty());
  }
}

}  // namespace
}  // namespace winsome::replication
