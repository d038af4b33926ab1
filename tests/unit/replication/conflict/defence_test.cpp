#include "replication/conflict/defence.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/conflict/fixture.h"

namespace winsome::conflict {
namespace {

constexpr Ipv4 one{10, 0, 0, 1};
constexpr Ipv4 two{10, 0, 0, 2};
constexpr Ipv4 three{10, 0, 0, 3};

Record ours(std::initializer_list<Ipv4> addresses) {
  auto made = record(RecordType::multihomed, State::active, 'C', {});
  for (const auto address : addresses) made.members.push_back(member(address, 'C'));
  return made;
}

Record theirs(std::initializer_list<Ipv4> addresses) {
  auto made = ours(addresses);
  made.owner = server('B');
  made.version = 9;
  made.node = nbns::NodeType::m;
  for (auto& m : made.members) m.owner = server('B');
  return made;
}

using Claimed = std::vector<Ipv4>;

// C9
TEST(Defence, SilenceOrDenialGivesTheNameAway) {
  EXPECT_EQ(judge(ours({one}), theirs({two}), Claimed{}), Defence::replace);
}

TEST(Defence, AHostWithoutTheReplicasAddressesKeepsTheName) {
  EXPECT_EQ(judge(ours({one}), theirs({two}), Claimed{one}), Defence::keep);
  EXPECT_EQ(judge(ours({one}), theirs({two}), Claimed{three}), Defence::keep);
  EXPECT_EQ(judge(ours({one}), theirs({two, three}), Claimed{one, two}), Defence::keep);
}

TEST(Defence, AHostWithTheReplicasAddressesOnlyIsToldToRelease) {
  EXPECT_EQ(judge(ours({one}), theirs({two}), Claimed{two}), Defence::keep_and_demand);
  EXPECT_EQ(judge(ours({one, two}), theirs({two}), Claimed{two, three}), Defence::keep_and_demand);
}

TEST(Defence, AHostWithAllAddressesIsMultihomed) {
  EXPECT_EQ(judge(ours({one}), theirs({two}), Claimed{three, two, one}), Defence::merge);
  EXPECT_EQ(judge(ours({one, two}), theirs({one}), Claimed{one, two}), Defence::merge);
}

TEST(MultihomedMerge, IsTheReplicasRecordWithOurRemainingAddresses) {
  const auto merged = merge_multihomed(ours({one, two}), theirs({two, three}), due);
  EXPECT_EQ(merged.type, RecordType::multihomed);
  EXPECT_EQ(merged.state, State::active);
  EXPECT_EQ(merged.owner, server('B'));
  EXPECT_EQ(merged.version, 9U);
  EXPECT_EQ(merged.node, nbns::NodeType::m);
  EXPECT_EQ(merged.due, due);
  const Members expected = {{two, server('B'), due}, {three, server('B'), due}, {one, us, due}};
  EXPECT_EQ(merged.members, expected);
}

TEST(MultihomedMerge, OfUniqueRecordsIsMultihomed) {
  auto stored = ours({one});
  auto incoming = theirs({two});
  stored.type = incoming.type = RecordType::unique;
  EXPECT_EQ(merge_multihomed(stored, incoming, due).type, RecordType::multihomed);
}

TEST(MultihomedMerge, TakesTheReplicasStaticFlag) {
  auto incoming = theirs({two});
  incoming.is_static = true;
  EXPECT_TRUE(merge_multihomed(ours({one}), incoming, due).is_static);
}

// B2
TEST(MultihomedMerge, HoldsNoMoreThanARecordMay) {
  auto stored = ours({});
  auto incoming = theirs({});
  for (std::uint8_t i = 1; i <= 20; ++i) {
    stored.members.push_back(member({10, 0, 1, i}, 'C'));
    incoming.members.push_back(member({10, 0, 2, i}, 'B'));
  }
  const auto merged = merge_multihomed(stored, incoming, due);
  EXPECT_EQ(merged.members.size(), names::members_max);
  for (const auto& m : incoming.members) EXPECT_TRUE(owners(merged.members).contains(m.address));
}

}  // namespace
}  // namespace winsome::conflict
