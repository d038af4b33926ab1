#include <gtest/gtest.h>

#include "server/names/lifecycle.h"
#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;
using std::chrono::days;
using std::chrono::hours;
using Addresses = std::vector<Ipv4>;

Instant at(milliseconds after) {
  return start + after;
}

/// A server with one record whose deadline is a day away.
struct Aging {
  explicit Aging(Stored stored, const Options& the_options = options())
      : server(the_options, {record("PC", [&] {
                 stored.due = at(days(1));
                 return stored;
               }())}) {}

  Record age(milliseconds when) {
    server.now = at(when);
    server.step();
    return server.at("PC");
  }

  Server server;
};

// B7: active, released, tombstone, gone
TEST(AgingTest, AnActiveNameOfOursIsReleasedWithoutANewVersion) {
  Aging aging({});
  EXPECT_EQ(aging.age(days(1) - milliseconds(1)).state, State::active);
  const auto after = aging.age(days(1));
  EXPECT_EQ(after.state, State::released);
  EXPECT_EQ(after.due, at(days(1) + days(4)));
  EXPECT_EQ(after.version, 7U);
  EXPECT_EQ(aging.server.engine.statistics().scavenged_released, 1U);
}

TEST(AgingTest, AReleasedNameOfOursBecomesATombstoneWithANewVersion) {
  Aging aging({.state = State::released});
  const auto after = aging.age(days(1));
  EXPECT_EQ(after.state, State::tombstone);
  EXPECT_EQ(after.due, at(days(1) + days(6)));
  EXPECT_EQ(after.version, 101U);
  EXPECT_EQ(aging.server.engine.statistics().scavenged_tombstoned, 1U);
}

TEST(AgingTest, ATombstoneIsDeletedAtItsDeadline) {
  auto quick = options();
  quick.intervals.tombstone_uptime = days(1);
  Aging aging({.state = State::tombstone}, quick);
  aging.age(days(1) - milliseconds(1));
  EXPECT_TRUE(aging.server.knows("PC"));
  aging.age(days(1));
  EXPECT_FALSE(aging.server.knows("PC"));
  EXPECT_EQ(aging.server.engine.statistics().scavenged_deleted, 1U);
  EXPECT_EQ(aging.server.engine.version(), 100U);
}

// B8, decision 6: three days of uptime, because partners may have been away
TEST(AgingTest, NoTombstoneIsDeletedInTheFirstThreeDays) {
  Aging aging({.state = State::tombstone});
  EXPECT_EQ(aging.age(days(1)).due, at(days(3)));
  aging.age(days(3) - milliseconds(1));
  EXPECT_TRUE(aging.server.knows("PC"));
  aging.age(days(3));
  EXPECT_FALSE(aging.server.knows("PC"));
}

TEST(AgingTest, TheUptimeIsConfigurable) {
  auto quick = options();
  quick.intervals.tombstone_uptime = seconds(5);
  Aging aging({.state = State::tombstone}, quick);
  aging.age(days(1));
  EXPECT_FALSE(aging.server.knows("PC"));
}

// Decision 6: one step a pass, timed from now, or tombstones would never be replicated
TEST(AgingTest, AServerThatWasOffForAYearTakesOneStepAPass) {
  Aging aging({});
  EXPECT_EQ(aging.age(days(365)).state, State::released);
  EXPECT_EQ(aging.server.at("PC").due, at(days(369)));
  EXPECT_EQ(aging.age(days(800)).state, State::tombstone);
}

TEST(AgingTest, TheWholeLifeOfAnAbandonedName) {
  Server server;
  EXPECT_EQ(server.ask("PC", alice), nbns::Rcode::ok);
  std::vector<std::pair<State, int>> seen;
  for (int day = 1; day <= 20; ++day) {
    server.run_for(days(1));
    if (server.knows("PC") && (seen.empty() || seen.back().first != server.at("PC").state))
      seen.emplace_back(server.at("PC").state, day);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<State, int>>{
                      {State::active, 1}, {State::released, 6}, {State::tombstone, 10}}));
  EXPECT_FALSE(server.knows("PC"));
}

// B8, replicas
TEST(AgingTest, AnUnseenReplicaIsKeptAndVerifiedLater) {
  Aging aging({.owner = partner});
  const auto after = aging.age(days(1));
  EXPECT_EQ(after.state, State::active);
  EXPECT_EQ(after.owner, partner);
  EXPECT_EQ(after.version, 7U);
  EXPECT_EQ(after.due, at(days(1) + days(24)));
}

TEST(AgingTest, AReleasedReplicaBecomesATombstoneWithoutANewVersion) {
  Aging aging({.state = State::released, .owner = partner});
  const auto after = aging.age(days(1));
  EXPECT_EQ(after.state, State::tombstone);
  EXPECT_EQ(after.owner, partner);
  EXPECT_EQ(after.version, 7U);
}

TEST(AgingTest, ATombstoneOfAReplicaIsDeleted) {
  Aging aging({.state = State::tombstone, .owner = partner});
  aging.age(days(5));
  EXPECT_FALSE(aging.server.knows("PC"));
}

