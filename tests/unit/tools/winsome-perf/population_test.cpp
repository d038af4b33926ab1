#include "tools/winsome-perf/population.h"

#include <gtest/gtest.h>

#include <set>

namespace winsome::perf {
namespace {

TEST(Population, DifferentNumbersAreDifferentNames) {
  std::set<nbns::Name> seen;
  for (std::uint32_t number = 0; number < 200'000; ++number) {
    ASSERT_TRUE(seen.insert(name_of(number)).second) << number;
    ASSERT_TRUE(seen.insert(missing_name(number)).second) << number;
  }
}

TEST(Population, AHostHasItsThreeNames) {
  for (const std::uint32_t host : {0U, 7U, 1'000'000U}) {
    const auto first = name_of(host * names_per_host);
    EXPECT_EQ(first.suffix(), 0x00);
    EXPECT_EQ(name_of(host * names_per_host + 1), first.with_suffix(0x03));
    EXPECT_EQ(name_of(host * names_per_host + 2), first.with_suffix(0x20));
  }
}

}  // namespace
}  // namespace winsome::perf
