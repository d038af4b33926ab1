#include "replication/conflict/order.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/conflict/fixture.h"

namespace winsome::conflict {
namespace {

constexpr Ipv4 address{10, 0, 0, 1};
constexpr Ipv4 other_address{10, 0, 0, 2};
constexpr std::array types = {RecordType::unique, RecordType::normal_group,
                              RecordType::special_group, RecordType::multihomed};
constexpr std::array states = {State::active, State::released, State::tombstone};

/// What the tables say of a whole combination, or nothing where they would say nothing.
consteval bool each_combination_has_an_outcome() {
  for (const auto standing : {Standing::same_owner, Standing::replica, Standing::ours})
    for (const auto type : types)
      for (const auto state : states)
        for (const auto incoming_type : types)
          for (const auto incoming_state : states)
            for (const unsigned flags : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
              const auto rule = first_rule(standing, hold(type, state, flags & 1U, flags & 4U),
                                           hold(incoming_type, incoming_state, flags & 2U, false));
              if (rule == order.size()) return false;
              const bool from_table = order[rule].outcome == Outcome::by_matrix;
              if (from_table == (standing == Standing::same_owner)) {
                if (from_table) return false;
                continue;
              }
              if (!from_table) continue;
              const auto& matrix =
                  standing == Standing::ours ? tables::our_matrix : tables::replica_matrix;
              const auto found =
                  cell(matrix, row_index(type, state), column_index(incoming_type, incoming_state));
              if (found == Outcome::by_matrix || found == Outcome::by_version) return false;
              // Two groups' lists are compared where there are two groups, addresses where one
              // host has ours and another may have theirs.
              const bool groups = type == RecordType::special_group && type == incoming_type &&
                                  state == State::active && state == incoming_state;
              if ((found == Outcome::by_members) != groups) return false;
              const bool hosts = names::is_single(type) && names::is_single(incoming_type) &&
                                 state == State::active && state == incoming_state &&
                                 standing == Standing::ours;
              if ((found == Outcome::by_address) != hosts) return false;
            }
  return true;
}
static_assert(each_combination_has_an_outcome());

Record unique(char owner, Ipv4 at = address) {
  return record(RecordType::unique, State::active, owner, {member(at, owner)});
}

Record fixed(Record r) {
  r.is_static = true;
  return r;
}

Record dead(Record r) {
  r.state = State::tombstone;
  return r;
}

Record of(RecordType type, Record r) {
  r.type = type;
  return r;
}

Record version(std::uint64_t number, Record r) {
  r.version = number;
  return r;
}

Verdict meets(const Record& stored, const Record& incoming, bool migrate_on = false) {
  return resolve(&stored, incoming, {.us = us, .migrate_on = migrate_on});
}

// C6
TEST(Order, AddsAnUnknownName) {
  EXPECT_EQ(resolve(nullptr, unique('B'), {.us = us}), Verdict::add);
  EXPECT_EQ(resolve(nullptr, dead(unique('B')), {.us = us}), Verdict::add);
}

// C6 rule 2
TEST(Order, KeepsAStaticReplicaAgainstAnotherOwner) {
  EXPECT_EQ(meets(fixed(unique('A')), unique('B')), Verdict::keep);
  EXPECT_EQ(meets(fixed(unique('A')), fixed(unique('B'))), Verdict::keep);
  EXPECT_EQ(meets(fixed(unique('A')), dead(unique('B'))), Verdict::keep);
}

// C6 rule 2
TEST(Order, KeepsOurStaticAgainstAStatic) {
  EXPECT_EQ(meets(fixed(unique('C')), fixed(unique('B'))), Verdict::keep);
}

// C6 rule 3, decision 16
TEST(Order, TellsOfOurStaticWhoeverHasItDynamic) {
  EXPECT_EQ(meets(fixed(unique('C')), unique('B')), Verdict::propagate);
  EXPECT_EQ(meets(fixed(unique('C')), unique('B', other_address)), Verdict::propagate);
  EXPECT_EQ(meets(fixed(unique('C')), dead(unique('B'))), Verdict::propagate);
  EXPECT_EQ(meets(of(RecordType::special_group, fixed(unique('C'))),
                  of(RecordType::special_group, unique('B'))),
            Verdict::propagate);
}

// C6 rule 4
TEST(Order, TakesAStaticInPlaceOfADynamic) {
  EXPECT_EQ(meets(unique('C'), fixed(unique('B', other_address))), Verdict::replace);
  EXPECT_EQ(meets(unique('A'), fixed(unique('B', other_address))), Verdict::replace);
  EXPECT_EQ(meets(of(RecordType::normal_group, unique('C')), fixed(unique('B'))), Verdict::replace);
}

// Decision 31
TEST(Order, LetsADeletedStaticBeatNobody) {
  EXPECT_EQ(meets(dead(fixed(unique('A'))), unique('B')), Verdict::replace);
  EXPECT_EQ(meets(dead(fixed(unique('C'))), unique('B')), Verdict::replace);
  EXPECT_EQ(meets(unique('C'), dead(fixed(unique('B')))), Verdict::propagate);
}

// C6 rule 5
TEST(Order, TakesWhateverIsNewerOfTheSameOwner) {
  for (const auto owner : {'A', 'C'}) {
    const auto stored = version(5, unique(owner));
    EXPECT_EQ(meets(stored, version(6, unique(owner, other_address))), Verdict::replace);
    EXPECT_EQ(meets(stored, version(6, dead(unique(owner)))), Verdict::replace);
    EXPECT_EQ(meets(stored, version(6, of(RecordType::normal_group, unique(owner)))),
              Verdict::replace);
    EXPECT_EQ(meets(fixed(stored), version(6, unique(owner))), Verdict::replace);
    EXPECT_EQ(meets(stored, version(6, fixed(unique(owner)))), Verdict::replace);
  }
}

TEST(Order, KeepsWhatIsAsNewOfTheSameOwner) {
  for (const auto owner : {'A', 'C'}) {
    const auto stored = version(5, unique(owner));
    EXPECT_EQ(meets(stored, version(5, unique(owner))), Verdict::keep);
    EXPECT_EQ(meets(stored, version(4, unique(owner, other_address))), Verdict::keep);
    EXPECT_EQ(meets(fixed(stored), version(5, unique(owner))), Verdict::keep);
    EXPECT_EQ(meets(stored, version(5, fixed(unique(owner)))), Verdict::keep);
  }
}

// B9
TEST(Order, MigratingTreatsAStaticHostAsDynamic) {
  EXPECT_EQ(meets(fixed(unique('A')), unique('B', other_address), true), Verdict::replace);
  EXPECT_EQ(meets(fixed(unique('A')), dead(unique('B')), true), Verdict::keep);
  EXPECT_EQ(meets(fixed(unique('C')), unique('B'), true), Verdict::replace);
  EXPECT_EQ(meets(fixed(unique('C')), unique('B', other_address), true), Verdict::challenge);
  EXPECT_EQ(meets(fixed(unique('C')), fixed(unique('B', other_address)), true), Verdict::challenge);
  EXPECT_EQ(meets(of(RecordType::multihomed, fixed(unique('C'))), unique('B', other_address), true),
            Verdict::challenge);
}

// B9
TEST(Order, MigratingLeavesStaticGroupsStatic) {
  for (const auto group : {RecordType::normal_group, RecordType::special_group}) {
    EXPECT_EQ(meets(of(group, fixed(unique('A'))), of(group, unique('B')), true), Verdict::keep);
    EXPECT_EQ(meets(of(group, fixed(unique('C'))), of(group, unique('B')), true),
              Verdict::propagate);
  }
}

// C7.2 note 3
TEST(Order, ChallengesUnlessTheReplicaHasAllOurAddresses) {
  const auto both = record(RecordType::multihomed, State::active, 'B',
                           {member(address, 'B'), member(other_address, 'B')});
  EXPECT_EQ(meets(unique('C'), both), Verdict::replace);
  EXPECT_EQ(meets(unique('C'), unique('B')), Verdict::replace);
  EXPECT_EQ(meets(unique('C'), unique('B', other_address)), Verdict::challenge);
  const auto ours = record(RecordType::multihomed, State::active, 'C',
                           {member(address, 'C'), member(other_address, 'C')});
  EXPECT_EQ(meets(ours, both), Verdict::replace);
  EXPECT_EQ(meets(ours, unique('B')), Verdict::challenge);
}

/// Two servers pull from each other until neither has news.
int versions_given(Record x, Record y) {
  int given = 0;
  for (bool news = true; news && given < 10;) {
    news = false;
    const auto pull = [&](Record& mine, const Record& his, Ipv4 me) {
      if (his.owner == me || his.state == State::released) return;
      switch (resolve(&mine, his, {.us = me})) {
        case Verdict::replace:
        case Verdict::demand_release: mine = his; break;
        case Verdict::propagate:
          ++mine.version;
          ++given;
          news = true;
          break;
        default: break;
      }
    };
    const auto before = x;
    pull(x, y, server('A'));
    pull(y, before, server('B'));
  }
  return given;
}

// Decision 30
TEST(Order, NoTwoServersTellEachOtherForEver) {
  for (const auto type : types)
    for (const auto state : states)
      for (const auto other_type : types)
        for (const auto other_state : states)
          for (const unsigned flags : {0U, 1U, 2U, 3U}) {
            auto x = record(type, state, 'A', {member(address, 'A')});
            auto y = record(other_type, other_state, 'B', {member(other_address, 'B')});
            x.is_static = (flags & 1U) != 0;
            y.is_static = (flags & 2U) != 0;
            EXPECT_LE(versions_given(x, y), 1)
                << names::to_text(type) << ' ' << names::to_text(state) << " and "
                << names::to_text(other_type) << ' ' << names::to_text(other_state);
          }
}

}  // namespace
}  // namespace winsome::conflict
