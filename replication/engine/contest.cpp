#include <algorithm>

#include "replication/conflict/defence.h"
#include "replication/conflict/resolve.h"
#include "replication/engine/replicator.h"

namespace winsome::replication {
namespace {

constexpr seconds try_again_after{1};
constexpr std::size_t told_max = 65'536;

}  // namespace

/// The replica is durable before anybody is asked, so that neither the known maximum nor the peer
/// waits for the answer (decision 17).
void Replicator::defer(names::Record incoming) {
  const PendingKey key(incoming.name, incoming.owner);
  pending_.put(key, std::move(incoming));
  waiting_contests_.push_back(key);
  contest_again_ = moment_.now;
}

void Replicator::contest_waiting() {
  if (recovering_ || contest_again_ > moment_.now) return;
  contest_again_ = never;
  auto waiting = std::exchange(waiting_contests_, {});
  for (auto left = waiting.size(); left > 0; --left) {
    const auto key = std::move(waiting.front());
    waiting.pop_front();
    if (!waiting_contests_.empty()) {  // no room for more
      waiting_contests_.push_back(key);
    } else {
      contest(key);
    }
  }
}

/// Decides a pending replica as things are now, or asks our client.
void Replicator::contest(const PendingKey& key) {
  const auto* replica = pending_.find(key);
  if (!replica) return;
  const auto* stored = names_.find(key.first.view());
  const conflict::Rules rules{options_.us, options_.migrate_on};
  if (conflict::resolve(stored, *replica, rules) != conflict::Verdict::challenge) {
    auto decided = *replica;
    pending_.erase(key);
    apply(std::move(decided), nullptr);
    return;
  }
  if (asked_.contains(key.first)) return;  // settle() comes back to it
  if (names_.challenge_for_replica(*stored)) {
    asked_.emplace(key.first, key);
    return;
  }
  waiting_contests_.push_back(key);
  contest_again_ = moment_.now + try_again_after;
}

void Replicator::settle(const names::ReplicaDefence& defence) {
  asked_.erase(defence.name);
  std::vector<PendingKey> keys;
  const auto first = pending_.all().lower_bound(PendingKey(defence.name, Ipv4()));
  for (auto at = first; at != pending_.all().end() && at->first.first == defence.name; ++at)
    keys.push_back(at->first);

  for (const auto& key : keys) {
    const auto* stored = names_.find(key.first.view());
    const auto& replica = *pending_.find(key);
    const conflict::Rules rules{options_.us, options_.migrate_on};
    const bool same =
        stored && stored->owner == defence.owner && stored->version == defence.version;
    if (!same || conflict::resolve(stored, replica, rules) != conflict::Verdict::challenge) {
      contest(key);
      continue;
    }
    const auto incoming = replica;
    pending_.erase(key);
    switch (conflict::judge(*stored, incoming, defence.claimed)) {
      case conflict::Defence::replace: put_replica(incoming); break;
      case conflict::Defence::merge:
        names_.put(conflict::merge_multihomed(*stored, incoming, due_of(incoming)));
        break;
      case conflict::Defence::keep_and_demand: {
        auto claimed = *stored;
        claimed.members.clear();
        for (const auto address : defence.claimed)
          claimed.members.push_back({address, stored->owner, stored->due});
        names_.demand_release(claimed);
        break;
      }
      case conflict::Defence::keep: yield_or_insist(*stored, incoming); break;
    }
  }
}

/// Two hosts defend one name at two servers (decision 36): each tells the other by a new version of
/// its own, and when the other then insists, the owner with the higher address yields. Who only
/// keeps, as others do, is told once.
void Replicator::yield_or_insist(const names::Record& stored, const names::Record& incoming) {
  const PendingKey key(incoming.name, incoming.owner);
  const auto told = told_.find(key);
  if (incoming.owner < options_.us && told != told_.end() && told->second == stored.version) {
    told_.erase(told);
    names_.demand_release(stored);
    return put_replica(incoming);
  }
  names_.put_own(stored);
  if (options_.us < incoming.owner) return;
  if (told_.size() >= told_max) told_.clear();
  told_.insert_or_assign(key, names_.version());
}

}  // namespace winsome::replication
