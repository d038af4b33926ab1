#include "server/daemon/overload.h"

#include <gtest/gtest.h>

namespace winsome::daemon {
namespace {

using enum names::Drop;
constexpr Instant start{std::chrono::days(10'000)};

struct OverloadTest : testing::Test {
  void drop(names::Drop why, std::uint64_t times) {
    counts[static_cast<std::size_t>(why)] += times;
  }

  DropCounts counts{};
  Overload overload;
};

TEST_F(OverloadTest, SaysHowManyClientsWereDroppedForWantOfRoom) {
  drop(queue_full, 120);
  drop(queue_share, 7);
  drop(burst, 3);
  drop(challenge_limit, 1);
  EXPECT_EQ(overload.look(counts, start),
            "120 queue_full, 7 queue_share, 3 burst, 1 challenge_limit");
}

TEST_F(OverloadTest, IsSilentAboutOtherReasons) {
  drop(rate_limited, 5);
  drop(source_refused, 5);
  drop(duplicate, 5);
  EXPECT_EQ(overload.look(counts, start), std::nullopt);
}

TEST_F(OverloadTest, LooksAgainAMinuteAfterItSaidSomething) {
  drop(queue_full, 1);
  ASSERT_TRUE(overload.look(counts, start));
  EXPECT_FALSE(overload.is_due(start + seconds(59)));
  EXPECT_TRUE(overload.is_due(start + seconds(60)));
}

TEST_F(OverloadTest, SaysOnlyWhatIsNew) {
  drop(queue_full, 9);
  ASSERT_TRUE(overload.look(counts, start));
  drop(burst, 2);
  EXPECT_EQ(overload.look(counts, start + seconds(60)), "2 burst");
  EXPECT_EQ(overload.look(counts, start + seconds(120)), std::nullopt);
}

}  // namespace
}  // namespace winsome::daemon
