#pragma once

#include <cstdint>

#include "server/names/record.h"

namespace winsome::conflict {

/// What becomes of a name when a replica of it arrives (fact base C6).
enum class Verdict : std::uint8_t {
  add,             // the name was unknown
  replace,         // the replica takes the place of the record
  keep,            // nothing changes
  propagate,       // the content stays, as ours and with a new version, so that the others learn it
  challenge,       // our client is asked first (C9)
  demand_release,  // replace, and tell the old addresses to release
  merge,           // both are active special groups: union of their members (C8)
};

struct Rules {
  Ipv4 us;
  bool migrate_on = false;  // B9: stored static unique and multihomed records count as dynamic
  bool members_count_as_local = false;  // MemberPrec of the partner, as in merge_special_groups
};

/// The rules of C6 in their order. `stored` is null when the name is unknown; `incoming` is a
/// replica whose `owner` is the owner of the range it was pulled from. Decides by types, states,
/// ownership and, where the rule says so, by versions and addresses; looks at no deadline. A
/// replica that came before is kept: pulling a range twice changes nothing.
[[nodiscard]] Verdict resolve(const names::Record* stored, const names::Record& incoming,
                              const Rules& rules);

}  // namespace winsome::conflict
