#pragma once

#include <algorithm>

#include "server/names/options.h"
#include "server/names/record.h"

namespace winsome::names {

/// When time alone changes `record` next. The members of a list expire one by one, so that a domain
/// controller that died leaves its group; a static record never does while it is active.
[[nodiscard]] inline Instant deadline(const Record& record) {
  if (record.state != State::active) return record.due;
  if (record.is_static) return never;
  if (!has_list(record.type) || record.members.empty()) return record.due;
  return std::ranges::min(record.members, {}, &Member::due).due;
}

/// Can a lease have brought `record` here.
[[nodiscard]] inline bool may_be_fed(const Record& record, Ipv4 us) {
  return record.owner == us && record.type == RecordType::unique && record.state == State::active &&
         !record.is_static;
}

/// Brings a list into the order in which it is asked and answered: members of `owner` first, the
/// newest first (fact base B6), and sets the record's own `due` to the latest of them.
inline void arrange(Record& record, Ipv4 owner) {
  if (!has_list(record.type) || record.members.empty()) return;
  std::ranges::stable_sort(record.members, [owner](const Member& a, const Member& b) {
    if ((a.owner == owner) != (b.owner == owner)) return a.owner == owner;
    return a.due > b.due;
  });
  if (record.state == State::active) {
    record.due = std::ranges::max(record.members, {}, &Member::due).due;
  }
}

}  // namespace winsome::names
