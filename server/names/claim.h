#pragma once

#include <array>
#include <cstdint>

#include "server/names/record.h"

namespace winsome::names {

/// What a registration or refresh meets.
enum class Verdict : std::uint8_t {
  add,        // a new record of ours
  keep,       // positive, nothing changes
  refuse,     // ACT_ERR
  extend,     // the same registrant again: time, and ownership if it was a replica's
  join,       // a member of a special group: refreshed, or added
  contest,    // its own address: extend; another: challenge the present owner
  challenge,  // whoever asks, the present owner is challenged
};

/// The stored record, as far as it decides.
enum class Holder : std::uint8_t {
  nobody,
  static_single,  // unique or multihomed, active
  static_group,   // normal or special, active
  group,          // normal group, active
  group_down,     // normal group, released or tombstone
  single,         // unique or multihomed, active
  special,        // special group, active
  down,           // unique, multihomed or special, released or tombstone
};
inline constexpr std::size_t holder_count = 8;

struct ClaimRule {
  Holder holder;
  std::array<Verdict, 4>
      by_type;  // of what is asked for: unique, normal group, special group, multihomed
};

// Fact base B3, step 2; one row a holder, one column a record type.
// clang-format off
inline constexpr std::array claim_rules = {
    //        holder                   unique              group               special             multihomed
    ClaimRule{Holder::nobody,        {Verdict::add,       Verdict::add,       Verdict::add,       Verdict::add}},
    ClaimRule{Holder::static_single, {Verdict::refuse,    Verdict::refuse,    Verdict::refuse,    Verdict::refuse}},
    ClaimRule{Holder::static_group,  {Verdict::keep,      Verdict::keep,      Verdict::keep,      Verdict::keep}},
    ClaimRule{Holder::group,         {Verdict::refuse,    Verdict::extend,    Verdict::refuse,    Verdict::refuse}},
    ClaimRule{Holder::group_down,    {Verdict::refuse,    Verdict::add,       Verdict::refuse,    Verdict::refuse}},
    ClaimRule{Holder::single,        {Verdict::contest,   Verdict::challenge, Verdict::contest,   Verdict::contest}},
    ClaimRule{Holder::special,       {Verdict::refuse,    Verdict::refuse,    Verdict::join,      Verdict::refuse}},
    ClaimRule{Holder::down,          {Verdict::add,       Verdict::add,       Verdict::add,       Verdict::add}},
};
// clang-format on

static_assert(
    [] {
      for (std::size_t i = 0; i < claim_rules.size(); ++i) {
        if (claim_rules[i].holder != Holder{static_cast<std::uint8_t>(i)}) return false;
      }
      return claim_rules.size() == holder_count;
    }(),
    "each holder has one rule, at its own place");

/// Where `record` stands in the table; null is nobody. With `migrate_on` (B9) a static unique or
/// multihomed record is like a dynamic one, and so is a static 1C group that `us` owns.
[[nodiscard]] constexpr Holder holder(RecordType type, State state, bool is_static, bool migrates) {
  if (is_static && state == State::active && !migrates) {
    return is_group(type) ? Holder::static_group : Holder::static_single;
  }
  if (type == RecordType::normal_group)
    return state == State::active ? Holder::group : Holder::group_down;
  if (state != State::active) return Holder::down;
  return type == RecordType::special_group ? Holder::special : Holder::single;
}

[[nodiscard]] constexpr Verdict verdict(Holder holder, RecordType asked) {
  return claim_rules[static_cast<std::size_t>(holder)].by_type[static_cast<std::size_t>(asked)];
}

}  // namespace winsome::names
