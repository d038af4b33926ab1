#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "replication/conflict/matrix.h"
#include "server/names/record.h"

namespace winsome::conflict {

/// Whose the stored record is.
enum class Standing : std::uint8_t { same_owner, replica, ours };
inline constexpr std::size_t standing_count = 3;

/// How firmly a record stands. Static counts while it is active only: what was deleted beats
/// nobody.
enum class Hold : std::uint8_t {
  loose,     // dynamic, or not active
  softened,  // a stored static that `migrate_on` treats as dynamic (B9)
  fixed,     // static
};
inline constexpr std::size_t hold_count = 3;

[[nodiscard]] constexpr Hold hold(names::RecordType type, names::State state, bool is_static,
                                  bool migrate_on) {
  if (!is_static || state != names::State::active) return Hold::loose;
  return migrate_on && names::is_single(type) ? Hold::softened : Hold::fixed;
}

namespace tables {

/// Sets of the enumerators above, one bit each.
using Set = std::uint8_t;
[[nodiscard]] constexpr bool contains(Set set, auto enumerator) {
  return (set >> static_cast<unsigned>(enumerator) & 1U) != 0;
}
inline constexpr Set same_owner = 1, replica = 2, ours = 4, other_owner = replica | ours;
inline constexpr Set loose = 1, softened = 2, fixed = 4, any = 7;

}  // namespace tables

/// One line of C6's order; the first that fits decides.
struct Rule {
  tables::Set stored_is;
  tables::Set stored_holds;
  tables::Set incoming_holds;
  Outcome outcome;
};

// Fact base C6, with its numbers; rule 1 is the unknown name. With migrate_on, rules 2 to 4 look
// away from a stored static.
// clang-format off
inline constexpr std::array order = [] {
  using namespace tables;
  return std::array{
      //   stored is   stored holds  incoming holds
      Rule{replica,     fixed,        any,           Outcome::keep},// 2
      Rule{ours,        fixed,        fixed,         Outcome::keep},// 2
      Rule{ours,        fixed,        loose,         Outcome::propagate},// 3
      Rule{other_owner, loose,        fixed,         Outcome::replace},// 4
      Rule{same_owner,  any,          any,           Outcome::by_version},// 5
      Rule{replica,     any,          any,           Outcome::by_matrix},// 6
      Rule{ours,        any,          any,           Outcome::by_matrix},// 7
  };
}();
// clang-format on

/// The place in `order` of the rule that decides; every pair of records has one.
[[nodiscard]] constexpr std::size_t first_rule(Standing standing, Hold stored, Hold incoming) {
  std::size_t i = 0;
  while (i < order.size() && !(tables::contains(order[i].stored_is, standing) &&
                               tables::contains(order[i].stored_holds, stored) &&
                               tables::contains(order[i].incoming_holds, incoming)))
    ++i;
  return i;
}

static_assert(
    [] {
      std::array<bool, order.size()> used{};
      for (std::size_t standing = 0; standing < standing_count; ++standing) {
        for (std::size_t stored = 0; stored < hold_count; ++stored) {
          for (const auto incoming : {Hold::loose, Hold::fixed}) {
            const auto rule =
                first_rule(static_cast<Standing>(standing), static_cast<Hold>(stored), incoming);
            if (rule == order.size()) return false;
            used[rule] = true;
          }
        }
      }
      return std::ranges::all_of(used, [](bool b) { return b; });
    }(),
    "each pair of records meets a rule, and no rule is idle");

// The matrix's promise that whoever is told yields, for the rule that tells outside of it.
static_assert(order[first_rule(Standing::ours, Hold::fixed, Hold::loose)].outcome ==
                  Outcome::propagate &&
              order[first_rule(Standing::ours, Hold::loose, Hold::fixed)].outcome ==
                  Outcome::replace);

}  // namespace winsome::conflict
