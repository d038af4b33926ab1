#include "replication/conflict/special_group.h"

#include <algorithm>

#include "server/names/lifecycle.h"

namespace winsome::conflict {
namespace {

using names::Member;
using names::Members;
using names::Record;

const Member* find(const Members& members, Ipv4 address) {
  const auto found = std::ranges::find(members, address, &Member::address);
  return found == members.end() ? nullptr : &*found;
}

/// The same addresses with the same owners, in any order; deadlines are of no account.
bool same_members(const Members& a, const Members& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const Member& member) {
           const auto* other = find(b, member.address);
           return other && other->owner == member.owner;
         });
}

struct Merger {
  const Record& stored;
  const Record& incoming;
  Ipv4 us;
  Instant due;
  bool count_as_local;

  Members members{};
  bool changed = false;  // something that was stored left, or got another owner

  void run() {
    for (const auto& held : stored.members) stay(held);
    for (const auto& said : incoming.members) come(said);
  }

  [[nodiscard]] bool ours() const { return stored.owner == us || !changed || members.empty(); }

 private:
  /// Servers that list one address under two owners would hand it to each other for ever if each
  /// believed the other. So one speaks of his own members with authority, and of those of third
  /// parties with none; what we hold as ours we give up to whomever, since our client takes it back
  /// when it refreshes. Then a server becomes the owner of a member by a registration only, each
  /// claim is lost once, and no lists are exchanged without end.
  [[nodiscard]] bool believes(const Member& said, const Member& held) const {
    if (said.owner == incoming.owner || held.owner == us) return true;
    return held.owner == incoming.owner && stored.owner != us;  // costs no version of ours
  }

  void stay(const Member& held) {
    const auto* said = find(incoming.members, held.address);
    if (!said) {
      if (held.owner == incoming.owner) {
        changed = true;
      } else {
        members.push_back(held);
      }
    } else if (said->owner != held.owner && believes(*said, held)) {
      changed = true;
      members.push_back({held.address, said->owner, due});
    } else {
      const bool confirmed = said->owner == held.owner && held.owner == incoming.owner;
      members.push_back(confirmed ? Member{held.address, held.owner, due} : held);
    }
  }

  void come(const Member& said) {
    if (find(members, said.address)) return;
    // Who left us lives on in the lists of others until they hear of it; nobody brings him back.
    if (stored.owner == us && said.owner == us) return;
    if (members.size() >= names::members_max && !make_room(said)) return;
    members.push_back({said.address, said.owner, due});
  }

  /// Only members of third parties that the replica does not list yield, the oldest first: were it
  /// ours too, two servers that prefer each other's would end with none.
  bool make_room(const Member& said) {
    if (!count_as_local || said.owner != incoming.owner) return false;
    auto oldest = members.end();
    for (auto it = members.begin(); it != members.end(); ++it) {
      if (it->owner == us || find(incoming.members, it->address)) continue;
      if (oldest == members.end() || it->due < oldest->due) oldest = it;
    }
    if (oldest == members.end()) return false;
    members.erase(oldest);
    changed = true;
    return true;
  }
};

}  // namespace

Verdict resolve_special_groups(const Record& stored, const Record& incoming, const Rules& rules) {
  Merger merger{stored, incoming, rules.us, Instant{}, rules.members_count_as_local};
  merger.run();
  if (same_members(merger.members, stored.members)) return Verdict::keep;
  const bool theirs = stored.owner != rules.us && !merger.members.empty() &&
                      same_members(merger.members, incoming.members);
  return theirs ? Verdict::replace : Verdict::merge;
}

Merged merge_special_groups(const Record& stored, const Record& incoming, Ipv4 us, Instant due,
                            bool members_count_as_local) {
  Merger merger{stored, incoming, us, due, members_count_as_local};
  merger.run();

  Merged merged{.record = incoming, .ours = merger.ours()};
  if (merged.ours) {
    merged.record.owner = us;
    merged.record.version = 0;
  }
  if (merger.members.empty()) merged.record.state = names::State::released;
  merged.record.due = due;
  merged.record.members = std::move(merger.members);
  names::arrange(merged.record, us);
  return merged;
}

}  // namespace winsome::conflict
