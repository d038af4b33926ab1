#include "replication/engine/command.h"

#include <algorithm>
#include <utility>

#include "replication/engine/replicator.h"

namespace winsome::replication {
namespace {

/// Names of an owner that one step deletes or tombstones.
constexpr std::size_t swept_in_a_step = 1000;

/// The worse of two.
Outcome worse(Outcome a, Outcome b) {
  return std::max(a, b);
}

}  // namespace

void Replicator::run(std::uint64_t ticket, const PullNow& command) {
  std::vector<PartnerState*> whom;
  for (auto& [name, partner] : partners_) {
    if (command.partner.empty() ? partner->config.pull && !partner->config.paused
                                : name == command.partner)
      whom.push_back(partner.get());
  }
  commands_[ticket].left = std::max<std::size_t>(whom.size(), 1);
  if (whom.empty()) return reply(ticket, {.outcome = Outcome::not_found});
  for (auto* partner : whom) {
    if (!partner->config.pull || partner->config.paused) {
      reply(ticket, {.outcome = Outcome::refused,
                     .text = partner->config.name +
                             (partner->config.paused ? " is paused" : " is not one to pull from")});
      continue;
    }
    partner->tickets.push_back(ticket);
    begin_pull(*partner);
  }
}

void Replicator::run(std::uint64_t ticket, const PushNow& command) {
  std::vector<PartnerState*> whom;
  for (auto& [name, partner] : partners_) {
    if (command.partner.empty() ? partner->config.push && !partner->config.paused
                                : name == command.partner)
      whom.push_back(partner.get());
  }
  commands_[ticket].left = std::max<std::size_t>(whom.size(), 1);
  if (whom.empty()) return reply(ticket, {.outcome = Outcome::not_found});
  auto all = map();
  const OwnerMap own(all.begin(), all.begin() + 1);
  for (auto* partner : whom) {
    if (!partner->config.push || partner->config.paused) {
      reply(ticket, {.outcome = Outcome::refused,
                     .text = partner->config.name +
                             (partner->config.paused ? " is paused" : " is not one to push to")});
      continue;
    }
    partner->push_failures.clear();
    partner->push_tickets.push_back(ticket);
    notify(*partner, command.propagate, command.propagate ? own : all, options_.us);
  }
}

void Replicator::run(std::uint64_t ticket, const SetPaused& command) {
  commands_[ticket].left = 1;
  auto* partner = find(command.partner);
  if (!partner) return reply(ticket, {.outcome = Outcome::not_found});
  partner->config.paused = command.paused;
  if (command.paused) {
    drop_links(*partner);
  } else {
    partner->next_pull = moment_.now;
    if (partner->config.persistent) partner->reconnect_at = moment_.now;
  }
  reply(ticket, {});
}

void Replicator::run(std::uint64_t ticket, const VerifyNow& command) {
  if (!command.versions_only) {
    if (command.owner.unspecified()) return start_verifications(ticket, 0);
    commands_[ticket].left = 1;
    if (command.owner == options_.us) {
      return reply(ticket, {.outcome = Outcome::refused,
                            .text = "these are this server's own records, which partners compare "
                                    "with its own; verify them at a partner"});
    }
    if (!known_.find(command.owner)) return reply(ticket, {.outcome = Outcome::not_found});
    start_verification(command.owner, ticket, 0);
    return;
  }
  start_comparisons(ticket, command.owner);
}

void Replicator::run(std::uint64_t ticket, const DeleteOwner& command) {
  commands_[ticket].left = 1;
  if (command.owner == options_.us) {
    return reply(ticket,
                 {.outcome = Outcome::refused, .text = "these are this server's own records"});
  }
  if (!known_.find(command.owner)) return reply(ticket, {.outcome = Outcome::not_found});
  sweeps_.push_back({.ticket = ticket, .owner = command.owner, .tombstone = false});
}

void Replicator::run(std::uint64_t ticket, const TombstoneOwner& command) {
  commands_[ticket].left = 1;
  if (command.owner == options_.us) {
    return reply(ticket,
                 {.outcome = Outcome::refused, .text = "these are this server's own records"});
  }
  if (!known_.find(command.owner)) return reply(ticket, {.outcome = Outcome::not_found});
  sweeps_.push_back({.ticket = ticket, .owner = command.owner, .tombstone = true});
}

bool Replicator::is_swept(Ipv4 owner) const {
  return std::ranges::find(sweeps_, owner, &Sweep::owner) != sweeps_.end();
}

/// An answer that is coming in would bring back what is swept, and be known up to its end.
bool Replicator::may_sweep() const {
  return !sweeps_.empty() && !recovering_ && !busy_owners_.contains(sweeps_.front().owner);
}

void Replicator::run_sweeps() {
  if (!may_sweep()) return;
  auto& sweep = sweeps_.front();
  if (!std::exchange(sweep.begun, true) && !sweep.tombstone) {
    forget_owner(sweep.owner);
    for (const auto& [key, replica] : std::map(pending_.all())) {
      if (key.second == sweep.owner) pending_.erase(key);
    }
  }
  std::vector<names::Record> slice;
  names_.table().visit_owner(sweep.owner, 0, ~std::uint64_t{0}, [&](const auto& record) {
    slice.push_back(record);
    return slice.size() < swept_in_a_step;
  });
  for (auto& record : slice) {
    if (!sweep.tombstone) {
      names_.erase(record.name.view());
      continue;
    }
    record.state = names::State::tombstone;
    record.is_static = false;
    record.due = moment_.now + options_.extinction_timeout;
    names_.put_own(std::move(record));
  }
  sweep.records += slice.size();
  if (slice.size() == swept_in_a_step) return;
  reply(sweep.ticket, {.outcome = Outcome::done, .text = {}, .deleted = sweep.records});
  sweeps_.pop_front();
}

/// One of those that a command waits for is done.
void Replicator::reply(std::uint64_t ticket, const CommandResult& result) {
  const auto found = commands_.find(ticket);
  if (found == commands_.end()) return;
  auto& [left, sum] = found->second;
  sum.outcome = worse(sum.outcome, result.outcome);
  if (!result.text.empty()) sum.text += (sum.text.empty() ? "" : "\n") + result.text;
  sum.differences += result.differences;
  sum.received += result.received;
  sum.changed += result.changed;
  sum.deleted += result.deleted;
  if (--left > 0) return;
  actions_.replies.push_back({ticket, std::move(sum)});
  commands_.erase(found);
}

}  // namespace winsome::replication
