#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

/// Time to live that `server` grants for a new name while `waiting` requests queue behind it.
std::uint32_t granted(Server& server, std::size_t waiting) {
  static int number = 0;
  const auto the_name = nbns::ScopedName(nbns::make_name("N" + std::to_string(++number), 0));
  const auto answers = sent<nbns::NameResponse>(server.step({request(the_name, alice)}, waiting));
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(server.engine.find(the_name.view())->due, server.now + seconds(answers.at(0).ttl));
  return answers.at(0).ttl;
}

// B12
TEST(Burst, BeginsAboveTheThreshold) {
  Server server;
  EXPECT_EQ(granted(server, 500), 518'400U);
  EXPECT_EQ(granted(server, 501), 300U);
}

// B12: five minutes for a hundred, ten for the next, up to fifty, and again
TEST(Burst, LivesGrowByFiveMinutesEveryHundredGrants) {
  Server server;
  for (std::uint32_t minutes = 5; minutes <= 50; minutes += 5) {
    for (int i = 0; i < 100; ++i) ASSERT_EQ(granted(server, 501), minutes * 60) << i;
  }
  EXPECT_EQ(granted(server, 501), 300U);
}

TEST(Burst, StartsAnewWhenTheQueueHadShortened) {
  Server server;
  for (int i = 0; i < 150; ++i) granted(server, 501);
  EXPECT_EQ(granted(server, 501), 600U);
  EXPECT_EQ(granted(server, 0), 518'400U);
  EXPECT_EQ(granted(server, 501), 300U);
}

TEST(Burst, RequestsOfTheSameStepWaitToo) {
  auto small = options();
  small.burst.threshold = 2;
  Server server(small);
  const auto actions = server.step({request("A", alice), request("B", alice), request("C", alice),
                                    request("D", alice), request("E", alice)});
  std::vector<std::uint32_t> lives;
  for (const auto& answer : sent<nbns::NameResponse>(actions)) lives.push_back(answer.ttl);
  EXPECT_EQ(lives, (std::vector<std::uint32_t>{300, 300, 518'400, 518'400, 518'400}));
}

// Decision 1: still decided and durable
TEST(Burst, RegistrationsAreStillStored) {
  Server server;
  const auto actions = server.step({request("PC", alice)}, 1000);
  EXPECT_EQ(actions.changes.size(), 1U);
  EXPECT_EQ(server.engine.statistics().burst_grants, 1U);
}

// Decision 1: those that need a challenge are dropped, the client retries
TEST(Burst, NobodyIsChallenged) {
  Server server(options(), {record("PC")});
  EXPECT_TRUE(server.step({request("PC", bob)}, 1000).sends.empty());
  EXPECT_EQ(server.drops(Drop::burst), 1U);
  EXPECT_EQ(server.step({request("PC", bob)}, 0).sends.size(), 2U);
}

TEST(Burst, ReleasesAndRefusalsAreAnsweredAsEver) {
  Server server(options(), {record("PC"), record("FIXED", {.is_static = true})});
  const auto actions = server.step(
      {request("PC", alice, {.opcode = nbns::Opcode::release}), request("FIXED", alice)}, 1000);
  const auto answers = sent<nbns::NameResponse>(actions);
  EXPECT_EQ(answers.at(0).rcode, nbns::Rcode::ok);
  EXPECT_EQ(answers.at(1).rcode, nbns::Rcode::act_err);
}

TEST(Burst, NeverGrantsMoreThanTheRenewalInterval) {
  auto quick = options();
  quick.intervals.renewal = seconds(10);
  Server server(quick);
  EXPECT_EQ(granted(server, 501), 10U);
}

TEST(Burst, TheThresholdIsConfigurable) {
  auto small = options();
  small.burst.threshold = 50;
  Server server(small);
  EXPECT_EQ(granted(server, 50), 518'400U);
  EXPECT_EQ(granted(server, 51), 300U);
}

}  // namespace
}  // namespace winsome::names
