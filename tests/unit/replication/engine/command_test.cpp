#include <gtest/gtest.h>

#include "tests/unit/replication/engine/bench.h"

namespace winsome::replication {
namespace {

using names::State;

names::Record lasting(names::Record record) {
  record.due = start + std::chrono::days(20);
  for (auto& member : record.members) member.due = record.due;
  return record;
}

Bench with_records_of_east() {
  Bench bench;
  bench.stored = {lasting(replica("A<00>", 3, east)), lasting(replica("B<00>", 5, east)),
                  lasting(replica("C<00>", 2, south)), lasting(replica("D<00>", 1, us))};
  bench.version = 1;
  bench.memory.owners = {{east, 0, 5}, {south, 0, 2}};
  return bench;
}

TEST(Commands, ADeletedOwnerIsForgottenHereAndComesBackWithTheNextPull) {
  auto bench = with_records_of_east();
  bench.memory.pending = {replica("D<00>", 4, east, Ipv4(10, 0, 0, 7))};
  auto actions = bench.step({CommandRequest{1, DeleteOwner{east}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::done);
  EXPECT_EQ(actions.replies[0].result.deleted, 2);
  EXPECT_TRUE(changed<EraseOwner>(actions));
  EXPECT_TRUE(changed<ErasePending>(actions));
  EXPECT_EQ(bench.find("A<00>"), nullptr);
  EXPECT_EQ(bench.find("B<00>"), nullptr);
  EXPECT_NE(bench.find("C<00>"), nullptr);
  EXPECT_NE(bench.find("D<00>"), nullptr);
  actions = bench.pull({{east, 1, 5}}, {});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 5}));
}

// B13: RAIW winsi2 opnum 0.
TEST(Commands, ATombstonedOwnersRecordsAreTombstonesOfOurs) {
  auto bench = with_records_of_east();
  const auto actions = bench.step({CommandRequest{1, TombstoneOwner{east}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.deleted, 2);
  for (const auto* text : {"A<00>", "B<00>"}) {
    EXPECT_EQ(bench.find(text)->owner, us);
    EXPECT_EQ(bench.find(text)->state, State::tombstone);
    EXPECT_GT(bench.find(text)->version, 1);
  }
  EXPECT_NE(bench.find("A<00>")->version, bench.find("B<00>")->version);
  EXPECT_EQ(bench.find("C<00>")->state, State::active);
  EXPECT_EQ(bench.known(east), 5) << "they are not asked for again";
}

TEST(Commands, AnOwnerOfManyRecordsIsSweptInSlices) {
  Bench bench;
  for (std::uint64_t i = 1; i <= 1500; ++i)
    bench.stored.push_back(lasting(replica("N" + std::to_string(i), i, east)));
  bench.memory.owners = {{east, 0, 1500}};
  auto actions = bench.step({CommandRequest{1, DeleteOwner{east}}});
  EXPECT_TRUE(actions.replies.empty());
  EXPECT_EQ(actions.wake_at, bench.now);
  actions = bench.step();
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.deleted, 1500);
  EXPECT_EQ(bench.names().table().size(), 0);
}

// A pull that goes on from its middle would leave a hole below what is known.
TEST(Commands, AnOwnerThatIsBeingPulledIsDeletedAfterItsAnswer) {
  auto bench = with_records_of_east();
  auto actions = bench.pull({{east, 1, 9}}, {});
  const auto link = sent<AskRecords>(actions)->link;
  bench.step({RecordsReceived{link, {lasting(replica("E<00>", 7, east))}, 0, false}});
  actions = bench.step({CommandRequest{2, DeleteOwner{east}}});
  EXPECT_TRUE(actions.replies.empty());
  EXPECT_GT(actions.wake_at, bench.now) << "nothing to do before the answer ends";
  actions = bench.step({RecordsReceived{link, {lasting(replica("F<00>", 9, east))}, 0, true}});
  ASSERT_EQ(actions.replies.size(), 2) << "of the pull and of the deletion";
  EXPECT_EQ(actions.replies[1].result.deleted, 4);
  EXPECT_EQ(bench.known(east), 0);
  EXPECT_EQ(bench.find("E<00>"), nullptr);
  actions = bench.pull({{east, 1, 9}}, {});
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 9}));
}

