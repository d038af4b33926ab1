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
      if (!ours) {
        // A replica that nobody has refreshed here: there is no partner to verify it with, so it is
        // kept.
        record.due = now_ + intervals.verification;
        for (auto& member : record.members) member.due = record.due;
        break;
      }
      const auto alive =
          std::ranges::partition(record.members, [this](const Member& m) { return m.due > now_; });
      if (has_list(record.type) && alive.begin() != record.members.begin()) {
        record.members.erase(alive.begin(), alive.end());
        arrange(record, options_.owner);
        take_ownership(record);
        break;
      }
      record.state = State::released;
      record.due = now_ + intervals.extinction;
      ++statistics_.scavenged_released;
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
