#include "server/core/random.h"

#include <gtest/gtest.h>

#include <array>

namespace winsome {
namespace {

// Reference values of splitmix64 for the seed 1234567 (Vigna's splitmix64.c).
TEST(Random, IsSplitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(Random, StaysBelowItsBoundAndReachesAllOfIt) {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7'000; ++i) {
    const auto value = random.below(7);
    ASSERT_LT(value, 7U);
    ++seen[value];
  }
  for (const auto count : seen) EXPECT_NEAR(count, 1'000, 200);
}

TEST(Random, YieldsZeroForABoundOfZeroOrOne) {
  Random random(1);
  EXPECT_EQ(random.below(0), 0U);
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace winsome
