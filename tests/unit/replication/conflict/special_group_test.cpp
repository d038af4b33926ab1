#include "replication/conflict/special_group.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/replication/conflict/fixture.h"

namespace winsome::conflict {
namespace {

/// 10.0.0.`host`
constexpr Ipv4 at(int host) {
  return {10, 0, 0, static_cast<std::uint8_t>(host)};
}

Member m(int host, char owner) {
  return member(at(host), owner);
}

Record group(char owner, Members members) {
  return record(RecordType::special_group, State::active, owner, std::move(members));
}

Members many(int first, int count, char owner) {
  Members members;
  for (int i = 0; i < count; ++i) members.push_back(m(first + i, owner));
  return members;
}

Members operator+(Members a, const Members& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Verdict meets(const Record& stored, const Record& incoming) {
  return resolve(&stored, incoming, {.us = us});
}

Merged merge(const Record& stored, const Record& incoming) {
  return merge_special_groups(stored, incoming, us, due, false);
}

using Owners = std::map<Ipv4, Ipv4>;

// C8
TEST(SpecialGroup, OursIsKeptAgainstTheSameList) {
  const Members list = {m(1, 'C'), m(2, 'B')};
  EXPECT_EQ(meets(group('C', list), group('B', {m(2, 'B'), m(1, 'C')})), Verdict::keep);
}

// C8
TEST(SpecialGroup, OursTakesWhatComesAndTellsIt) {
  const auto stored = group('C', {m(1, 'C')});
  const auto incoming = group('B', {m(2, 'B'), m(3, 'X')});
  ASSERT_EQ(meets(stored, incoming), Verdict::merge);
  const auto merged = merge(stored, incoming);
  EXPECT_TRUE(merged.ours);
  EXPECT_EQ(merged.record.owner, us);
  const Owners expected = {{at(1), us}, {at(2), server('B')}, {at(3), server('X')}};
  EXPECT_EQ(owners(merged.record.members), expected);
}

TEST(SpecialGroup, OursIsKeptWhenNothingComes) {
  const auto stored = group('C', {m(1, 'C'), m(2, 'B')});
  EXPECT_EQ(meets(stored, group('B', {m(2, 'B')})), Verdict::keep);
}

TEST(SpecialGroup, LosesWhatTheReplicasOwnerNoLongerLists) {
  for (const auto owner : {'A', 'C'}) {
    const auto stored = group(owner, {m(1, owner), m(2, 'B'), m(3, 'B'), m(4, 'X')});
    const auto incoming = group('B', {m(2, 'B')});
    ASSERT_EQ(meets(stored, incoming), Verdict::merge);
    const auto merged = merge(stored, incoming);
    EXPECT_EQ(merged.ours, owner == 'C');
    const Owners expected = {{at(1), server(owner)}, {at(2), server('B')}, {at(4), server('X')}};
    EXPECT_EQ(owners(merged.record.members), expected);
  }
}

TEST(SpecialGroup, KeepsWhatAnotherBroughtThoughTheReplicaLacksIt) {
  const auto stored = group('C', {m(1, 'C'), m(4, 'X')});
  const auto merged = merge(stored, group('B', {m(2, 'B')}));
  EXPECT_TRUE(owners(merged.record.members).contains(at(1)));
  EXPECT_TRUE(owners(merged.record.members).contains(at(4)));
}

// C8: a group that is left without members is ours, and over
TEST(SpecialGroup, LeftEmptyIsOursAndReleased) {
  const auto stored = group('A', {m(2, 'B')});
  const auto incoming = group('B', {});
  ASSERT_EQ(meets(stored, incoming), Verdict::merge);
  const auto merged = merge(stored, incoming);
  EXPECT_TRUE(merged.ours);
  EXPECT_EQ(merged.record.state, State::released);
  EXPECT_TRUE(merged.record.members.empty());
  EXPECT_EQ(merged.record.due, due);
}

// Decision 33
TEST(SpecialGroup, TakesAReplicaThatHasAllAsItIs) {
  const auto stored = group('A', {m(1, 'A')});
  EXPECT_EQ(meets(stored, group('B', {m(1, 'A'), m(2, 'B')})), Verdict::replace);
}

TEST(SpecialGroup, TakesStateNodeAndFlagOfTheReplica) {
  auto incoming = group('B', {m(2, 'B')});
  incoming.node = nbns::NodeType::m;
  const auto merged = merge(group('C', {m(1, 'C')}), incoming).record;
  EXPECT_EQ(merged.type, RecordType::special_group);
  EXPECT_EQ(merged.state, State::active);
  EXPECT_EQ(merged.node, nbns::NodeType::m);
}

TEST(SpecialGroup, GivesTimeToWhatComesAndToWhatTheOwnerConfirms) {
  const auto stored = group('C', {m(1, 'C'), m(2, 'B'), m(3, 'X')});
  const auto merged =
      merge(stored, group('B', {m(1, 'C'), m(2, 'B'), m(3, 'X'), m(4, 'B')})).record;
  std::map<Ipv4, Instant> dues;
  for (const auto& each : merged.members) dues[each.address] = each.due;
  const std::map<Ipv4, Instant> expected = {
      {at(1), held_due}, {at(2), due}, {at(3), held_due}, {at(4), due}};
  EXPECT_EQ(dues, expected);
}

// Decision 34
TEST(SpecialGroup, BelievesAServerAboutItsOwnMembers) {
  for (const auto holder : {'C', 'X'}) {
    const auto stored = group('C', {m(1, holder), m(2, 'C')});
    const auto incoming = group('B', {m(1, 'B'), m(2, 'C')});
    ASSERT_EQ(meets(stored, incoming), Verdict::merge);
    EXPECT_EQ(owners(merge(stored, incoming).record.members)[at(1)], server('B'));
  }
}

TEST(SpecialGroup, DoesNotBelieveAServerAboutTheMembersOfThirdParties) {
  const auto stored = group('C', {m(1, 'X'), m(2, 'B')});
  EXPECT_EQ(meets(stored, group('B', {m(1, 'A'), m(2, 'B')})), Verdict::keep);
}

TEST(SpecialGroup, GivesUpItsOwnMemberToWhomeverItIsSaidToBelong) {
  const auto stored = group('C', {m(1, 'C')});
  const auto incoming = group('B', {m(1, 'A')});
  ASSERT_EQ(meets(stored, incoming), Verdict::merge);
  EXPECT_EQ(owners(merge(stored, incoming).record.members)[at(1)], server('A'));
}

TEST(SpecialGroup, BringsNobodyBackWhoLeftUs) {
  const auto stored = group('C', {m(1, 'C')});
  EXPECT_EQ(meets(stored, group('B', {m(1, 'C'), m(2, 'C')})), Verdict::keep);
  const auto merged = merge(stored, group('B', {m(2, 'C'), m(3, 'B')}));
  const Owners expected = {{at(1), us}, {at(3), server('B')}};
  EXPECT_EQ(owners(merged.record.members), expected);
}

TEST(SpecialGroup, OfOthersTakesOurMembersFromThem) {  // a lost disk
  const auto stored = group('A', {m(1, 'A')});
  const auto merged = merge(stored, group('B', {m(2, 'B'), m(3, 'C')}));
  EXPECT_EQ(owners(merged.record.members)[at(3)], us);
}

// B2
TEST(SpecialGroup, TakesNobodyWhenFull) {
  const auto stored = group('C', many(1, 20, 'C') + many(21, 5, 'X'));
  EXPECT_EQ(meets(stored, group('B', many(100, 3, 'B'))), Verdict::keep);
}

TEST(SpecialGroup, TakesAsManyAsThereIsRoomFor) {
  const auto stored = group('C', many(1, 23, 'C'));
  const auto merged = merge(stored, group('B', many(100, 25, 'B'))).record;
  EXPECT_EQ(merged.members.size(), names::members_max);
  EXPECT_EQ(std::ranges::count(merged.members, us, &Member::owner), 23);
}

// B2, MemberPrec
TEST(SpecialGroup, PreferredMembersDisplaceTheOldestOfThirdParties) {
  auto stored = group('C', many(1, 22, 'C') + many(50, 3, 'X'));
  stored.members[23].due = held_due - seconds(1);  // 10.0.0.51
  const auto incoming = group('B', {m(100, 'B'), m(101, 'A')});
  EXPECT_EQ(resolve(&stored, incoming, {.us = us, .members_count_as_local = true}), Verdict::merge);
  const auto merged = merge_special_groups(stored, incoming, us, due, true).record;
  EXPECT_EQ(merged.members.size(), names::members_max);
  const auto after = owners(merged.members);
  EXPECT_FALSE(after.contains(at(51)));
  EXPECT_TRUE(after.contains(at(100)));
  EXPECT_FALSE(after.contains(at(101))) << "only the partner's own members are preferred";
}

// Decision 35
TEST(SpecialGroup, PreferredMembersDisplaceNoneOfOurs) {
  const auto stored = group('C', many(1, 25, 'C'));
  const auto incoming = group('B', many(100, 25, 'B'));
  EXPECT_EQ(resolve(&stored, incoming, {.us = us, .members_count_as_local = true}), Verdict::keep);
}

/// Servers that all hold the name and pull from those that `pulls` says, all at once or in turn,
/// until a round brings nothing.
struct Federation {
  std::vector<Record> servers;
  bool at_once = true;

  void pull(Record& mine, const Record& his, Ipv4 me) {
    if (his.owner == me) return;
    const auto verdict = resolve(&mine, his, {.us = me});
    if (verdict == Verdict::replace) {
      mine = his;
    } else if (verdict == Verdict::merge) {
      const auto merged = merge_special_groups(mine, his, me, due, false);
      const auto version = mine.version + 1;
      mine = merged.record;
      if (merged.ours) mine.version = version;
    }
  }

  /// Rounds until quiet; 20 is never.
  int settle() {
    for (int round = 0; round < 20; ++round) {
      const auto before = servers;
      for (std::size_t i = 0; i < servers.size(); ++i) {
        for (std::size_t j = 0; j < servers.size(); ++j) {
          const auto me = server(static_cast<char>('A' + i));
          if (i != j) pull(servers[i], at_once ? before[j] : servers[j], me);
        }
      }
      if (servers == before) return round;
    }
    return 20;
  }
};

TEST(SpecialGroup, ServersThatExchangeListsHoldTheSame) {
  for (const bool at_once : {false, true}) {
    Federation all{{group('A', {m(1, 'A')}), group('B', {m(2, 'B')}), group('C', {m(3, 'C')})},
                   at_once};
    EXPECT_LE(all.settle(), 3);
    const Owners expected = {{at(1), server('A')}, {at(2), server('B')}, {at(3), server('C')}};
    for (const auto& each : all.servers) EXPECT_EQ(owners(each.members), expected);
  }
}

TEST(SpecialGroup, ServersThatClaimTheSameMemberComeToRest) {
  for (const bool at_once : {false, true}) {
    Federation two{{group('A', {m(1, 'A')}), group('B', {m(1, 'B')})}, at_once};
    EXPECT_LE(two.settle(), 3);
    Federation three{{group('A', {m(1, 'A')}), group('B', {m(1, 'B')}), group('C', {m(1, 'C')})},
                     at_once};
    EXPECT_LE(three.settle(), 4);
    for (const auto& each : three.servers) EXPECT_EQ(each.members.size(), 1U);
  }
}

TEST(SpecialGroup, ServersWithMoreThanFitsComeToRest) {
  for (const bool at_once : {false, true}) {
    Federation all{{group('A', many(1, 20, 'A')), group('B', many(50, 20, 'B')),
                    group('C', many(100, 20, 'C'))},
                   at_once};
    EXPECT_LE(all.settle(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto own = server(static_cast<char>('A' + i));
      EXPECT_EQ(std::ranges::count(all.servers[i].members, own, &Member::owner), 20);
    }
  }
}

}  // namespace
}  // namespace winsome::conflict