// B9
TEST(AgingTest, StaticNamesNeverAge) {
  Aging aging({.is_static = true});
  const auto before = aging.server.at("PC");
  EXPECT_EQ(aging.age(days(10'000)), before);
  EXPECT_EQ(aging.server.step().wake_at, never);
}

// A domain controller that died leaves its group
TEST(AgingTest, MembersOfAListExpireOneByOne) {
  for (const auto type : {special_group, multihomed}) {
    auto list = record("PC", {.type = type, .addresses = {alice, bob, carol}});
    list.members[0].due = at(hours(3));
    list.members[1].due = at(hours(1));
    list.members[2].due = at(hours(2));
    Server server(options(), {list});
    server.now = at(hours(1));
    server.step();
    EXPECT_EQ(addresses(server.at("PC")), (Addresses{alice, carol}));
    EXPECT_EQ(server.at("PC").version, 101U);
    EXPECT_EQ(server.at("PC").state, State::active);
    EXPECT_EQ(server.at("PC").due, at(hours(3)));
    server.now = at(hours(2));
    server.step();
    EXPECT_EQ(addresses(server.at("PC")), Addresses{alice});
    server.now = at(hours(3));
    server.step();
    EXPECT_EQ(server.at("PC").state, State::released);
    EXPECT_EQ(addresses(server.at("PC")), Addresses{alice});
  }
}

TEST(AgingTest, ARefreshedMemberOutlivesTheOthers) {
  Server server;
  EXPECT_EQ(server.ask("CORP<1C>", alice, group), nbns::Rcode::ok);
  EXPECT_EQ(server.ask("CORP<1C>", bob, group), nbns::Rcode::ok);
  server.run_for(days(3));
  EXPECT_EQ(server.ask("CORP<1C>", bob, group_refresh), nbns::Rcode::ok);
  server.run_for(days(4));
  EXPECT_EQ(addresses(server.at("CORP<1C>")), Addresses{bob});
}

// Any registration moves back to active
TEST(AgingTest, ARegistrationBringsAReleasedNameBack) {
  Aging aging({});
  aging.age(days(1));
  EXPECT_EQ(aging.server.ask("PC", alice), nbns::Rcode::ok);
  EXPECT_EQ(aging.server.at("PC").state, State::active);
  EXPECT_EQ(aging.server.at("PC").version, 101U);
  EXPECT_EQ(aging.server.at("PC").due, at(days(1) + days(6)));
}

TEST(AgingTest, ARefreshMovesTheDeadlineOn) {
  Aging aging({});
  EXPECT_EQ(aging.server.ask("PC", alice, refresh), nbns::Rcode::ok);
  EXPECT_EQ(aging.age(days(6) - milliseconds(1)).state, State::active);
  EXPECT_EQ(aging.age(days(6)).state, State::released);
}

// Decision 6: slices, so that clients never wait for a sweep
TEST(AgingTest, AStepAgesAtMostAThousandRecords) {
  Server server;
  for (int i = 0; i < 2500; ++i) {
    auto one = record("PC", {.due = at(hours(1))});
    one.name = nbns::make_name(std::to_string(i), 0);
    server.engine.load(std::move(one));
  }
  server.now = at(hours(1));
  const auto sizes = [&] {
    std::vector<std::size_t> list;
    for (int i = 0; i < 4; ++i) list.push_back(server.step().changes.size());
    return list;
  };
  EXPECT_EQ(sizes(), (std::vector<std::size_t>{1000, 1000, 500, 0}));
}

TEST(AgingTest, TheServerWakesAtOnceWhileThereIsMoreToAge) {
  Server server;
  for (int i = 0; i < 1001; ++i) {
    auto one = record("PC", {.due = at(hours(1))});
    one.name = nbns::make_name(std::to_string(i), 0);
    server.engine.load(std::move(one));
  }
  EXPECT_EQ(server.step().wake_at, at(hours(1)));
  server.now = at(hours(1));
  EXPECT_EQ(server.step().wake_at, server.now);
  EXPECT_GT(server.step().wake_at, server.now);
}

TEST(AgingTest, ScavengingByHandAgesAllThatIsDue) {
  Server server;
  for (int i = 0; i < 2500; ++i) {
    auto one =
        record("PC", {.state = i % 2 == 0 ? State::active : State::released, .due = at(hours(1))});
    one.name = nbns::make_name(std::to_string(i), 0);
    server.engine.load(std::move(one));
  }
  server.now = at(hours(1));
  const auto result = server.command(Scavenge{});
  EXPECT_EQ(result.released, 1250U);
  EXPECT_EQ(result.tombstoned, 1250U);
  EXPECT_EQ(result.deleted, 0U);
  EXPECT_EQ(server.engine.statistics().last_scavenging_by_hand, server.now);
  EXPECT_EQ(server.engine.statistics().last_scavenging, std::nullopt);
}

TEST(AgingTest, CountsFollowTheStates) {
  Aging aging({});
  aging.age(days(1));
  auto counts = aging.server.engine.statistics();
  EXPECT_EQ(counts.active, 0U);
  EXPECT_EQ(counts.released, 1U);
  aging.age(days(5));
  counts = aging.server.engine.statistics();
  EXPECT_EQ(counts.released, 0U);
  EXPECT_EQ(counts.tombstones, 1U);
  EXPECT_EQ(counts.records, 1U);
}

}  // namespace
}  // namespace winsome::names
