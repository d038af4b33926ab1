#include "replication/conflict/resolve.h"

#include <algorithm>

#include "replication/conflict/matrix.h"
#include "replication/conflict/order.h"
#include "replication/conflict/special_group.h"

namespace winsome::conflict {
namespace {

using names::Record;

Standing standing(const Record& stored, const Record& incoming, Ipv4 us) {
  if (stored.owner == incoming.owner) return Standing::same_owner;
  return stored.owner == us ? Standing::ours : Standing::replica;
}

Outcome outcome(const Record& stored, const Record& incoming, const Rules& rules) {
  const auto is = standing(stored, incoming, rules.us);
  const auto& rule =
      order[first_rule(is, hold(stored.type, stored.state, stored.is_static, rules.migrate_on),
                       hold(incoming.type, incoming.state, incoming.is_static, false))];
  if (rule.outcome != Outcome::by_matrix) return rule.outcome;
  return cell(is == Standing::ours ? tables::our_matrix : tables::replica_matrix,
              row_index(stored.type, stored.state), column_index(incoming.type, incoming.state));
}

/// C7.2, note 3.
bool has_all_addresses(const Record& incoming, const Record& stored) {
  return std::ranges::all_of(stored.members, [&](const names::Member& member) {
    return std::ranges::find(incoming.members, member.address, &names::Member::address) !=
           incoming.members.end();
  });
}

}  // namespace

Verdict resolve(const Record* stored, const Record& incoming, const Rules& rules) {
  if (!stored) return Verdict::add;
  switch (outcome(*stored, incoming, rules)) {
    case Outcome::keep: return Verdict::keep;
    case Outcome::replace: return Verdict::replace;
    case Outcome::propagate: return Verdict::propagate;
    case Outcome::demand: return Verdict::demand_release;
    case Outcome::by_version:
      return stored->version < incoming.version ? Verdict::replace : Verdict::keep;
    case Outcome::by_address:
      return has_all_addresses(incoming, *stored) ? Verdict::replace : Verdict::challenge;
    case Outcome::by_members: return resolve_special_groups(*stored, incoming, rules);
    case Outcome::by_matrix: break;  // no cell of the matrix leads there
  }
  return Verdict::keep;
}

}  // namespace winsome::conflict
