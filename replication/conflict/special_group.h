#pragma once

#include "server/names/record.h"

namespace winsome::conflict {

struct Merged {
  names::Record record;  // members, node, static; owner and version are the replica's unless `ours`
  bool ours = false;     // to be given our next version before it is stored
};

/// The union of two active special groups (fact base C8, B2): what the replica's owner no longer
/// lists leaves, what it lists comes, at most `names::members_max` stay. A member that another
/// server brought never displaces one of ours, unless `members_count_as_local` (MemberPrec).
/// Members that come are due at `due`, those that stay keep theirs.
[[nodiscard]] Merged merge_special_groups(const names::Record& stored,
                                          const names::Record& incoming, Ipv4 us, Instant due,
                                          bool members_count_as_local);

}  // namespace winsome::conflict
