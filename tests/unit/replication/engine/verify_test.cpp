#include <gtest/gtest.h>

#include <map>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

constexpr Ipv4 host{10, 0, 0, 1}, other{10, 0, 0, 2};

/// We hold records of the east; what does it say itself?
class Verify : public testing::Test {
 protected:
  void hold(names::Record record) {
    record.due = start + seconds(100);
    for (auto& member : record.members) member.due = record.due;
    bench.memory.owners = {{east, 0, std::max(record.version, known_)}};
    known_ = bench.memory.owners[0].max;
    bench.stored.push_back(std::move(record));
  }
  Actions verify(std::vector<names::Record> answer) {
    auto actions = bench.step({CommandRequest{1, VerifyNow{east}}});
    const auto opened = sent<OpenLink>(actions);
    if (!opened) return actions;
    actions = bench.step({LinkUp{opened->link}});
    const auto asked = sent<AskRecords>(actions);
    if (!asked) return actions;
    range = asked->range;
    return bench.step({RecordsReceived{asked->link, std::move(answer), 0, true}});
  }

  Bench bench;
  OwnerRange range;

 private:
  std::uint64_t known_ = 0;
};

// B11.
TEST_F(Verify, AsksTheOwnerForAllUpToWhatWeKnow) {
  hold(replica("A<00>", 4, east));
  verify({});
  EXPECT_EQ(range, (OwnerRange{east, 1, 4}));
}

TEST_F(Verify, WhatIsTheSameLivesOn) {
  hold(replica("A<00>", 4, east));
  const auto actions = verify({replica("A<00>", 4, east)});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::done);
  EXPECT_EQ(actions.replies[0].result.changed, 0);
  EXPECT_EQ(actions.replies[0].result.deleted, 0);
  EXPECT_EQ(bench.find("A<00>")->due, bench.now + bench.options.verification_life);
  EXPECT_FALSE(told(actions, EventKind::verified));
}

TEST_F(Verify, WhatIsOlderHereIsReplaced) {
  hold(replica("A<00>", 4, east, host));
  hold(replica("B<00>", 9, east, host));
  const auto actions = verify({replica("A<00>", 6, east, other), replica("B<00>", 9, east, host)});
  EXPECT_EQ(bench.find("A<00>")->version, 6);
  EXPECT_EQ(bench.find("A<00>")->members[0].address, other);
  EXPECT_EQ(actions.replies[0].result.changed, 1);
  EXPECT_TRUE(told(actions, EventKind::verified));
}

TEST_F(Verify, WhatItsOwnerNoLongerHasIsDeleted) {
  hold(replica("A<00>", 4, east));
  hold(replica("B<00>", 5, east));
  const auto actions = verify({replica("B<00>", 5, east)});
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_NE(bench.find("B<00>"), nullptr);
  EXPECT_EQ(actions.replies[0].result.deleted, 1);
}

// B13: what a filter leaves out is not gone.
TEST_F(Verify, NobodyWhoGivesDomainsOnlyIsAsked) {
  bench.options.partners[0].domains_only = true;
  hold(replica("A<00>", 4, east));
  const auto actions = verify({});
  EXPECT_FALSE(sent<OpenLink>(actions));
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
  EXPECT_NE(bench.find("A<00>"), nullptr);
}

