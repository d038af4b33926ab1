#include "server/store/refresh_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/server/store/records.h"

namespace winsome::store {
namespace {

using Changes = std::vector<names::Change>;

std::vector<std::uint8_t> packed(const std::vector<names::TouchRecord>& touches) {
  std::vector<std::uint8_t> octets;
  for (const auto& touch : touches) pack_refresh(octets, touch);
  return octets;
}

bool whole(Octets octets) {
  return unpack_refreshes(octets, [](const nbns::ScopedNameView&, Instant) {});
}

std::vector<nbns::ScopedName> names_in(const RefreshLog::Slice& slice) {
  std::vector<nbns::ScopedName> names;
  for (auto refresh = slice.begin; refresh != slice.end; ++refresh) names.push_back(refresh->first);
  return names;
}

/// Commits a batch the way the store does, and gives the slice that went with it.
RefreshLog::Slice commit(RefreshLog& log, std::uint64_t batch, const Changes& changes) {
  const auto slice = log.slice(changes.size());
  log.committed(batch, changes, slice);
  return slice;
}

TEST(RefreshPacking, ARefreshTakesTwentyFiveOctets) {
  EXPECT_EQ(packed({touch("FRED", 1)}).size(), 25U);
}

TEST(RefreshPacking, KeepsNamesScopesAndTimes) {
  const std::string longest(nbns::scope_length_max, 'x');
  const auto octets =
      packed({touch("FRED", 1), {name_of("FRED", longest), never}, {name_of("A", "b.c"), at(-1)}});
  std::vector<std::pair<nbns::ScopedName, Instant>> found;
  ASSERT_TRUE(unpack_refreshes(octets, [&](const nbns::ScopedNameView& name, Instant due) {
    found.emplace_back(nbns::ScopedName(name), due);
  }));
  const std::vector<std::pair<nbns::ScopedName, Instant>> expected{
      {name_of("FRED"), at(1)}, {name_of("FRED", longest), never}, {name_of("A", "b.c"), at(-1)}};
  EXPECT_EQ(found, expected);
}

TEST(RefreshPacking, RefusesEveryPrefixThatCutsARefresh) {
  const auto octets = packed({touch("FRED", 1), {name_of("A", "b.c"), at(2)}});
  for (std::size_t size = 1; size < octets.size(); ++size) {
    EXPECT_EQ(whole(Octets(octets).first(size)), size == 25) << size;
  }
}

TEST(RefreshPacking, RefusesAScopeThatIsTooLong) {
  std::vector<std::uint8_t> octets(25 + 240);
  octets[24] = 240;
  EXPECT_FALSE(whole(octets));
  octets.resize(25 + 239);
  octets[24] = 239;
  EXPECT_TRUE(whole(octets));
}

TEST(RefreshLog, FoldsNothingBeforeAGenerationIsFull) {
  RefreshLog log(3);
  commit(log, 1, {touch("A", 1), touch("B", 1)});
  EXPECT_TRUE(names_in(log.slice(1)).empty());
  EXPECT_EQ(log.slice(1).through, 0U);
}

TEST(RefreshLog, FoldsInTheOrderOfNamesTwiceAsFastAsRefreshesCome) {
  RefreshLog log(4);
  commit(log, 1, {touch("D", 1), touch("B", 1)});
  commit(log, 2, {touch("C", 2), touch("A", 2)});

  const auto first = log.slice(1);
  EXPECT_EQ(names_in(first), (std::vector{name_of("A"), name_of("B")}));
  EXPECT_EQ(first.through, 0U);
  log.committed(3, Changes{touch("E", 3)}, first);

  const auto second = log.slice(1);
  EXPECT_EQ(names_in(second), (std::vector{name_of("C"), name_of("D")}));
  EXPECT_EQ(second.through, 2U);  // batch 3 belongs to the next generation
  log.committed(4, Changes{touch("F", 4)}, second);

  EXPECT_EQ(log.slice(9).through, 0U);
  EXPECT_EQ(log.find(name_of("A")), nullptr);
  ASSERT_NE(log.find(name_of("E")), nullptr);
}

TEST(RefreshLog, ABatchWithoutRefreshesFoldsNothing) {
  RefreshLog log(1);
  commit(log, 1, {touch("A", 1)});
  EXPECT_TRUE(names_in(log.slice(0)).empty());
  EXPECT_EQ(log.slice(0).through, 0U);
}

TEST(RefreshLog, RepeatedNamesFillAGenerationToo) {
  RefreshLog log(3);
  for (std::uint64_t batch = 1; batch <= 3; ++batch) {
    commit(log, batch, {touch("A", static_cast<std::int64_t>(batch))});
  }
  const auto slice = log.slice(1);
  ASSERT_EQ(names_in(slice), std::vector{name_of("A")});
  EXPECT_EQ(slice.begin->second.due, at(3));
  EXPECT_EQ(slice.through, 3U);
}

TEST(RefreshLog, ASliceThatWasNotCommittedIsOfferedAgain) {
  RefreshLog log(1);
  commit(log, 1, {touch("A", 1)});
  const auto failed = log.slice(1);
  EXPECT_EQ(names_in(failed), std::vector{name_of("A")});
  EXPECT_EQ(names_in(log.slice(1)), names_in(failed));
  EXPECT_EQ(log.slice(1).through, 1U);
}

TEST(RefreshLog, FindsTheNewestOfANameInBothGenerations) {
  RefreshLog log(1);
  commit(log, 1, {touch("A", 1)});  // now the generation that is folded
  log.committed(2, Changes{touch("A", 2)}, log.slice(0));
  ASSERT_NE(log.find(name_of("A")), nullptr);
  EXPECT_EQ(log.find(name_of("A"))->due, at(2));
  EXPECT_EQ(log.find(name_of("A"))->batch, 2U);
}

TEST(RefreshLog, WhatTheTableHeldIsFoldedAfterARestart) {
  RefreshLog log(2);
  ASSERT_TRUE(log.restore(7, packed({touch("B", 1)})));
  ASSERT_TRUE(log.restore(9, packed({touch("A", 2), touch("B", 2)})));
  EXPECT_EQ(log.find(name_of("B"))->batch, 9U);
  commit(log, 10, {touch("C", 3)});
  const auto slice = log.slice(5);
  EXPECT_EQ(names_in(slice), (std::vector{name_of("A"), name_of("B"), name_of("C")}));
  EXPECT_EQ(slice.through, 10U);
}

}  // namespace
}  // namespace winsome::store
