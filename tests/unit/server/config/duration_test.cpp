#include "server/config/duration.h"

#include <gtest/gtest.h>

namespace winsome::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, TakesEveryUnit) {
  EXPECT_EQ(parse_duration("6d"), 144h);
  EXPECT_EQ(parse_duration("3h"), 3h);
  EXPECT_EQ(parse_duration("40m"), 40min);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
}

TEST(Duration, AddsUnitsThatGrowSmaller) {
  EXPECT_EQ(parse_duration("2h30m"), 150min);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms"), 26h + 3min + 4s + 5ms);
}

TEST(Duration, RefusesUnitsOutOfOrderOrTwice) {
  EXPECT_FALSE(parse_duration("30m2h"));
  EXPECT_FALSE(parse_duration("1h1h"));
  EXPECT_FALSE(parse_duration("1ms1s"));
}

TEST(Duration, RefusesWhatHasNoNumberOrNoUnit) {
  for (const auto* text : {"", "d", "6", "6d3", "d6", "6 d", " 6d", "6d ", "-6d", "+6d", "1.5h",
                           "6w", "6D", "6days", "1e3s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, NeedsNoUnitWhenItIsNone) {
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_FALSE(parse_duration("00"));
}

TEST(Duration, RefusesNumbersThatCouldOverflow) {
  EXPECT_TRUE(parse_duration("999999999d999999999h999999999m999999999s999999999ms"));
  EXPECT_FALSE(parse_duration("1000000000s"));
  EXPECT_FALSE(parse_duration("99999999999999999999999d"));
}

TEST(Duration, IsPrintedAsItIsRead) {
  EXPECT_EQ(to_text(144h), "6d");
  EXPECT_EQ(to_text(150min), "2h30m");
  EXPECT_EQ(to_text(500ms), "500ms");
  EXPECT_EQ(to_text(61s), "1m1s");
  EXPECT_EQ(to_text(0s), "0s");
  for (const auto* text : {"6d", "2h30m", "1d2h3m4s5ms", "0s"}) {
    EXPECT_EQ(to_text(parse_duration(text).value()), text);
  }
}

}  // namespace
}  // namespace winsome::config
