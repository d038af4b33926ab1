#include "server/names/source_limits.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

int allowed(SourceLimits& limits, Ipv4 source, std::size_t per_second, Instant now) {
  int count = 0;
  for (int i = 0; i < 100; ++i) count += limits.allow(source, per_second, now) ? 1 : 0;
  return count;
}

TEST(SourceLimitsTest, AllowsSoManyASecond) {
  const auto limits = std::make_unique<SourceLimits>();
  EXPECT_EQ(allowed(*limits, alice, 10, start), 10);
  EXPECT_EQ(allowed(*limits, alice, 10, start + milliseconds(999)), 0);
  EXPECT_EQ(allowed(*limits, alice, 10, start + seconds(1)), 10);
}

TEST(SourceLimitsTest, OneSourceDoesNotUseUpAnothersShare) {
  const auto limits = std::make_unique<SourceLimits>();
  EXPECT_EQ(allowed(*limits, alice, 10, start), 10);
  EXPECT_EQ(allowed(*limits, bob, 10, start), 10);
}

TEST(SourceLimitsTest, AWholeNetworkSpreadsOverTheTable) {
  const auto limits = std::make_unique<SourceLimits>();
  int used_up = 0;
  for (std::uint32_t host = 0; host < 256; ++host)
    used_up += limits->allow(Ipv4(Ipv4(10, 0, 0, 0).value() + host), 1, start) ? 0 : 1;
  EXPECT_LE(used_up, 8);
}

TEST(SourceLimitsTest, CountsWhatWaits) {
  const auto limits = std::make_unique<SourceLimits>();
  limits->queue(alice);
  limits->queue(alice);
  EXPECT_EQ(limits->queued(alice), 2U);
  EXPECT_EQ(limits->queued(bob), 0U);
  limits->dequeue(alice);
  EXPECT_EQ(limits->queued(alice), 1U);
}

}  // namespace
}  // namespace winsome::names
