#include "server/services/probe_table.h"

#include <gtest/gtest.h>

namespace winsome::services {
namespace {

constexpr Instant start{milliseconds(1'000'000)};
constexpr Ipv4 one{10, 77, 1, 1};
constexpr Ipv4 two{10, 77, 1, 2};

dhcp::Probe probe(Ipv4 address, int timeout = 300) {
  return {.address = address, .interface = 3, .timeout = milliseconds(timeout)};
}

std::vector<Ipv4> addresses(const std::vector<dhcp::Probe>& probes) {
  std::vector<Ipv4> found;
  for (const auto& each : probes) found.push_back(each.address);
  return found;
}

TEST(ProbeTable, AsksOnceMoreAfterHalfTheTime) {
  ProbeTable table;
  EXPECT_EQ(table.wake_at(), never);
  ASSERT_TRUE(table.add(probe(one), start));
  EXPECT_EQ(table.wake_at(), start + milliseconds(150));
  EXPECT_TRUE(table.due(start + milliseconds(149)).again.empty());
  const auto due = table.due(start + milliseconds(150));
  EXPECT_EQ(addresses(due.again), std::vector{one});
  EXPECT_EQ(due.again.at(0).interface, 3U);
  EXPECT_TRUE(due.silent.empty());
}

TEST(ProbeTable, GivesUpAtTheEnd) {
  ProbeTable table;
  ASSERT_TRUE(table.add(probe(one), start));
  static_cast<void>(table.due(start + milliseconds(150)));
  EXPECT_EQ(table.wake_at(), start + milliseconds(300));
  EXPECT_TRUE(table.due(start + milliseconds(299)).silent.empty());
  EXPECT_EQ(table.due(start + milliseconds(300)).silent, std::vector{one});
  EXPECT_EQ(table.wake_at(), never);
  EXPECT_FALSE(table.answered(one));
}

TEST(ProbeTable, AThreadThatComesTooLateAsksNoMore) {
  ProbeTable table;
  ASSERT_TRUE(table.add(probe(one), start));
  const auto due = table.due(start + milliseconds(301));
  EXPECT_TRUE(due.again.empty());
  EXPECT_EQ(due.silent, std::vector{one});
}

TEST(ProbeTable, AnAnswerCountsOnce) {
  ProbeTable table;
  ASSERT_TRUE(table.add(probe(one), start));
  ASSERT_TRUE(table.add(probe(two, 100), start));
  EXPECT_TRUE(table.answered(two));
  EXPECT_FALSE(table.answered(two));
  EXPECT_EQ(table.wake_at(), start + milliseconds(150));
  EXPECT_EQ(addresses(table.due(start + milliseconds(150)).again), std::vector{one});
}

TEST(ProbeTable, OneThatIsPendingIsNotAskedAnew) {
  ProbeTable table;
  ASSERT_TRUE(table.add(probe(one), start));
  ASSERT_TRUE(table.add(probe(one), start + milliseconds(200)));
  static_cast<void>(table.due(start + milliseconds(200)));
  EXPECT_EQ(table.due(start + milliseconds(300)).silent, std::vector{one});
  EXPECT_EQ(table.wake_at(), never);
}

TEST(ProbeTable, HasALimit) {
  ProbeTable table;
  for (std::uint32_t i = 0; i < ProbeTable::size_max; ++i)
    ASSERT_TRUE(table.add(probe(Ipv4(i + 1)), start));
  EXPECT_FALSE(table.add(probe(two), start));
  EXPECT_TRUE(table.answered(Ipv4(1)));
  EXPECT_TRUE(table.add(probe(two), start));
}

}  // namespace
}  // namespace winsome::services
