#include "server/daemon/clock.h"

#include <gtest/gtest.h>

namespace winsome::daemon {
namespace {

// Decision 6: a wrong clock at boot must not release a whole site.

constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t wall = 1'700'000'000'000;
const store::ClockMark last{Instant(milliseconds(5 * day)), wall};

/// Where the timeline stands when the boot clock says `boot`.
Instant timeline(const Resumption& resumed, std::int64_t boot) {
  return Instant(milliseconds(boot) + resumed.base);
}

TEST(ResumedClock, BeginsWithTheWallClockWhereNothingWasMarked) {
  const auto resumed = resume({}, {.wall = wall, .boot = 700, .synchronised = false});
  EXPECT_EQ(timeline(resumed, 700), Instant(milliseconds(wall)));
  EXPECT_EQ(resumed.uncounted, milliseconds(0));
}

TEST(ResumedClock, CountsTheTimeOffThatASynchronisedClockSays) {
  const auto resumed = resume(last, {.wall = wall + 21 * day, .boot = 700, .synchronised = true});
  EXPECT_EQ(timeline(resumed, 700), last.now + milliseconds(21 * day));
  EXPECT_EQ(resumed.uncounted, milliseconds(0));
}

TEST(ResumedClock, CountsAShortTimeOffWhateverTheClock) {
  const auto resumed = resume(last, {.wall = wall + 90'000, .boot = 700, .synchronised = false});
  EXPECT_EQ(timeline(resumed, 700), last.now + milliseconds(90'000));
  EXPECT_EQ(resumed.uncounted, milliseconds(0));
}

TEST(ResumedClock, BelievesAClockAheadLittleUntilItIsSynchronised) {
  const auto resumed = resume(last, {.wall = wall + 21 * day, .boot = 700, .synchronised = false});
  EXPECT_EQ(timeline(resumed, 700), last.now + unsynchronised_off_max);
  EXPECT_EQ(resumed.uncounted, milliseconds(21 * day) - unsynchronised_off_max);
}

TEST(ResumedClock, NeverGoesBack) {
  for (const bool synchronised : {false, true}) {
    const auto resumed =
        resume(last, {.wall = wall - 9 * day, .boot = 700, .synchronised = synchronised});
    EXPECT_EQ(timeline(resumed, 700), last.now);
    EXPECT_EQ(resumed.uncounted, milliseconds(0));
  }
}

TEST(ResumedClock, FollowsTheBootClockFromThere) {
  const auto resumed = resume(last, {.wall = wall, .boot = 700, .synchronised = true});
  EXPECT_EQ(timeline(resumed, 700 + 3 * day), last.now + milliseconds(3 * day));
}

}  // namespace
}  // namespace winsome::daemon
