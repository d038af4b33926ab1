#pragma once

#include <array>
#include <cstdint>

#include "server/names/record.h"

namespace winsome::conflict {

/// What a rule or a cell of the matrix says. All but the last four are a `Verdict` already.
enum class Outcome : std::uint8_t {
  keep,
  replace,
  propagate,
  demand,      // replace, and the old addresses are told to release
  by_version,  // of one and the same owner
  by_address,  // replace if the replica has all our addresses, else challenge
  by_members,  // C8
  by_matrix,   // C7
};

/// One stored type and state; one cell an incoming type, active or not (a replica that is not
/// active is a tombstone; what a test or a broken server sends as released is treated like one).
struct Row {
  names::RecordType type;
  names::State state;
  std::array<Outcome, 8> cells;
};
using Matrix = std::array<Row, 12>;

// The letters are those of the tables in C7.
// clang-format off
// NOLINTBEGIN(readability-identifier-naming)
namespace tables {

inline constexpr auto U = names::RecordType::unique, G = names::RecordType::normal_group,
                      S = names::RecordType::special_group, M = names::RecordType::multihomed;
inline constexpr auto A = names::State::active, R = names::State::released, T = names::State::tombstone;
// NOLINTEND(readability-identifier-naming)
inline constexpr auto keep = Outcome::keep, take = Outcome::replace, tell = Outcome::propagate,
                      demand = Outcome::demand, address = Outcome::by_address, members = Outcome::by_members;

/// C7.1: a replica of another owner. Addresses do not matter but for S-A against S-A.
inline constexpr Matrix replica_matrix = {{
    //         U-A   U-T     G-A   G-T     S-A      S-T     M-A   M-T
    {U, A,    {take, keep,   take, keep,   keep,    keep,   take, keep}},
    {U, R,    {take, take,   take, take,   take,    take,   take, take}},
    {U, T,    {take, take,   take, take,   take,    take,   take, take}},
    {G, A,    {keep, keep,   keep, keep,   keep,    keep,   keep, keep}},
    {G, R,    {keep, keep,   take, take,   take,    keep,   keep, keep}},  // S-A: decision 29
    {G, T,    {keep, keep,   take, take,   take,    take,   take, take}},
    {S, A,    {keep, keep,   keep, keep,   members, take,   keep, keep}},
    {S, R,    {take, take,   take, take,   take,    take,   take, take}},
    {S, T,    {take, take,   take, take,   take,    take,   take, take}},
    {M, A,    {take, keep,   take, keep,   keep,    keep,   take, keep}},
    {M, R,    {take, take,   take, take,   take,    take,   take, take}},
    {M, T,    {take, take,   take, take,   take,    take,   take, take}},
}};

/// C7.2: a record of ours; where nobody would yield, `keep` for its `propagate` (decision 30).
inline constexpr Matrix our_matrix = {{
    //         U-A      U-T     G-A     G-T     S-A      S-T     M-A      M-T
    {U, A,    {address, tell,   demand, keep,   demand,  tell,   address, tell}},
    {U, R,    {take,    take,   take,   take,   take,    take,   take,    take}},
    {U, T,    {take,    take,   take,   take,   take,    take,   take,    take}},
    {G, A,    {tell,    tell,   take,   tell,   keep,    tell,   tell,    tell}},
    {G, R,    {keep,    keep,   take,   take,   keep,    keep,   keep,    keep}},
    {G, T,    {keep,    keep,   take,   take,   take,    take,   take,    take}},
    {S, A,    {tell,    tell,   keep,   tell,   members, tell,   tell,    tell}},
    {S, R,    {take,    take,   take,   take,   take,    take,   take,    take}},
    {S, T,    {take,    take,   take,   take,   take,    take,   take,    take}},
    {M, A,    {address, tell,   demand, tell,   demand,  tell,   address, tell}},
    {M, R,    {take,    take,   take,   take,   take,    take,   take,    take}},
    {M, T,    {take,    take,   take,   take,   take,    take,   take,    take}},
}};

}  // namespace tables
// clang-format on

[[nodiscard]] constexpr std::size_t row_index(names::RecordType type, names::State state) {
  return static_cast<std::size_t>(type) * 3 + static_cast<std::size_t>(state);
}

[[nodiscard]] constexpr std::size_t column_index(names::RecordType type, names::State state) {
  return static_cast<std::size_t>(type) * 2 + (state == names::State::active ? 0 : 1);
}

[[nodiscard]] constexpr Outcome cell(const Matrix& matrix, std::size_t row, std::size_t column) {
  return matrix[row].cells[column];
}

static_assert(
    [] {
      for (std::size_t row = 0; row < 12; ++row) {
        const auto& theirs = tables::replica_matrix[row];
        const auto& ours = tables::our_matrix[row];
        if (row_index(theirs.type, theirs.state) != row) return false;
        if (row_index(ours.type, ours.state) != row) return false;
        // No cell leads to another table, and nothing that is not ours costs a version.
        for (std::size_t column = 0; column < 8; ++column) {
          const auto foreign = cell(tables::replica_matrix, row, column);
          const auto own = cell(tables::our_matrix, row, column);
          if (own == Outcome::by_matrix || own == Outcome::by_version) return false;
          if (foreign != Outcome::keep && foreign != Outcome::replace &&
              foreign != Outcome::by_members)
            return false;
        }
      }
      return true;
    }(),
    "each type and state has one row, at its own place, and each cell an end");

// Why it ends: a version of ours is given only where its owner, on hearing of it, lets go of what
// he has. Then he has nothing of his own to tell. Two servers that both kept theirs and both told
// would tell each other for ever.
static_assert(
    [] {
      using names::State;
      for (const auto& mine : tables::our_matrix) {
        if (mine.state == State::released) continue;  // never sent
        for (const auto& his : tables::our_matrix) {
          if (his.state == State::released) continue;
          const auto tells = cell(tables::our_matrix, row_index(mine.type, mine.state),
                                  column_index(his.type, his.state)) == Outcome::propagate;
          const auto yields = cell(tables::our_matrix, row_index(his.type, his.state),
                                   column_index(mine.type, mine.state));
          if (tells && yields != Outcome::replace && yields != Outcome::demand) return false;
        }
      }
      return true;
    }(),
    "whoever is told yields");

}  // namespace winsome::conflict
