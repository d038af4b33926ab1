#include "replication/engine/status.h"

#include <algorithm>
#include <map>

#include "replication/engine/replicator.h"

namespace winsome::replication {

Status Replicator::status() const {
  Status status{.recovering = recovering_,
                .owners = {},
                .partners = {},
                .pending = pending_.size(),
                .refused_peers = refused_peers_,
                .last_verification = last_verification_};
  std::map<Ipv4, OwnerStatus> owners;
  owners[options_.us] = {.owner = options_.us, .max = names_.version(), .ours = true};
  for (const auto& [owner, one] : known_.all())
    owners[owner] = {.owner = owner, .max = one.version};
  for (const auto& extent : names_.table().extents()) {
    auto& owner = owners[extent.owner];
    owner.owner = extent.owner;
    owner.min = extent.min;
    owner.max = std::max(owner.max, extent.max);
    owner.records = extent.records;
  }
  for (auto& [address, owner] : owners) status.owners.push_back(owner);

  for (const auto& [name, partner] : partners_) {
    const auto& one = *partner;
    status.partners.push_back(
        {.partner = one.config,
         .connected = one.pull_up || one.push_up || one.watcher != 0,
         .watching = one.watched || one.watcher != 0 || (one.push_up && one.push_holds),
         .last_pull = one.last_pull,
         .last_pull_records = one.last_pull_records,
         .next_pull = one.config.pull && !one.config.paused && one.next_pull != never
                          ? std::optional(one.next_pull)
                          : std::nullopt,
         .last_push = one.last_push,
         .pulls = one.pulls,
         .failures = one.failures,
         .records_received = one.records_received,
         .records_sent = one.records_sent,
         .nonsense = one.nonsense,
         .nonsense_by_kind = one.nonsense_by_kind,
         .last_error = one.last_error,
         .map = one.map,
         .heard = one.heard,
         .falls = one.falls,
         .lags = one.lags});
  }
  return status;
}

}  // namespace winsome::replication
