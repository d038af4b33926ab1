#include <gtest/gtest.h>

#include <map>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

constexpr Ipv4 a{192, 0, 2, 10}, b{192, 0, 2, 11}, c{192, 0, 2, 12}, d{192, 0, 2, 13},
    e{192, 0, 2, 14};

TEST(Pull, OpensALinkAsksForTheMapThenForWhatIsMissing) {
  Bench bench;
  bench.memory.owners = {{east, 0, 5}};
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto opened = sent<OpenLink>(actions);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->partner.name, "east");
  EXPECT_FALSE(sent<AskMap>(actions));
  actions = bench.step({LinkUp{opened->link}});
  ASSERT_TRUE(sent<AskMap>(actions));
  actions = bench.step({MapReceived{opened->link, {{east, 1, 9}}}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 6, 9}));
  actions = bench.step({RecordsReceived{opened->link, {replica("A<00>", 7, east)}, 0, true}});
  EXPECT_TRUE(sent<CloseLink>(actions));
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::done);
  EXPECT_EQ(actions.replies[0].result.received, 1);
  ASSERT_NE(bench.find("A<00>"), nullptr);
}

// C5, the worked example of MS-WINSRA 4.1.
TEST(Pull, AsksEachOwnerOfWhoeverOffersMost) {
  Bench bench({partner("p1", Ipv4(192, 0, 2, 21)), partner("p2", Ipv4(192, 0, 2, 22))});
  bench.memory.owners = {{a, 0, 1023}, {b, 0, 521}, {c, 0, 643}, {d, 0, 758}};
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  std::map<std::string, Link> links;
  for (const auto& one : all_sent<OpenLink>(actions)) links[one.partner.name] = one.link;
  actions = bench.step({LinkUp{links["p1"]}, LinkUp{links["p2"]}});
  EXPECT_EQ(all_sent<AskMap>(actions).size(), 2);
  actions =
      bench.step({MapReceived{links["p1"], {{a, 1, 764}, {b, 1, 900}, {c, 1, 326}, {d, 1, 958}}}});
  EXPECT_FALSE(sent<AskRecords>(actions)) << "the other's map is on its way";
  actions =
      bench.step({MapReceived{links["p2"], {{a, 1, 679}, {b, 1, 745}, {c, 1, 1329}, {e, 1, 453}}}});

  std::map<Link, std::vector<OwnerRange>> asked;
  for (int i = 0; i < 4; ++i) {
    std::vector<Input> answers;
    for (const auto& one : all_sent<AskRecords>(actions)) {
      asked[one.link].push_back(one.range);
      answers.emplace_back(RecordsReceived{one.link, {}, 0, true});
    }
    actions = bench.step(answers);
  }
  EXPECT_EQ(asked[links["p1"]], (std::vector<OwnerRange>{{b, 522, 900}, {d, 759, 958}}));
  EXPECT_EQ(asked[links["p2"]], (std::vector<OwnerRange>{{c, 644, 1329}, {e, 1, 453}}));
}

TEST(Pull, WaitsForASlowPartnersMapOnlyAWhile) {
  Bench bench({partner("p1", Ipv4(192, 0, 2, 21)), partner("p2", Ipv4(192, 0, 2, 22))});
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto links = all_sent<OpenLink>(actions);
  bench.step({LinkUp{links[0].link}, LinkUp{links[1].link}});
  actions = bench.step({MapReceived{links[0].link, {{a, 1, 3}}}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_LE(actions.wake_at, bench.now + Replicator::gathering);
  EXPECT_TRUE(sent<AskRecords>(bench.after(Replicator::gathering)));
}

// C5: never our own records in a normal pull.
TEST(Pull, NeverAsksForOurOwn) {
  Bench bench;
  bench.version = 7;
  const auto actions = bench.pull({{us, 1, 7}, {east, 0, 0}}, {});
  EXPECT_FALSE(sent<AskRecords>(actions));
}

// C5 5, decision 15.
TEST(Pull, KnowsTheWholeRangeEvenWhereNothingCame) {
  Bench bench;
  const auto actions = bench.pull({{east, 1, 40}}, {{}});
  const auto put = changed<PutOwner>(actions);
  ASSERT_TRUE(put);
  EXPECT_EQ(put->owner, east);
  EXPECT_EQ(put->known, 40);
  EXPECT_FALSE(sent<AskRecords>(bench.pull({{east, 1, 40}}, {})));
}

TEST(Pull, KnowsAfterEachPieceHowFarItGot) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 40}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  actions = bench.step(
      {RecordsReceived{link, {replica("A<00>", 3, east), replica("B<00>", 8, east)}, 0, false}});
  ASSERT_TRUE(changed<PutOwner>(actions));
  EXPECT_EQ(changed<PutOwner>(actions)->known, 8);
  EXPECT_TRUE(sent<TakeMore>(actions));
  bench.step({LinkDown{link, "the cable"}});
  actions = bench.pull({{east, 1, 40}}, {});
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 9, 40}));
}