TEST(Commands, AnOwnerThatIsBeingDeletedIsPulledAfterwardsFromItsBeginning) {
  Bench bench;
  for (std::uint64_t i = 1; i <= 1500; ++i)
    bench.stored.push_back(lasting(replica("N" + std::to_string(i), i, east)));
  bench.memory.owners = {{east, 0, 1500}};
  auto actions = bench.step({CommandRequest{1, PullNow{}}});
  const auto link = sent<OpenLink>(actions)->link;
  bench.step({LinkUp{link}});
  actions =
      bench.step({CommandRequest{2, DeleteOwner{east}}, MapReceived{link, {{east, 1, 1600}}}});
  EXPECT_FALSE(sent<AskRecords>(actions));
  actions = bench.step();
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(bench.names().table().size(), 0);
  ASSERT_TRUE(sent<AskRecords>(actions));
  EXPECT_EQ(sent<AskRecords>(actions)->range, (OwnerRange{east, 1, 1600}));
}

TEST(Commands, OurOwnRecordsAreNotAmongThoseToBeDeleted) {
  auto bench = with_records_of_east();
  const auto actions =
      bench.step({CommandRequest{1, DeleteOwner{us}}, CommandRequest{2, TombstoneOwner{us}}});
  ASSERT_EQ(actions.replies.size(), 2);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::refused);
  EXPECT_EQ(actions.replies[1].result.outcome, Outcome::refused);
  EXPECT_NE(bench.find("D<00>"), nullptr);
}

// B11: the owner itself is whom others are compared with.
TEST(Commands, OurOwnRecordsAreVerifiedElsewhere) {
  auto bench = with_records_of_east();
  const auto actions = bench.step({CommandRequest{1, VerifyNow{us, false}}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::refused);
  EXPECT_NE(actions.replies[0].result.text.find("verify them at a partner"), std::string::npos);
}

TEST(Commands, APauseOutlivesAConfigurationThatSaysNothingNew) {
  Bench bench;
  bench.step({CommandRequest{1, SetPaused{"east", true}}});
  auto options = bench.options;
  options.retries = 7;
  static_cast<void>(bench.engine().configure(options));
  EXPECT_TRUE(bench.engine().status().partners.at(0).partner.paused);
  options.partners[0].address.port = 4242;
  static_cast<void>(bench.engine().configure(options));
  EXPECT_TRUE(bench.engine().status().partners.at(0).partner.paused);
  EXPECT_FALSE(sent<OpenLink>(bench.after(std::chrono::hours(2))));

  options.partners[0].paused = true;
  static_cast<void>(bench.engine().configure(options));
  options.partners[0].paused = false;
  static_cast<void>(bench.engine().configure(options));
  EXPECT_FALSE(bench.engine().status().partners.at(0).partner.paused) << "the file was changed";
}

TEST(Commands, APartnerThatWasResumedByHandStaysSo) {
  Bench bench;
  bench.options.partners[0].paused = true;
  bench.step({CommandRequest{1, SetPaused{"east", false}}});
  static_cast<void>(bench.engine().configure(bench.options));
  EXPECT_FALSE(bench.engine().status().partners.at(0).partner.paused);
}

TEST(Commands, WhoIsUnknownIsNotFound) {
  Bench bench;
  const auto actions = bench.step(
      {CommandRequest{1, PullNow{"west"}}, CommandRequest{2, PushNow{"west", false}},
       CommandRequest{3, SetPaused{"west", true}}, CommandRequest{4, DeleteOwner{south}}});
  ASSERT_EQ(actions.replies.size(), 4);
  for (const auto& reply : actions.replies)
    EXPECT_EQ(reply.result.outcome, Outcome::not_found) << reply.ticket;
}

TEST(Commands, OneForSeveralPartnersAnswersWhenTheLastIsDoneWithTheWorst) {
  Bench bench({partner("east", east), partner("south", south)});
  auto actions = bench.step({CommandRequest{9, PullNow{}}});
  const auto links = all_sent<OpenLink>(actions);
  ASSERT_EQ(links.size(), 2);
  actions = bench.step({LinkDown{links[0].link, "refused"}, LinkUp{links[1].link}});
  EXPECT_TRUE(actions.replies.empty());
  actions = bench.step({MapReceived{links[1].link, {{south, 1, 2}}}});
  actions = bench.step({RecordsReceived{links[1].link, {replica("A<00>", 2, south)}, 0, true}});
  ASSERT_EQ(actions.replies.size(), 1);
  EXPECT_EQ(actions.replies[0].ticket, 9);
  EXPECT_EQ(actions.replies[0].result.outcome, Outcome::failed);
  EXPECT_EQ(actions.replies[0].result.received, 1);
  EXPECT_NE(actions.replies[0].result.text.find("refused"), std::string::npos);
}

}  // namespace
}  // namespace winsome::replication
