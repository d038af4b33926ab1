#include "replication/engine/schedule.h"

#include <gtest/gtest.h>

namespace winsome::replication {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Instant midnight{std::chrono::days(20'000)};

Moment at(milliseconds time, milliseconds local_offset = milliseconds(0)) {
  return {midnight + time, local_offset};
}

TEST(Schedule, ATimeOfDayIsTodayOrTomorrow) {
  EXPECT_EQ(next_time_of_day(hours(2), at(hours(1))), midnight + hours(2));
  EXPECT_EQ(next_time_of_day(hours(2), at(hours(2))), midnight + hours(2));
  EXPECT_EQ(next_time_of_day(hours(2), at(hours(3))), midnight + hours(26));
}

TEST(Schedule, ATimeOfDayIsLocal) {
  // Midnight on the timeline is five in the afternoon of the day before: nine hours until two.
  EXPECT_EQ(next_time_of_day(hours(2), at(hours(0), -hours(7))), midnight + hours(9));
  EXPECT_EQ(next_time_of_day(hours(2), at(hours(0), hours(1))), midnight + hours(1));
}

TEST(Schedule, AnIntervalCountsFromTheLastTime) {
  EXPECT_EQ(next_regular(minutes(30), {}, midnight, at(minutes(0))), midnight + minutes(30));
}

TEST(Schedule, WhatWasMissedIsDoneOnceAndNow) {
  EXPECT_EQ(next_regular(minutes(30), {}, midnight, at(hours(9))), midnight + hours(9));
}

// B13: SpTime and TimeInterval.
TEST(Schedule, AStartPutsTheIntervalsOnAGrid) {
  const auto start = hours(1);
  EXPECT_EQ(next_regular(hours(6), start, midnight, at(hours(0))), midnight + hours(1));
  EXPECT_EQ(next_regular(hours(6), start, midnight, at(hours(1))), midnight + hours(7));
  EXPECT_EQ(next_regular(hours(6), start, midnight, at(hours(8))), midnight + hours(13));
  EXPECT_EQ(next_regular(hours(6), start, midnight, at(hours(20))), midnight + hours(25));
}

TEST(Schedule, TheGridBeginsAnewEachDay) {
  // Every ten hours from one: at one, eleven, twenty-one, and at one again.
  EXPECT_EQ(next_regular(hours(10), hours(1), midnight, at(hours(21))), midnight + hours(25));
}

TEST(Schedule, AStartWithoutIntervalIsOnceADay) {
  EXPECT_EQ(next_regular(seconds(0), hours(3), midnight, at(hours(1))), midnight + hours(3));
  EXPECT_EQ(next_regular(seconds(0), hours(3), midnight, at(hours(3))), midnight + hours(27));
}

TEST(Schedule, WithoutBothItIsByHandOnly) {
  EXPECT_EQ(next_regular(seconds(0), {}, midnight, at(hours(1))), never);
}

TEST(Schedule, EveryFailureDoublesTheWaitUpToTenMinutes) {
  EXPECT_EQ(back_off(seconds(30), 1), seconds(30));
  EXPECT_EQ(back_off(seconds(30), 2), seconds(60));
  EXPECT_EQ(back_off(seconds(30), 3), seconds(120));
  EXPECT_EQ(back_off(seconds(30), 6), minutes(10));
  EXPECT_EQ(back_off(seconds(30), 4'000'000), minutes(10));
}

TEST(Schedule, AnAdministratorsLongWaitIsKept) {
  EXPECT_EQ(back_off(hours(1), 1), hours(1));
  EXPECT_EQ(back_off(hours(1), 5), hours(1));
}

}  // namespace
}  // namespace winsome::replication