TEST(Pull, AppliesSoManyAStepAndTheRestInTheNext) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 5000}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  std::vector<names::Record> many;
  for (std::uint64_t i = 1; i <= 600; ++i)
    many.push_back(replica("N" + std::to_string(i) + "<00>", i, east));
  bench.version = 0;
  // A client's request in the same step: it does not wait for all of them.
  actions = bench.step({RecordsReceived{link, many, 0, true}},
                       {bench.registration("PC<00>", Ipv4(10, 0, 9, 9))});
  EXPECT_LT(bench.names().table().size(), many.size());
  EXPECT_EQ(actions.wake_at, bench.now);
  for (int i = 0; i < 5; ++i) bench.step();
  EXPECT_EQ(bench.names().table().size(), many.size() + 1);
}

TEST(Pull, LetsAPeerWaitWhenItsPiecesPileUp) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 100'000}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  std::uint64_t version = 0;
  std::vector<Input> pieces;
  for (std::size_t i = 0; i < Replicator::pieces_waiting_max; ++i) {
    std::vector<names::Record> piece;
    for (std::size_t j = 0; j < 2 * Replicator::applied_among_clients; ++j) {
      ++version;
      piece.push_back(replica("N" + std::to_string(version), version, east));
    }
    pieces.emplace_back(RecordsReceived{link, std::move(piece), 0, false});
  }
  const auto client = bench.registration("PC<00>", Ipv4(10, 0, 9, 9));
  actions = bench.step(pieces, {client});
  EXPECT_EQ(all_sent<TakeMore>(actions).size(), Replicator::pieces_waiting_max - 1);
  actions = bench.step({}, {client});
  EXPECT_EQ(all_sent<TakeMore>(actions).size(), 1) << "there is room again";
}

// Decision 15: another filter leaves holes, so everything is asked for again.
TEST(Pull, WhatWasKnownOfDomainsOnlyIsNotKnownOfAll) {
  Bench bench;
  bench.memory.owners = {{east, 0, 9}};
  bench.memory.filtered = {east};
  const auto actions = bench.pull({{east, 1, 9}}, {});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 9}));
}

TEST(Pull, DomainsOnlyLeavesTheRestOutAndRemembersThat) {
  Bench bench;
  bench.options.partners[0].domains_only = true;
  const auto actions =
      bench.pull({{east, 1, 9}}, {{replica("A<00>", 1, east), replica("WORK<1B>", 2, east)}});
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_NE(bench.find("WORK<1B>"), nullptr);
  ASSERT_TRUE(changed<PutOwner>(actions));
  EXPECT_TRUE(changed<PutOwner>(actions)->filtered);
}

TEST(Pull, DomainsOnlyIsNoSourceWhereAnotherGivesAll) {
  Bench bench({partner("full", east), partner("part", south)});
  bench.options.partners[1].domains_only = true;
  bench.memory.owners = {{a, 0, 5}};
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  std::map<std::string, Link> links;
  for (const auto& one : all_sent<OpenLink>(actions)) links[one.partner.name] = one.link;
  bench.step({LinkUp{links["full"]}, LinkUp{links["part"]}});
  bench.step({MapReceived{links["full"], {{a, 1, 5}}}});
  actions = bench.step({MapReceived{links["part"], {{a, 1, 9}}}});
  EXPECT_FALSE(sent<AskRecords>(actions)) << "the other will have it soon";
  EXPECT_EQ(bench.known(a), 5);

  // Where nobody else has that owner, a part is better than nothing.
  actions = bench.step({CommandRequest{2, PullNow{"part"}}});
  bench.step({LinkUp{sent<OpenLink>(actions)->link}});
  actions = bench.step({MapReceived{sent<OpenLink>(actions)->link, {{b, 1, 9}}}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{b, 1, 9}));
}

