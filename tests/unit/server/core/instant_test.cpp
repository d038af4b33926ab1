#include "server/core/instant.h"

#include <gtest/gtest.h>

namespace winsome {
namespace {

constexpr Instant now{milliseconds(1'000'000)};

TEST(TtlUntil, CountsWholeSecondsAndRoundsUp) {
  EXPECT_EQ(ttl_until(now + seconds(300), now), 300U);
  EXPECT_EQ(ttl_until(now + milliseconds(1'001), now), 2U);
}

// RFC 1002 6: INFINITE_TTL is 0
TEST(TtlUntil, IsNeverZeroSinceThatMeansForEver) {
  EXPECT_EQ(ttl_until(now + milliseconds(1), now), 1U);
  EXPECT_EQ(ttl_until(now, now), 1U);
  EXPECT_EQ(ttl_until(now - seconds(5), now), 1U);
}

TEST(TtlUntil, StopsAtWhatThirtyTwoBitsHold) {
  EXPECT_EQ(ttl_until(now + seconds(0xffff'ffff), now), 0xffff'ffffU);
  EXPECT_EQ(ttl_until(now + seconds(0x1'0000'0000), now), 0xffff'ffffU);
  EXPECT_EQ(ttl_until(never, now), 0xffff'ffffU);
}

}  // namespace
}  // namespace winsome
