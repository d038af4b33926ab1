#include "tools/winsome-perf/latencies.h"

#include <gtest/gtest.h>

namespace winsome::perf {
namespace {

using std::chrono::nanoseconds;

TEST(Latencies, PercentilesAreExactToTwoPercent) {
  Latencies latencies;
  for (int us = 1; us <= 10'000; ++us) latencies.add(std::chrono::microseconds(us));
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto exact = percent * 100'000;
    const auto found = static_cast<double>(latencies.percentile(percent).count());
    EXPECT_GE(found, exact) << percent;
    EXPECT_LE(found, exact * 1.02) << percent;
  }
}

TEST(Latencies, SmallAndHugeOnesHaveTheirPlace) {
  Latencies latencies;
  latencies.add(nanoseconds(0));
  latencies.add(nanoseconds(63));
  latencies.add(std::chrono::hours(100));
  EXPECT_EQ(latencies.percentile(1), nanoseconds(0));
  EXPECT_EQ(latencies.percentile(50), nanoseconds(63));
  EXPECT_GT(latencies.percentile(100), std::chrono::minutes(10));
  EXPECT_EQ(latencies.max(), std::chrono::hours(100));
}

TEST(Latencies, NothingIsNothing) {
  const Latencies latencies;
  EXPECT_EQ(latencies.percentile(99), nanoseconds(0));
  EXPECT_EQ(latencies.mean(), nanoseconds(0));
}

TEST(Latencies, NoPercentileIsAboveTheLongest) {
  Latencies latencies;
  latencies.add(nanoseconds(1'000'001));
  EXPECT_EQ(latencies.percentile(99.9), nanoseconds(1'000'001));
}

}  // namespace
}  // namespace winsome::perf