// B13: PersonNonGrata, PersonaGrata.
TEST(Pull, AsksForNoOwnerWhoIsRefusedOrNotAccepted) {
  Bench bench;
  bench.options.refused_owners = {b};
  EXPECT_FALSE(sent<AskRecords>(bench.pull({{b, 1, 9}}, {})));
  Bench strict;
  strict.options.accepted_owners = {a};
  const auto actions = strict.pull({{a, 1, 9}, {b, 1, 9}}, {{}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_EQ(strict.known(a), 9);
  EXPECT_EQ(strict.known(b), 0);
}

// E: a partner that announces nonsense versions.
TEST(Pull, NonsenseInAMapIsLeftOutAndTold) {
  Bench bench;
  const auto actions =
      bench.pull({{a, 1, std::uint64_t{1} << 63}, {b, 1, 3}, {c, 9, 2}, {Ipv4(), 1, 9}}, {});
  EXPECT_TRUE(told(actions, EventKind::nonsense));
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{b, 1, 3}));
}

TEST(Pull, ALowestVersionAboveTheHighestIsNonsense) {
  Bench bench;
  const auto actions = bench.pull({{c, 9, 2}}, {});
  EXPECT_TRUE(told(actions, EventKind::nonsense));
  EXPECT_FALSE(sent<AskRecords>(actions));
}

/// Of a far owner somebody claimed what nobody can have given.
class PullOfANonsensicalMaximum : public testing::Test {
 protected:
  PullOfANonsensicalMaximum() { bench.memory.owners = {{east, 0, version_max}}; }
  /// Both partners are asked; the owner's map comes last.
  Actions ask(const OwnerMap& liar, const OwnerMap& owner) {
    auto actions = bench.step({CommandRequest{++ticket_, PullNow{}}});
    for (const auto& one : all_sent<OpenLink>(actions)) links[one.partner.name] = one.link;
    if (!all_sent<OpenLink>(actions).empty())
      bench.step({LinkUp{links["east"]}, LinkUp{links["liar"]}});
    bench.step({MapReceived{links["liar"], liar}});
    return bench.step({MapReceived{links["east"], owner}});
  }

  Bench bench{{partner("east", east), partner("liar", south)}};
  std::map<std::string, Link> links;

 private:
  std::uint64_t ticket_ = 0;
};

TEST_F(PullOfANonsensicalMaximum, TheWordOfTheOwnerPutsItRight) {
  const auto actions = ask({}, {{east, 1, 150}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 150})) << "all of it again";
  bench.step({RecordsReceived{links["east"], {replica("A<00>", 150, east)}, 0, true}});
  EXPECT_EQ(bench.known(east), 150);
}

