#include <algorithm>

#include "replication/engine/replicator.h"

namespace winsome::replication {

/// What the batch changed is told once it is durable: everything sent leaves after it.
void Replicator::note_changes() {
  const auto version = names_.version();
  auto changed = version > seen_version_ ? version - seen_version_ : 0;
  const bool ours_changed = version != seen_version_;
  known_.changes([&](Ipv4 owner, const Known* now) {
    changed += now ? 1 : 0;
    for (auto& [name, partner] : partners_) note_lag(*partner, owner, now ? now->version : 0);
  });
  if (ours_changed) {
    for (auto& [name, partner] : partners_) note_lag(*partner, options_.us, version);
  }
  seen_version_ = version;
  if (changed > 0) {
    changes_ += changed;
    tell_at_ = std::min(tell_at_, moment_.now + coalescing);
  }
  const auto moved = names_.table().address_changes();
  if (moved == seen_address_changes_) return;
  seen_address_changes_ = moved;
  for (auto& [name, partner] : partners_) {
    if (partner->config.on_address_change && partner->config.push && !partner->config.paused)
      notify(*partner, true, {map().front()}, options_.us);
  }
}

void Replicator::push() {
  if (moment_.now < tell_at_) return;
  tell_at_ = never;
  std::optional<OwnerMap> now;
  for (auto& [name, state] : partners_) {
    auto& partner = *state;
    if (!partner.config.push || partner.config.paused) continue;
    if (partner.watcher != 0) {
      if (!partner.watcher_ready) continue;
      if (!now) now = map();
      OwnerMap news;
      for (const auto& one : *now) {
        auto& told = partner.told[one.owner];
        if (one.max > told) news.push_back(one);
        told = std::max(told, one.max);
      }
      if (news.empty()) continue;
      partner.watcher_ready = false;
      partner.last_push = moment_.now;
      partner.changes_told = changes_;
      send(AnswerWatch{partner.watcher, std::move(news)});
      continue;
    }
    const bool enough = partner.config.update_count > 0 &&
                        changes_ - partner.changes_told >= partner.config.update_count;
    const bool at_once = partner.config.persistent && partner.push_up && partner.push_holds &&
                         changes_ != partner.changes_told;
    if (!enough && !at_once) continue;
    if (!now) now = map();
    notify(partner, false, *now, options_.us);
  }
}

void Replicator::notify(PartnerState& partner, bool propagate, OwnerMap owners, Ipv4 initiator) {
  const auto& failures = partner.push_failures;
  if (failures.size() >= 3 && failures.front() + throttle > moment_.now) {
    partner.last_error = "it failed three times; nothing is pushed to it for a while";
    for (const auto ticket : std::exchange(partner.push_tickets, {})) {
      reply(ticket,
            {.outcome = Outcome::failed, .text = partner.config.name + ": " + partner.last_error});
    }
    return;
  }
  constexpr std::size_t waiting_max = 16;  // a newer map says all that an older one said
  if (partner.notifications.size() >= waiting_max) partner.notifications.pop_front();
  partner.changes_told = changes_;
  partner.notifications.push_back({.link = 0,
                                   .owners = std::move(owners),
                                   .initiator = initiator,
                                   .propagate = propagate,
                                   .persistent = partner.config.persistent});
  if (partner.push_link == 0) {
    partner.push_link = open(partner, Use::push);
  } else if (partner.push_up) {
    push_to(partner);
  }
}

/// The link for telling is up. Persistent ones stay for what comes; others end by themselves: a
/// call of gRPC when it is answered, one of TCP 42 when the peer has its records (C5).
void Replicator::push_to(PartnerState& partner) {
  if (partner.push_sent) return;
  partner.push_holds = partner.config.persistent && partner.config.carrier == Carrier::winsra;
  if (partner.notifications.empty() && partner.push_holds && partner.changes_told == 0) {
    partner.changes_told = changes_;
    partner.notifications.push_back({.link = 0,
                                     .owners = map(),
                                     .initiator = options_.us,
                                     .propagate = false,
                                     .persistent = true});
  }
  // A link that does not stay is for one; the next gets its own.
  do {
    if (partner.notifications.empty()) break;
    auto& one = partner.notifications.front();
    one.link = partner.push_link;
    send(std::move(one));
    partner.notifications.pop_front();
    partner.last_push = moment_.now;
  } while (partner.push_holds);
  partner.push_sent = !partner.push_holds && partner.last_push == moment_.now;
  if (partner.push_sent) return;
  for (const auto ticket : std::exchange(partner.push_tickets, {})) reply(ticket, {});
}

/// Hands a notification on that asked for it, to everybody but who sent it (C5).
void Replicator::propagate(Ipv4 initiator, const PartnerState* sender) {
  const auto now = map();
  const auto origin = std::ranges::find(now, initiator, &OwnerRange::owner);
  if (origin == now.end()) return;
  for (auto& [name, partner] : partners_) {
    if (partner.get() == sender || !partner->config.push || partner->config.paused) continue;
    if (partner->config.address.address == initiator) continue;
    notify(*partner, true, {*origin}, initiator);
  }
}

}  // namespace winsome::replication
