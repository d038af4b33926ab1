#pragma once

#include "replication/conflict/resolve.h"
#include "server/names/record.h"

namespace winsome::conflict {

/// keep, replace or merge, for two active special groups of different owners (fact base C8). Merge
/// only where neither list already is the union.
[[nodiscard]] Verdict resolve_special_groups(const names::Record& stored,
                                             const names::Record& incoming, const Rules& rules);

struct Merged {
  names::Record record;  // members, node, static; owner and version are the replica's unless `ours`
  bool ours = false;     // to be given our next version before it is stored
};

/// The union of two active special groups (fact base C8, B2): what the replica's owner no longer
/// lists leaves, what it lists comes, at most `names::members_max` stay. Nothing displaces a member
/// that another server brought, but members of the replica's owner with `members_count_as_local`
/// (MemberPrec); nothing that is replicated displaces one of ours. Members that come, and those
/// that the replica's owner confirms as his, are due at `due`; the others keep theirs.
/// Without members it is ours and released: a tombstone tells the others in time.
[[nodiscard]] Merged merge_special_groups(const names::Record& stored,
                                          const names::Record& incoming, Ipv4 us, Instant due,
                                          bool members_count_as_local);

}  // namespace winsome::conflict