TEST_F(PullOfANonsensicalMaximum, NobodyElseIsBelievedOnceTheOwnerSpoke) {
  ask({}, {{east, 1, 150}});
  bench.step({RecordsReceived{links["east"], {}, 0, true}});
  const auto actions = ask({{east, 1, version_max}}, {{east, 1, 150}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_EQ(bench.known(east), 150);
  EXPECT_EQ(bench.engine().status().partners[1].nonsense, 1);
}

TEST_F(PullOfANonsensicalMaximum, ALittleLessThanIsKnownIsNoReasonToAskAgain) {
  bench.memory.owners = {{east, 0, 150}};
  EXPECT_FALSE(sent<AskRecords>(ask({}, {{east, 1, 100}})));
  EXPECT_EQ(bench.known(east), 150);
}

TEST(Pull, NonsenseIsToldOnceAMinute) {
  Bench bench;
  const OwnerMap nonsense = {{a, 1, ~std::uint64_t{0}}};
  EXPECT_TRUE(told(bench.pull(nonsense, {}), EventKind::nonsense));
  EXPECT_FALSE(told(bench.pull(nonsense, {}), EventKind::nonsense));
  bench.now += std::chrono::minutes(1);
  EXPECT_TRUE(told(bench.pull(nonsense, {}), EventKind::nonsense));
  EXPECT_EQ(bench.engine().status().partners[0].nonsense, 3);
}

TEST(Pull, WhatIsWrongWithRecordsIsToldAndCountedByKind) {
  Bench bench;
  auto actions = bench.pull({{east, 1, 9}}, {});
  auto crowd = replica("WORK<1C>", 2, east);
  crowd.type = names::RecordType::special_group;
  for (std::uint8_t i = 2; i <= names::members_max + 1; ++i)
    crowd.members.push_back({Ipv4(10, 0, 1, i), east, {}});
  actions = bench.step({RecordsReceived{.link = sent<AskRecords>(actions)->link,
                                        .records = {crowd},
                                        .skipped = 2,
                                        .flaws = {{"records that cannot be: unknown state", 2}}}});
  ASSERT_FALSE(actions.events.empty());
  EXPECT_EQ(actions.events[0].kind, EventKind::nonsense);
  EXPECT_EQ(actions.events[0].text, "records that cannot be: unknown state");
  EXPECT_EQ(actions.events[0].number, 2);
  EXPECT_EQ(bench.find("WORK<1C>")->members.size(), names::members_max);
  EXPECT_EQ(
      bench.engine().status().partners[0].nonsense_by_kind,
      (std::map<std::string, std::uint64_t>{{"records that cannot be: unknown state", 2},
                                            {"records with too many members, which were cut", 1}}));
}

TEST(Pull, RecordsNobodyAskedForChangeNothing) {
  Bench bench;
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto link = sent<OpenLink>(actions)->link;
  actions = bench.step({LinkUp{link}, RecordsReceived{link, {replica("A<00>", 1, east)}, 0, true},
                        RecordsReceived{77, {replica("A<00>", 1, east)}, 0, true}});
  EXPECT_TRUE(told(actions, EventKind::nonsense));
  EXPECT_EQ(bench.find("A<00>"), nullptr);
}

TEST(Pull, AnOwnerThatAnnouncesLessThanWeHoldIsReportedOnce) {
  Bench bench;
  bench.memory.owners = {{east, 0, 50}};
  EXPECT_TRUE(told(bench.pull({{east, 1, 20}}, {}), EventKind::owner_went_back));
  bench.now += std::chrono::minutes(5);
  EXPECT_FALSE(told(bench.pull({{east, 1, 20}}, {}), EventKind::owner_went_back));
  EXPECT_FALSE(told(bench.pull({{east, 1, 30}}, {}), EventKind::owner_went_back));
  EXPECT_TRUE(told(bench.pull({{east, 1, 10}}, {}), EventKind::owner_went_back)) << "once more";
}

/// A partner whose map is heard by hand and by its notifications.
class PullOfLess : public testing::Test {
 protected:
  [[nodiscard]] std::map<Ipv4, Fall> falls() { return bench.engine().status().partners[0].falls; }
  Actions notify(const OwnerMap& owners) {
    return bench.step({NotifyReceived{.link = ++bench.last_incoming,
                                      .peer = peer_of(bench.options.partners[0]),
                                      .owners = owners,
                                      .initiator = east}});
  }

  Bench bench;
};

TEST_F(PullOfLess, OfAThirdOwnerIsReportedAndShownUntilItIsMadeUpFor) {
  bench.memory.owners = {{a, 0, 90}};
  EXPECT_FALSE(told(bench.pull({{a, 1, 50}}, {}), EventKind::owner_went_back))
      << "it may be slower than others";
  const auto actions = bench.pull({{a, 1, 20}}, {});
  ASSERT_TRUE(told(actions, EventKind::owner_went_back));
  EXPECT_EQ(actions.events.back().number, 20);
  EXPECT_EQ(actions.events.back().text, to_text(a));
  ASSERT_TRUE(falls().contains(a));
  EXPECT_EQ(falls().at(a).from, 50);
  EXPECT_EQ(falls().at(a).to, 20);
  bench.pull({{a, 1, 49}}, {});
  EXPECT_EQ(falls().at(a).to, 49);
  bench.pull({{a, 1, 50}}, {});
  EXPECT_TRUE(falls().empty());
}

TEST_F(PullOfLess, InANotificationIsReportedToo) {
  bench.memory.owners = {{a, 0, 90}};
  bench.pull({{a, 1, 50}}, {});
  EXPECT_TRUE(told(notify({{a, 1, 20}}), EventKind::owner_went_back));
  EXPECT_EQ(falls().at(a).from, 50);
}

TEST_F(PullOfLess, OfManyOwnersAtOnceIsOneReportAMinute) {
  bench.memory.owners = {{a, 0, 90}, {b, 0, 90}, {c, 0, 90}};
  bench.pull({{a, 1, 50}, {b, 1, 50}, {c, 1, 50}}, {});
  auto actions = notify({{a, 1, 20}, {b, 1, 20}});
  ASSERT_TRUE(told(actions, EventKind::owner_went_back));
  EXPECT_EQ(actions.events.back().text, to_text(a) + " and 1 more");
  EXPECT_FALSE(told(notify({{c, 1, 20}}), EventKind::owner_went_back));
  EXPECT_EQ(falls().size(), 3) << "it is shown at once";
}

/// Since when the first partner is not level with us, of an owner.
std::optional<Lag> lag(Bench& bench, Ipv4 owner) {
  const auto lags = bench.engine().status().partners[0].lags;
  const auto found = lags.find(owner);
  return found == lags.end() ? std::nullopt : std::optional(found->second);
}

TEST(Pull, APartnersLagIsCountedFromWhenItWasFirstSeen) {
  Bench bench;
  bench.version = 5;
  bench.pull({{us, 1, 5}}, {});
  EXPECT_FALSE(lag(bench, us)) << "level";
  bench.now += seconds(10);
  bench.step({}, {bench.registration("PC<00>", Ipv4(10, 0, 9, 9))});
  ASSERT_TRUE(lag(bench, us));
  EXPECT_EQ(lag(bench, us)->since, bench.now);
  EXPECT_FALSE(lag(bench, us)->ours);
  bench.now += seconds(10);
  bench.step({}, {bench.registration("PC2<00>", Ipv4(10, 0, 9, 9))});
  bench.pull({{us, 1, 6}}, {});
  EXPECT_EQ(lag(bench, us)->since, bench.now - seconds(10)) << "it has some of it";
  bench.pull({{us, 1, 7}}, {});
  EXPECT_FALSE(lag(bench, us));
}

TEST(Pull, OurOwnLagIsCountedTooAndEndsWithThePull) {
  Bench bench;
  auto actions = bench.pull({{a, 1, 9}}, {});
  ASSERT_TRUE(lag(bench, a));
  EXPECT_TRUE(lag(bench, a)->ours);
  bench.step({RecordsReceived{sent<AskRecords>(actions)->link, {replica("A<00>", 9, a)}, 0, true}});
  EXPECT_FALSE(lag(bench, a));
}

TEST(Pull, APartnerThatStaysSilentIsGivenUp) {
  Bench bench;
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.after(Replicator::patience - milliseconds(1));
  EXPECT_FALSE(sent<CloseLink>(actions));
  actions = bench.after(milliseconds(1));
  ASSERT_TRUE(sent<CloseLink>(actions));
  EXPECT_TRUE(told(actions, EventKind::pull_failed));
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
}

TEST(Pull, RetriesWithGrowingPausesThenWaitsForItsInterval) {
  Bench bench;
  bench.options.retries = 2;
  bench.options.retry_interval = seconds(10);
  bench.options.partners[0].interval = std::chrono::hours(1);
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto fail_at_once = [&] {
    actions = bench.step({LinkDown{sent<OpenLink>(actions)->link, "refused"}});
  };
  fail_at_once();
  EXPECT_EQ(actions.wake_at, bench.now + seconds(10));
  actions = bench.after(seconds(10));
  fail_at_once();
  EXPECT_EQ(actions.wake_at, bench.now + seconds(20));
  actions = bench.after(seconds(20));
  fail_at_once();
  EXPECT_GT(actions.wake_at, bench.now + std::chrono::minutes(50));
}

TEST(Pull, AtStartUnlessToldOtherwise) {
  Bench bench;
  bench.options.pull_at_start = true;
  EXPECT_TRUE(sent<OpenLink>(bench.step()));
  Bench later;
  EXPECT_FALSE(sent<OpenLink>(later.step()));
  EXPECT_TRUE(sent<OpenLink>(later.after(later.options.partners[0].interval)));
}

// A persistent partner is watched from the start all the same.
TEST(Pull, NothingIsPulledAtStartFromAPersistentPartnerEither) {
  Bench bench;
  bench.options.partners[0].persistent = true;
  auto actions = bench.step();
  ASSERT_TRUE(sent<OpenLink>(actions));
  const auto link = sent<OpenLink>(actions)->link;
  actions = bench.step({LinkUp{link}});
  EXPECT_TRUE(sent<Watch>(actions));
  EXPECT_FALSE(sent<AskMap>(actions));
  actions = bench.step(
      {NotifyReceived{.link = link, .peer = {}, .owners = {{east, 1, 5}}, .initiator = east}});
  EXPECT_FALSE(sent<AskRecords>(actions)) << "all that it had before the start";
  actions = bench.after(Replicator::patience + seconds(1));
  EXPECT_FALSE(sent<CloseLink>(actions)) << "nothing was asked that it owes an answer to";
  actions = bench.step(
      {NotifyReceived{.link = link, .peer = {}, .owners = {{east, 1, 6}}, .initiator = east}});
  ASSERT_TRUE(sent<AskRecords>(actions)) << "a change is pulled at once";
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 6}));
}

