#include "replication/conflict/defence.h"

#include <algorithm>

namespace winsome::conflict {
namespace {

bool all_claimed(const names::Record& record, std::span<const Ipv4> claimed) {
  return std::ranges::all_of(record.members, [claimed](const names::Member& member) {
    return std::ranges::find(claimed, member.address) != claimed.end();
  });
}

}  // namespace

Defence judge(const names::Record& stored, const names::Record& incoming,
              std::span<const Ipv4> claimed) {
  if (claimed.empty()) return Defence::replace;
  if (!all_claimed(incoming, claimed)) return Defence::keep;
  return all_claimed(stored, claimed) ? Defence::merge : Defence::keep_and_demand;
}

names::Record merge_multihomed(const names::Record& stored, const names::Record& incoming,
                               Instant due) {
  names::Record merged = incoming;
  merged.type = names::RecordType::multihomed;
  merged.due = due;
  merged.members.clear();
  const auto add = [&](const names::Members& members) {
    for (const auto& member : members) {
      const bool known = std::ranges::find(merged.members, member.address,
                                           &names::Member::address) != merged.members.end();
      if (known || merged.members.size() >= names::members_max) continue;
      merged.members.push_back({member.address, member.owner, due});
    }
  };
  add(incoming.members);
  add(stored.members);
  return merged;
}

}  // namespace winsome::conflict
