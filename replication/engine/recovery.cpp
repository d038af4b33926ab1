#include <algorithm>
#include <utility>

#include "replication/engine/replicator.h"

namespace winsome::replication {

/// The database is new or came from a backup: partners may hold records of ours, and versions, that
/// it does not. Until they were asked no client is answered, only our own records are asked for and
/// no replica is contested: each of these may give a version.
void Replicator::begin_recovery() {
  recovering_ = true;
  recovery_ends_ = moment_.now + options_.start_wait;
  names_.set_closed(true);
  taken_back_ = 0;
  for (auto& [name, partner] : partners_) {
    partner->next_pull = moment_.now;
    partner->recovery_answered = false;
  }
}

/// A partner holds our records up to `version`.
void Replicator::learn_own(PartnerState& partner, std::uint64_t version) {
  const auto ours = names_.version();
  if (!recovering_ && version <= ours) return;
  if (version > ours) names_.raise_version(version);
  if (!recovering_) tell(EventKind::version_raised, partner.config.name, version);
  if (version == 0) return;
  pulls_.at(partner.pull_link)
      .todo.push_back({.range = {options_.us, recovering_ ? 1 : ours + 1, version},
                       .purpose = Purpose::take_back});
}

void Replicator::run_recovery() {
  if (!recovering_) return;
  if (!std::exchange(recovery_told_, true) && !partners_.empty())
    tell(EventKind::recovery_started, {});
  bool taking = false;
  for (const auto& [link, pull] : pulls_) {
    const auto is_ours = [](const Task& task) { return task.purpose == Purpose::take_back; };
    taking =
        taking || (pull.asked && is_ours(*pull.asked)) || std::ranges::any_of(pull.todo, is_ours);
  }
  if (taking) {
    recovery_ends_ = std::max(recovery_ends_, moment_.now + recovery_retry);
    return;
  }
  bool all = true;
  bool any = false;
  for (const auto& [name, partner] : partners_) {
    if (!partner->config.pull || partner->config.paused) continue;
    all = all && partner->recovery_answered;
    any = any || partner->recovery_answered;
  }
  if (!all && moment_.now < recovery_ends_) return;
  if (!any && !partners_.empty()) tell(EventKind::recovery_timed_out, {}, names_.version());
  names_.raise_version(options_.start_version);
  if (taken_back_ > 0) tell(EventKind::recovered, {}, taken_back_);
  recovering_ = false;
  recovery_ends_ = never;
  names_.set_closed(false);
  recovered_.put(true, true);
  for (auto& [name, partner] : partners_) {  // a map that waits is as good as a new one
    if (partner->recovery_answered && !partner->map_ready) partner->next_pull = moment_.now;
  }
}

}  // namespace winsome::replication