TEST(Pull, FromAPersistentPartnerHappensAtItsIntervalWhereNotAtStart) {
  Bench bench;
  bench.options.partners[0].persistent = true;
  const auto link = sent<OpenLink>(bench.step())->link;
  bench.step({LinkUp{link}});
  EXPECT_TRUE(sent<AskMap>(bench.after(bench.options.partners[0].interval)));
}

// The map that is on its way serves both.
TEST(Pull, OneThatIsAskedForTwiceAnswersBoth) {
  Bench bench;
  const auto link = sent<OpenLink>(bench.step({CommandRequest{1, PullNow{}}}))->link;
  bench.step({LinkUp{link}});
  bench.step({CommandRequest{2, PullNow{}}});
  EXPECT_EQ(bench.step({MapReceived{link, {}}}).replies.size(), 2);
}

TEST(Pull, OneOwnerIsAskedOfOnePartnerAtATime) {
  Bench bench({partner("p1", Ipv4(192, 0, 2, 21)), partner("p2", Ipv4(192, 0, 2, 22))});
  bench.options.partners[0].persistent = bench.options.partners[1].persistent = true;
  bench.options.pull_at_start = true;
  auto actions = bench.step();
  std::map<std::string, Link> links;
  for (const auto& one : all_sent<OpenLink>(actions)) links[one.partner.name] = one.link;
  actions = bench.step({LinkUp{links["p1"]}, LinkUp{links["p2"]}});
  actions =
      bench.step({MapReceived{links["p1"], {{a, 1, 3}}}, MapReceived{links["p2"], {{a, 1, 3}}}});
  ASSERT_EQ(all_sent<AskRecords>(actions).size(), 1);
  const auto first = sent<AskRecords>(actions)->link;
  const auto other = first == links["p1"] ? links["p2"] : links["p1"];
  const auto who = other == links["p1"] ? Ipv4(192, 0, 2, 21) : Ipv4(192, 0, 2, 22);
  actions = bench.step({NotifyReceived{other, {}, {{a, 1, 8}}, who, false, false}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  actions = bench.step({RecordsReceived{first, {}, 0, true}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->link, other);
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{a, 4, 8}));
}

TEST(Pull, OverTcp42ManyVersionsAreAskedForInWindows) {
  Bench bench;
  bench.options.partners[0].carrier = Carrier::winsra;
  auto actions = bench.pull({{east, 1, 200'000}}, {});
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, Pull::window_min}));
  actions = bench.step({RecordsReceived{sent<AskRecords>(actions)->link, {}, 0, true}});
  EXPECT_EQ(sent<AskRecords>(actions)->range.min, Pull::window_min + 1);
  EXPECT_EQ(changed<PutOwner>(actions)->known, Pull::window_min);
}

TEST(Pull, APausedPartnerIsLeftAlone) {
  Bench bench;
  bench.step({CommandRequest{1, SetPaused{"east", true}}});
  EXPECT_FALSE(sent<OpenLink>(bench.after(std::chrono::hours(2))));
  const auto actions = bench.step({CommandRequest{2, SetPaused{"east", false}}});
  EXPECT_TRUE(sent<OpenLink>(actions));
}

}  // namespace
}  // namespace winsome::replication
