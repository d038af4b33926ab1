#include <algorithm>

#include "server/names/lifecycle.h"
#include "server/names/name_server.h"

namespace winsome::names {

std::size_t NameServer::age(std::size_t most) {
  std::size_t aged = 0;
  while (aged < most) {
    const auto* record = table_.next_due(now_);
    if (!record) break;
    age(*record);
    ++aged;
  }
  return aged;
}

/// Where time alone takes a record (fact base B7, B8): active, released, tombstone, gone; one step
/// a pass, timed from now, so that a server that was off for weeks still replicates its tombstones.
void NameServer::age(Record record) {
  const bool ours = record.owner == options_.owner;
  const auto& intervals = options_.intervals;
  switch (record.state) {
    case State::active: {
      const auto silent = [&](const Member& member) {
        return member.due <= now_ && (ours || member.owner == options_.owner);
      };
      const bool loses_member =
          has_list(record.type) && std::ranges::any_of(record.members, silent);
      if (!ours && !loses_member) {
        // Nobody has confirmed this replica for so long: it is kept, and its owner is asked (B11).
        overdue_owners_.insert(record.owner);
        record.due = now_ + intervals.verification;
        for (auto& member : record.members) member.due = std::max(member.due, record.due);
        break;
      }
      if (loses_member && !std::ranges::all_of(record.members, silent)) {
        const auto gone = std::ranges::remove_if(record.members, silent);
        record.members.erase(gone.begin(), gone.end());
        arrange(record, options_.owner);
        take_ownership(record);
        break;
      }
      ++statistics_.scavenged_released;
      record.fed = false;
      if (ours) {
        record.state = State::released;
        record.due = now_ + intervals.extinction;
      } else {  // its last address was registered here: nobody else will say that it is gone
        record.state = State::tombstone;
        record.due = now_ + intervals.extinction + intervals.extinction_timeout;
        take_ownership(record);
      }
      break;
    }
    case State::released:
      record.state = State::tombstone;
      record.due = now_ + intervals.extinction_timeout;
      if (ours) take_ownership(record);
      ++statistics_.scavenged_tombstoned;
      break;
    case State::tombstone: {
      const auto earliest = started_ + intervals.tombstone_uptime;
      if (now_ >= earliest) {
        ++statistics_.scavenged_deleted;
        return table_.erase(record.name.view());
      }
      record.due = earliest;
      break;
    }
  }
  table_.put(std::move(record));
}

}  // namespace winsome::names
