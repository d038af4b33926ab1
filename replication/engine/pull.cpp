#include "replication/engine/pull.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "replication/engine/replicator.h"

namespace winsome::replication {
namespace {

/// What a partner tells between its maps brings the last one up to date.
void merge(OwnerMap& map, const OwnerMap& news) {
  for (const auto& one : news) {
    const auto at = std::ranges::lower_bound(map, one.owner, {}, &OwnerRange::owner);
    if (at != map.end() && at->owner == one.owner) {
      *at = one;
    } else if (map.size() < owners_max) {
      map.insert(at, one);
    }
  }
}

}  // namespace

void Replicator::begin_pull(PartnerState& partner) {
  if (!partner.config.pull || partner.config.paused) return;
  partner.waits = false;
  partner.pull_due = true;
  if (partner.pull_link == 0) return connect(partner);
  auto& pull = pulls_.at(partner.pull_link);
  if (!partner.pull_up) return;
  partner.pull_due = false;
  pull.map_to_pull = true;
  ask_map(partner);
}

/// A map that is on its way is new enough.
void Replicator::ask_map(PartnerState& partner) {
  if (partner.pull_link == 0) return connect(partner);
  auto& pull = pulls_.at(partner.pull_link);
  if (!partner.pull_up || pull.map_asked) return;
  pull.map_asked = true;
  pull.deadline = moment_.now + patience;
  send(AskMap{partner.pull_link});
}

void Replicator::handle(MapReceived& input) {
  const auto found = pulls_.find(input.link);
  if (found == pulls_.end() || !found->second.map_asked) return;
  auto& pull = found->second;
  auto& partner = *pull.partner;
  pull.map_asked = false;
  pull.deadline = pull.asked && !pull.all_here ? moment_.now + patience : never;
  partner.map = heed(&partner, pull.peer, input.owners);
  for (const auto& one : partner.map) {
    if (one.owner == options_.us) learn_own(partner, one.max);
  }
  partner.heard = moment_.now;
  note_lags(partner, partner.map);
  partner.recovery_answered = true;
  for (const auto& one : std::exchange(partner.comparisons, {})) compare(partner, one);
  if (!std::exchange(pull.map_to_pull, false)) return ask_next(input.link);
  partner.map_ready = true;
  partner.gather_until = moment_.now + gathering;
}

void Replicator::connect(PartnerState& partner) {
  partner.pull_link = open(partner, Use::pull);
  pulls_[partner.pull_link] = {.partner = &partner,
                               .peer = partner.config.name,
                               .windowed = partner.config.carrier == Carrier::winsra,
                               .deadline = moment_.now + patience};
}

/// Maps that were asked for together are merged: each owner is asked of whoever offers most (C5).
void Replicator::plan() {
  if (recovering_) return;
  std::vector<PartnerState*> ready;
  bool others_come = false;
  bool patient = true;  // as long as the first of them may wait
  for (auto& [name, partner] : partners_) {
    if (partner->map_ready) {
      ready.push_back(partner.get());
      patient = patient && moment_.now < partner->gather_until;
    } else if (partner->pull_link != 0 &&
               (pulls_.at(partner->pull_link).map_asked || partner->pull_due)) {
      others_come = true;
    }
  }
  if (ready.empty() || (others_come && patient)) return;

  std::map<Ipv4, std::pair<std::uint64_t, PartnerState*>> best;
  for (auto* partner : ready) {
    for (const auto& offer : partner->map) {
      if (!accepts(offer.owner) || offer.max <= known(offer.owner, partner) ||
          has_fuller_source(offer.owner, partner))
        continue;
      auto& [max, from] = best[offer.owner];
      const bool nearer =
          offer.max == max && nearness(*partner, offer.owner) > nearness(*from, offer.owner);
      if (offer.max > max || nearer) std::tie(max, from) = std::pair(offer.max, partner);
    }
  }
  for (const auto& [owner, offer] : best) {
    pulls_.at(offer.second->pull_link)
        .todo.push_back({.range = {owner, known(owner, offer.second) + 1, offer.first}});
  }
  for (auto* partner : ready) {
    partner->map_ready = false;
    partner->gather_until = never;
    pulls_.at(partner->pull_link).replicates = true;
    ask_next(partner->pull_link);
  }
}

void Replicator::handle(NotifyReceived& input) {
  PartnerState* partner = nullptr;
  const bool ours = input.link < first_incoming;
  if (ours) {
    const auto use = links_.find(input.link);
    if (use == links_.end()) return;
    partner = use->second.partner;
  } else if (!admit(input.link, input.peer, "an update notification", partner)) {
    return;
  }
  // A call of gRPC is answered: it was heard, and that is all.
  if (!ours && input.peer.carrier == Carrier::grpc) close(input.link);
  const auto who = partner ? partner->config.name : to_text(input.peer.address);
  if (partner && (!partner->config.pull || partner->config.paused)) {
    if (input.pull_here) close(input.link);
    return;
  }
  const auto offers = heed(partner, who, input.owners);
  if (partner) {
    merge(partner->map, offers);
    partner->heard = moment_.now;
    note_lags(*partner, offers);
  }
  Pull* pull = nullptr;
  if (input.pull_here) {
    if (pulls_.contains(input.link)) return;
    pull = &pulls_[input.link];
    *pull = {.partner = partner, .peer = who, .here = true, .windowed = true};
  } else if (partner && partner->pull_up) {
    pull = &pulls_.at(partner->pull_link);
  } else if (partner) {
    begin_pull(*partner);
    if (input.propagate) pulls_.at(partner->pull_link).propagate = input.initiator;
    return;
  } else {
    return;
  }
  // A watch first tells of everything, whether it is new or not.
  if (ours && std::exchange(partner->waits, false)) return;
  if (input.propagate) pull->propagate = input.initiator;
  pull->replicates = true;
  add_tasks(*pull, offers);
  ask_next(input.pull_here ? input.link : partner->pull_link);
}

void Replicator::add_tasks(Pull& pull, const OwnerMap& map) {
  for (const auto& offer : map) {
    if (!accepts(offer.owner) || offer.max <= known(offer.owner, pull.partner) ||
        has_fuller_source(offer.owner, pull.partner))
      continue;
    const auto same = std::ranges::find_if(pull.todo, [&](const Task& task) {
      return task.purpose == Purpose::replicate && task.range.owner == offer.owner;
    });
    if (same != pull.todo.end()) {
      same->range.max = std::max(same->range.max, offer.max);
    } else if (pull.todo.size() < owners_max) {
      pull.todo.push_back({.range = {offer.owner, 1, offer.max}});
    }
  }
}

bool Replicator::accepts(Ipv4 owner) const {
  if (owner == options_.us || owner.unspecified()) return false;
  const auto& accepted = options_.accepted_owners;
  if (std::ranges::find(options_.refused_owners, owner) != options_.refused_owners.end())
    return false;
  return accepted.empty() || std::ranges::find(accepted, owner) != accepted.end();
}

void Replicator::ask_next(Link link) {
  auto& pull = pulls_.at(link);
  if (pull.asked) return;
  for (auto task = pull.todo.begin(); task != pull.todo.end();) {
    auto& range = task->range;
    if (task->purpose == Purpose::replicate)
      range.min = std::max(range.min, known(range.owner, pull.partner) + 1);
    if (range.min > range.max) {
      task = pull.todo.erase(task);
      continue;
    }
    const bool too_early = recovering_ && task->purpose != Purpose::take_back;
    if (too_early || busy_owners_.contains(range.owner) || is_swept(range.owner)) {
      ++task;
      continue;
    }
    busy_owners_.insert(range.owner);
    pull.asked = std::move(*task);
    pull.todo.erase(task);
    pull.through = pull.asked->range.min - 1;
    pull.window = Pull::window_min;
    return ask_window(link);
  }
  if (pull.todo.empty() && !pull.map_asked) finish(link);
}

void Replicator::ask_window(Link link) {
  auto& pull = pulls_.at(link);
  const auto& range = pull.asked->range;
  const auto from = pull.through + 1;
  pull.asked_to = pull.windowed ? std::min(range.max, from + pull.window - 1) : range.max;
  pull.in_window = 0;
  pull.all_here = false;
  pull.asked_filtered = false;
  pull.take_more = false;
  pull.deadline = moment_.now + patience;
  send(AskRecords{link, {range.owner, from, pull.asked_to}});
}

/// Owners that were busy elsewhere may be free now.
void Replicator::ask_all_idle() {
  std::vector<Link> idle;
  for (const auto& [link, pull] : pulls_) {
    if (!pull.asked && !pull.todo.empty() && (link >= first_incoming || links_.contains(link)))
      idle.push_back(link);
  }
  for (const auto link : idle) {
    const auto& pull = pulls_.at(link);
    if (pull.here || (pull.partner && pull.partner->pull_up)) ask_next(link);
  }
}

void Replicator::handle(RecordsReceived& input) {
  const auto found = pulls_.find(input.link);
  if (found == pulls_.end()) return;
  auto& pull = found->second;
  if (!pull.asked || pull.all_here)
    return complain(pull.partner, pull.peer, "records nobody asked for");
  for (auto& flaw : input.flaws)
    complain(pull.partner, pull.peer, std::move(flaw.what), flaw.records);
  if (input.flaws.empty() && input.skipped > 0)
    complain(pull.partner, pull.peer, "records that cannot be", input.skipped);
  if (!std::ranges::is_sorted(input.records, {}, &names::Record::version))
    std::ranges::stable_sort(input.records, {}, &names::Record::version);
  pull.received += input.records.size();
  pull.in_window += input.records.size();
  if (pull.partner) pull.partner->records_received += input.records.size();
  pull.all_here = input.last;
  pull.deadline = input.last ? never : moment_.now + patience;
  ++pull.pieces;
  pieces_.push_back({.link = input.link,
                     .records = std::move(input.records),
                     .next = 0,
                     .last = input.last,
                     .filtered = input.filtered});
  if (input.last) return;
  pull.take_more = pull.pieces >= pieces_waiting_max;
  if (!pull.take_more) send(TakeMore{input.link});
}

/// Everything that a conversation was for is done.
void Replicator::finish(Link link) {
  auto& pull = pulls_.at(link);
  auto* partner = pull.partner;
  pull.deadline = never;
  if (partner && !pull.here && (partner->map_ready || partner->pull_due)) return;
  if (partner && pull.replicates && !(partner->map_ready || partner->pull_due)) {
    partner->last_pull = moment_.now;
    partner->last_pull_records = pull.received;
    partner->failures_in_row = 0;
    partner->last_error.clear();
    ++partner->pulls;
    for (const auto ticket : std::exchange(partner->tickets, {})) {
      reply(ticket, {.outcome = Outcome::done,
                     .text = {},
                     .received = pull.received,
                     .changed = pull.changed,
                     .deleted = pull.deleted});
    }
  }
  if (pull.received > 0) tell(EventKind::pulled, pull.peer, pull.received);
  if (pull.propagate && pull.received > 0) propagate(*pull.propagate, partner);
  const bool keep = !pull.here && partner && partner->config.persistent && !partner->config.paused;
  if (!keep) {
    pulls_.erase(link);
    return close(link);
  }
  pull.received = pull.changed = pull.deleted = 0;
  pull.replicates = false;
  pull.propagate.reset();
}

/// A conversation ended; `why` is empty when nothing was left to do.
void Replicator::end(Pull& pull, const std::string& why) {
  if (pull.asked) {
    busy_owners_.erase(pull.asked->range.owner);
    pull.todo.push_front(std::move(*pull.asked));
    pull.asked.reset();
  }
  for (auto& task : pull.todo) {
    if (task.purpose == Purpose::verify) fail_verification(task, why);
  }
  auto* partner = pull.partner;
  if (!partner || why.empty()) return;
  if (!pull.here) fail_comparisons(*partner, why);
  ++partner->failures;
  ++partner->failures_in_row;
  partner->last_error = why;
  tell(EventKind::pull_failed, partner->config.name, partner->failures_in_row, why);
  for (const auto ticket : std::exchange(partner->tickets, {}))
    reply(ticket, {.outcome = Outcome::failed, .text = partner->config.name + ": " + why});
  partner->pull_due = false;
  partner->map_ready = false;
  if (recovering_) {
    partner->next_pull = moment_.now + recovery_retry;
  } else if (partner->failures_in_row <= options_.retries) {
    const auto again = moment_.now + back_off(options_.retry_interval, partner->failures_in_row);
    partner->next_pull = std::min(partner->next_pull, again);
  }
}

int Replicator::nearness(const PartnerState& partner, Ipv4 owner) const {
  if (partner.config.address.address == owner) return 2;
  const auto route = routes_.find(owner);
  return route != routes_.end() && route->second == partner.config.name ? 1 : 0;
}

std::uint64_t Replicator::known(Ipv4 owner, const PartnerState* from) const {
  const auto* one = known_.find(owner);
  if (!one) return 0;
  const bool asks_for_all = !(from && from->config.domains_only);
  return one->filtered && asks_for_all ? 0 : one->version;
}

void Replicator::set_known(Ipv4 owner, std::uint64_t version, const PartnerState* from) {
  const Known now{version, from && from->config.domains_only};
  const auto* before = known_.find(owner);
  if (before && before->version >= version && before->filtered == now.filtered) return;
  if (from) routes_[owner] = from->config.name;
  known_.put(owner, now);
}

}  // namespace winsome::replication