TEST_F(Verify, APartThatTheFarSideGivesDeletesNothing) {
  hold(replica("A<00>", 4, east));
  hold(replica("B<00>", 5, east, host));
  auto actions = bench.step({CommandRequest{1, VerifyNow{east}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.step({RecordsReceived{.link = link,
                                        .records = {replica("B<00>", 5, east, other)},
                                        .skipped = 0,
                                        .last = true,
                                        .filtered = true}});
  EXPECT_NE(bench.find("A<00>"), nullptr);
  EXPECT_EQ(bench.find("B<00>")->members[0].address, other) << "what it gives is compared";
  EXPECT_EQ(actions.replies[0].result.deleted, 0);
}

TEST_F(Verify, AnotherNameWithTheSameVersionTakesItsPlace) {
  hold(replica("A<00>", 4, east));
  verify({replica("B<00>", 4, east)});
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  ASSERT_NE(bench.find("B<00>"), nullptr);
  EXPECT_EQ(bench.find("B<00>")->version, 4);
}

TEST_F(Verify, TheSameVersionWithOtherAddressesIsTaken) {
  hold(replica("A<00>", 4, east, host));
  const auto actions = verify({replica("A<00>", 4, east, other)});
  EXPECT_EQ(bench.find("A<00>")->members[0].address, other);
  EXPECT_EQ(actions.replies[0].result.changed, 1);
}

TEST_F(Verify, WhatWeNeverHadComes) {
  hold(replica("B<00>", 9, east));
  verify({replica("A<00>", 4, east), replica("B<00>", 9, east)});
  ASSERT_NE(bench.find("A<00>"), nullptr);
}

/// Our group gave way to theirs, who gave way to ours at once.
class VerifyGroup : public Verify {
 protected:
  Actions verify_given_up(Ipv4 owner) {
    bench = Bench({partner("other", owner)});
    bench.version = 4;
    auto ours = replica("WORK<00>", 4, us, host);
    ours.type = names::RecordType::normal_group;
    ours.due = start + std::chrono::days(3);
    bench.stored = {ours};
    auto theirs = replica("WORK<00>", 7, owner, other);
    theirs.type = names::RecordType::normal_group;
    bench.pull({{owner, 1, 7}}, {{theirs}});
    EXPECT_EQ(bench.find("WORK<00>")->owner, owner);
    return verify_again(owner);
  }
  Actions verify_again(Ipv4 owner) {
    const auto link = sent<OpenLink>(bench.step({CommandRequest{1, VerifyNow{owner}}}))->link;
    bench.step({LinkUp{link}});
    return bench.step({RecordsReceived{link, {}, 0, true}});
  }
};

TEST_F(VerifyGroup, TheLowerOwnerTakesItBack) {
  const auto actions = verify_given_up(east);
  ASSERT_NE(bench.find("WORK<00>"), nullptr);
  EXPECT_EQ(bench.find("WORK<00>")->owner, us);
  EXPECT_EQ(bench.find("WORK<00>")->version, 5);
  EXPECT_EQ(bench.find("WORK<00>")->due, bench.now + bench.options.renewal);
  EXPECT_EQ(actions.replies[0].result.deleted, 0);
}

TEST_F(VerifyGroup, TheHigherOwnerKeepsItAsLongAsTheOtherNeedsToTakeItBack) {
  constexpr Ipv4 lower{192, 0, 2, 0};
  verify_given_up(lower);
  ASSERT_NE(bench.find("WORK<00>"), nullptr);
  EXPECT_EQ(bench.find("WORK<00>")->owner, lower);
  verify_again(lower);
  EXPECT_EQ(bench.find("WORK<00>"), nullptr);
}

// A list of ours may hold members of an owner of whom we hold no record.
TEST_F(Verify, EveryKnownOwnerIsAskedAndAMemberThatLeftLeavesOurList) {
  bench.version = 4;
  auto ours = replica("WORK<1C>", 4, us, host);
  ours.type = names::RecordType::special_group;
  ours.members.push_back({other, east, start + std::chrono::days(3)});
  ours.due = ours.members[0].due = start + std::chrono::days(3);
  bench.stored = {ours};
  bench.memory.owners = {{east, 0, 7}};
  const auto link = sent<OpenLink>(bench.step({CommandRequest{1, VerifyNow{}}}));
  ASSERT_TRUE(link);
  ASSERT_TRUE(sent<AskRecords>(bench.step({LinkUp{link->link}})));
  auto theirs = replica("WORK<1C>", 7, east, host);
  theirs.type = names::RecordType::special_group;
  theirs.members[0].owner = us;
  bench.step({RecordsReceived{link->link, {theirs}, 0, true}});
  ASSERT_EQ(bench.find("WORK<1C>")->members.size(), 1);
  EXPECT_EQ(bench.find("WORK<1C>")->members[0].address, host);
}

// Decision 39.
TEST_F(Verify, OfTwoOwnersOfAUniqueNameTheHigherStays) {
  auto theirs = replica("A<00>", 2, south, other);
  theirs.due = start + seconds(100);
  bench.stored = {theirs};
  hold(replica("B<00>", 9, east));
  verify({replica("A<00>", 4, east, host), replica("B<00>", 9, east)});
  EXPECT_EQ(bench.find("A<00>")->owner, south);

  Bench the_other_way({partner("south", south)});
  auto lower = replica("A<00>", 4, east, host);
  lower.due = start + seconds(100);
  the_other_way.stored = {lower};
  the_other_way.memory.owners = {{south, 0, 2}};
  const auto link = sent<OpenLink>(the_other_way.step({CommandRequest{1, VerifyNow{south}}}));
  the_other_way.step({LinkUp{link->link}});
  the_other_way.step({RecordsReceived{link->link, {replica("A<00>", 2, south, other)}, 0, true}});
  EXPECT_EQ(the_other_way.find("A<00>")->owner, south);
}

TEST_F(Verify, RecordsOfOthersStay) {
  hold(replica("A<00>", 4, east));
  auto theirs = replica("B<00>", 2, south);
  theirs.due = start + seconds(100);
  bench.stored.push_back(theirs);
  auto ours = replica("C<00>", 3, us);
  ours.due = start + seconds(100);
  bench.stored.push_back(ours);
  verify({});
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_NE(bench.find("B<00>"), nullptr);
  EXPECT_NE(bench.find("C<00>"), nullptr);
}

TEST_F(Verify, ABrokenConversationDeletesNothing) {
  hold(replica("A<00>", 4, east));
  auto actions = bench.step({CommandRequest{1, VerifyNow{east}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.step({LinkDown{link, "the cable"}});
  EXPECT_NE(bench.find("A<00>"), nullptr);
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
  EXPECT_TRUE(told(actions, EventKind::verification_failed));
}

TEST_F(Verify, PiecesAreComparedOneByOne) {
  hold(replica("A<00>", 4, east));
  hold(replica("B<00>", 8, east));
  auto actions = bench.step({CommandRequest{1, VerifyNow{east}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  bench.step({RecordsReceived{link, {replica("C<00>", 5, east)}, 0, false}});
  EXPECT_EQ(bench.find("A<00>"), nullptr) << "the answer is beyond it";
  EXPECT_NE(bench.find("B<00>"), nullptr);
  bench.step({RecordsReceived{link, {replica("B<00>", 8, east)}, 0, true}});
  EXPECT_NE(bench.find("B<00>"), nullptr);
}

TEST_F(Verify, ByVersionsAsksForMapsAndChangesNothing) {
  hold(replica("A<00>", 4, east));
  bench.version = 7;
  auto actions = bench.step({CommandRequest{2, VerifyNow{.owner = {}, .versions_only = true}}});
  ASSERT_TRUE(sent<OpenLink>(actions));
  const auto link = sent<OpenLink>(actions)->link;
  ASSERT_TRUE(sent<AskMap>(bench.step({LinkUp{link}})));
  actions = bench.step({MapReceived{link, {{east, 1, 9}, {us, 1, 7}}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::done);
  EXPECT_EQ(actions.replies[0].result.received, 2);
  EXPECT_EQ(actions.replies[0].result.changed, 1);
  EXPECT_EQ(actions.replies[0].result.differences, "east: 192.0.2.2 up to 9, here up to 4\n");
  EXPECT_FALSE(sent<AskRecords>(actions));
  EXPECT_TRUE(sent<CloseLink>(actions)) << "it was opened for this";
}

TEST_F(Verify, ByVersionsOfOneOwnerLooksAtNoOther) {
  hold(replica("A<00>", 4, east));
  auto actions = bench.step({CommandRequest{2, VerifyNow{.owner = east, .versions_only = true}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions = bench.step({MapReceived{link, {{east, 1, 4}, {us, 1, 7}}}});
  EXPECT_EQ(actions.replies[0].result.received, 1);
  EXPECT_EQ(actions.replies[0].result.changed, 0);
  EXPECT_EQ(actions.replies[0].result.differences, "");
}

TEST(VerifyVersions, WhoDoesNotAnswerIsNamed) {
  Bench bench({partner("east", east), partner("south", south)});
  auto actions = bench.step({CommandRequest{2, VerifyNow{.owner = {}, .versions_only = true}}});
  const auto links = all_sent<OpenLink>(actions);
  ASSERT_EQ(links.size(), 2);
  actions = bench.step({LinkUp{links[0].link}, LinkDown{links[1].link, "refused"}});
  EXPECT_TRUE(actions.replies.empty());
  actions = bench.step({MapReceived{links[0].link, {{south, 1, 3}}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
  EXPECT_EQ(actions.replies[0].result.text, "south: refused");
  EXPECT_EQ(actions.replies[0].result.changed, 1);
}

TEST(VerifyVersions, WithNobodyToAskFails) {
  Bench bench;
  bench.options.partners[0].paused = true;
  const auto actions =
      bench.step({CommandRequest{2, VerifyNow{.owner = {}, .versions_only = true}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
}

TEST(VerifyVersions, APullMeanwhileGetsTheSameMap) {
  Bench bench;
  auto actions = bench.step({CommandRequest{2, VerifyNow{.owner = {}, .versions_only = true}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  bench.step({CommandRequest{3, PullNow{}}});
  actions = bench.step({MapReceived{link, {{east, 1, 3}}}});
  EXPECT_EQ(actions.replies.size(), 1) << "the comparison";
  EXPECT_TRUE(sent<AskRecords>(actions));
}

// Decision 37.
TEST(VerifyWay, FollowsWhoGaveUsTheLatestUnlessHeAsksUsForIt) {
  constexpr Ipv4 far{192, 0, 2, 9};
  const auto source = partner("source", east);
  Bench bench({partner("other", south), source});
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  std::map<std::string, Link> links;
  for (const auto& one : all_sent<OpenLink>(actions)) links[one.partner.name] = one.link;
  bench.step({LinkUp{links["source"]}, LinkUp{links["other"]}});
  bench.step({MapReceived{links["other"], {{far, 1, 3}}}});
  bench.step({MapReceived{links["source"], {{far, 1, 5}}}});
  bench.step({RecordsReceived{links["source"], {replica("A<00>", 5, far)}, 0, true}});
  ASSERT_EQ(bench.known(far), 5);

  auto asked = sent<OpenLink>(bench.step({CommandRequest{2, VerifyNow{far}}}));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->partner.name, "source");
  bench.step({LinkDown{asked->link, "refused"}});

  bench.serve({far, 1, 5}, peer_of(source));
  asked = sent<OpenLink>(bench.step({CommandRequest{3, VerifyNow{far}}}));
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->partner.name, "other");
}

TEST_F(Verify, AnUnknownOwnerIsNotFound) {
  const auto actions = bench.step({CommandRequest{1, VerifyNow{south}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::not_found);
}

TEST_F(Verify, HappensAtItsTimeOfDay) {
  bench.options.verification = {.interval = std::chrono::hours(24), .start = std::chrono::hours(2)};
  bench.options.partners[0].interval = seconds(0);
  hold(replica("A<00>", 4, east));
  bench.stored[0].due = start + std::chrono::days(20);
  auto actions = bench.step();
  EXPECT_FALSE(sent<OpenLink>(actions));
  EXPECT_EQ(actions.wake_at, start + std::chrono::hours(2));
  EXPECT_TRUE(sent<OpenLink>(bench.after(std::chrono::hours(2))));
}

// B11: MaxRecsAtATime; the next period goes on.
TEST_F(Verify, TakesSoManyAtATimeAndGoesOnInTheNextPeriod) {
  bench.options.verification = {
      .interval = std::chrono::hours(24), .start = std::chrono::hours(2), .records_at_a_time = 2};
  bench.options.partners[0].interval = seconds(0);
  for (std::uint64_t i = 1; i <= 3; ++i) hold(replica("N" + std::to_string(i) + "<00>", i, east));
  for (auto& record : bench.stored) record.due = start + std::chrono::days(20);
  bench.step();
  auto actions = bench.after(std::chrono::hours(2));
  actions = bench.step({LinkUp{sent<OpenLink>(actions)->link}});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 2}));
  bench.step({RecordsReceived{
      sent<AskRecords>(actions)->link, {bench.stored[0], bench.stored[1]}, 0, true}});
  actions = bench.after(std::chrono::hours(24));
  actions = bench.step({LinkUp{sent<OpenLink>(actions)->link}});
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 3, 3}));
}

// MaxRecsAtATime is of the period, not of each owner.
TEST_F(Verify, OwnersShareWhatIsTakenAtATime) {
  constexpr Ipv4 first{192, 0, 2, 11}, second{192, 0, 2, 12}, third{192, 0, 2, 13};
  bench.options.verification = {
      .interval = std::chrono::hours(24), .start = std::chrono::hours(2), .records_at_a_time = 3};
  bench.options.partners[0].interval = seconds(0);
  for (const auto owner : {first, second, third}) {
    for (std::uint64_t i = 1; i <= 2; ++i) {
      bench.stored.push_back(replica("N" + std::to_string(bench.stored.size()) + "<00>", i, owner));
      bench.stored.back().due = start + std::chrono::days(20);
    }
    bench.memory.owners.push_back({owner, 0, 2});
  }
  bench.pull({{first, 1, 2}, {second, 1, 2}, {third, 1, 2}}, {});

  /// What is asked for in the next period; it is all as we have it.
  const auto period = [&](milliseconds wait) {
    OwnerMap ranges;
    auto actions = bench.after(wait);
    if (const auto opened = sent<OpenLink>(actions)) actions = bench.step({LinkUp{opened->link}});
    for (auto asked = sent<AskRecords>(actions); asked; asked = sent<AskRecords>(actions)) {
      ranges.push_back(asked->range);
      std::vector<names::Record> same;
      bench.names().table().visit_owner(asked->range.owner, asked->range.min, asked->range.max,
                                        [&](const auto& record) {
                                          same.push_back(record);
                                          return true;
                                        });
      actions = bench.step({RecordsReceived{asked->link, std::move(same), 0, true}});
    }
    return ranges;
  };
  EXPECT_EQ(period(std::chrono::hours(2)), (OwnerMap{{first, 1, 2}, {second, 1, 1}}));
  EXPECT_EQ(period(std::chrono::hours(24)), (OwnerMap{{second, 2, 2}, {third, 1, 2}}));
  EXPECT_EQ(period(std::chrono::hours(24)), (OwnerMap{{first, 1, 2}, {second, 1, 1}}));
}

// UseRplPnrs.
TEST_F(Verify, WithPartnersAsksTheOwnerOnlyWhereNobodyElseHoldsItsRecords) {
  for (const bool with_partners : {false, true}) {
    bench = Bench({partner("east", east), partner("south", south)});
    bench.options.verification.with_partners = with_partners;
    bench.memory.owners = {{east, 0, 4}};
    auto actions = bench.step({CommandRequest{1, VerifyNow{east}}});
    ASSERT_TRUE(sent<OpenLink>(actions));
    EXPECT_EQ(sent<OpenLink>(actions)->partner.name, "east") << "of no other is it known";
    bench.step({LinkDown{sent<OpenLink>(actions)->link, "refused"}});

    const auto link = sent<OpenLink>(bench.step({CommandRequest{2, PullNow{"south"}}}))->link;
    bench.step({LinkUp{link}});
    bench.step({MapReceived{link, {{east, 1, 4}}}});
    actions = bench.step({CommandRequest{3, VerifyNow{east}}});
    ASSERT_TRUE(sent<OpenLink>(actions));
    EXPECT_EQ(sent<OpenLink>(actions)->partner.name, with_partners ? "south" : "east");
  }
}

// An active replica that nobody confirmed for the verification interval (B7).
TEST_F(Verify, AnOwnerWhoseRecordsComeDueIsAsked) {
  hold(replica("A<00>", 4, east));
  bench.step();
  const auto actions = bench.after(seconds(101));
  bench.step();
  EXPECT_NE(bench.find("A<00>"), nullptr);
  EXPECT_TRUE(sent<OpenLink>(actions) || bench.engine().status().partners[0].connected ||
              !all_sent<OpenLink>(actions).empty());
}

}  // namespace
}  // namespace winsome::replication
