#include <algorithm>
#include <utility>

#include "replication/engine/replicator.h"

namespace winsome::replication {

void Replicator::start_verifications(std::optional<std::uint64_t> ticket, std::size_t limit) {
  // Also those of whom we hold nothing: their members may stand in lists of ours.
  std::vector<Ipv4> owners;
  for (const auto& [owner, known] : known_.all()) {
    if (accepts(owner) && known.version > 0) owners.push_back(owner);
  }
  if (ticket) commands_[*ticket].left = owners.size();
  if (ticket && owners.empty()) {
    commands_[*ticket].left = 1;
    reply(*ticket, {});
  }
  if (limit == 0) {
    for (const auto owner : owners) start_verification(owner, ticket, 0);
    return;
  }
  // A period begins where the last one had to stop.
  const auto first = std::ranges::lower_bound(owners, verify_next_);
  std::rotate(owners.begin(), first, owners.end());
  verify_next_ = {};
  auto left = limit;
  for (const auto owner : owners) {
    if (left == 0) {
      verify_next_ = owner;
      return;
    }
    const auto taken = start_verification(owner, ticket, left);
    if (!taken) {  // more than are left
      verify_next_ = owner;
      return;
    }
    left -= *taken;
  }
}

/// Whom to ask for an owner: nobody with whom we share 1B names and internet groups only, for what
/// he leaves out is not gone. Of one that is no partner: who gave us the latest of it. These ways
/// form a tree that begins at the owner, so that nobody is told by whom he told. After a start they
/// are not known, and all who hold its records take turns.
PartnerState* Replicator::verifier_of(Ipv4 owner) {
  PartnerState* itself = nullptr;
  std::vector<PartnerState*> holders;
  for (auto& [name, partner] : partners_) {
    if (!partner->config.pull || partner->config.paused || partner->config.domains_only) continue;
    const auto near = nearness(*partner, owner);
    if (near == 2) {
      itself = partner.get();
      if (!options_.verification.with_partners) return itself;
      continue;
    }
    const bool holds = near > 0 || std::ranges::find(partner->map, owner, &OwnerRange::owner) !=
                                       partner->map.end();
    if (holds) holders.push_back(partner.get());
  }
  if (holders.empty()) return itself;
  const auto on_the_way = std::ranges::find_if(
      holders, [&](const PartnerState* one) { return nearness(*one, owner) == 1; });
  if (on_the_way != holders.end()) return *on_the_way;
  const auto next = std::ranges::upper_bound(
      holders, verified_with_[owner], {},
      [](const PartnerState* one) -> const std::string& { return one->config.name; });
  return next == holders.end() ? holders.front() : *next;
}

/// Asks for everything up to what we hold (B11); with a `limit` of records the rest follows in the
/// next period. Returns how many we hold of what is asked for; nothing where that is not the rest.
std::optional<std::size_t> Replicator::start_verification(Ipv4 owner,
                                                          std::optional<std::uint64_t> ticket,
                                                          std::size_t limit) {
  auto* whom = verifier_of(owner);
  Task task{.range = {owner, 1, known(owner, whom)}, .purpose = Purpose::verify};
  if (ticket) task.tickets.push_back(*ticket);
  if (!whom) {
    fail_verification(task, "no partner holds its records");
    return 0;
  }
  verified_with_[owner] = whom->config.name;

  std::size_t seen = 0;
  bool rest = true;
  if (limit > 0) {
    const auto through = verified_through_.find(owner);
    if (through != verified_through_.end()) task.range.min = through->second + 1;
    std::optional<std::uint64_t> end;
    names_.table().visit_owner(owner, task.range.min, task.range.max, [&](const auto& record) {
      rest = ++seen <= limit;
      if (rest) end = record.version;
      return rest;
    });
    if (!rest) task.range.max = *end;
  }
  if (task.range.min > task.range.max) {
    verified_through_.erase(owner);
    for (const auto one : task.tickets) reply(one, {});
    return 0;
  }
  if (whom->pull_link == 0) connect(*whom);
  auto& todo = pulls_.at(whom->pull_link).todo;
  const auto same = std::ranges::find_if(todo, [&](const Task& one) {
    return one.purpose == Purpose::verify && one.range.owner == owner;
  });
  if (same == todo.end() || !task.tickets.empty()) todo.push_back(std::move(task));
  return rest ? std::optional(seen) : std::nullopt;
}

/// Before a piece is applied: what we hold up to its last version and it does not have is gone.
void Replicator::verify_piece(const Piece& piece, Pull& pull) {
  pull.asked_filtered |= piece.filtered;
  if (piece.records.empty()) return;
  drop_absent(pull, std::min(piece.records.back().version, pull.asked_to), piece.records);
}

/// After the last piece: what we hold beyond it is gone.
void Replicator::verify_rest(Pull& pull) {
  drop_absent(pull, pull.asked_to, {});
}

void Replicator::drop_absent(Pull& pull, std::uint64_t to, std::span<const names::Record> present) {
  if (pull.asked_filtered) return;  // what it does not give is not gone
  std::vector<names::Record> absent;
  names_.table().visit_owner(
      pull.asked->range.owner, pull.through + 1, to, [&](const names::Record& held) {
        const auto [first, last] =
            std::ranges::equal_range(present, held.version, {}, &names::Record::version);
        const bool there = std::ranges::find(first, last, held.name, &names::Record::name) != last;
        if (!there) absent.push_back(held);
        return true;
      });
  for (const auto& held : absent) {
    if (keeps_given_up(held)) {
      ++pull.changed;
      continue;
    }
    names_.erase(held.name.view());
    ++pull.deleted;
  }
}

/// Two others have the name, and did not hear of each other while we held now the one record, now
/// the other. Compared again and again, the one of the higher owner spreads until it comes to the
/// lower one, who asks his client (decision 39).
bool Replicator::stays_against(const names::Record& stored, const names::Record& incoming) const {
  const auto contests = [](const names::Record& one) {
    return is_single(one.type) && one.state == names::State::active && !one.is_static;
  };
  return contests(stored) && contests(incoming) && stored.owner != options_.us &&
         incoming.owner < stored.owner;
}

/// One that we hold as its owner has it lives on; any other is decided like a new one.
bool Replicator::confirm(names::Record incoming, const PartnerState* from) {
  const auto* stored = names_.find(incoming.name.view());
  if (stored && stays_against(*stored, incoming)) return false;
  if (!stored || stored->owner != incoming.owner || stored->version != incoming.version)
    return apply(std::move(incoming), from);
  const auto addresses = [](const names::Member& a, const names::Member& b) {
    return a.address == b.address && a.owner == b.owner;
  };
  const bool differs = stored->type != incoming.type || stored->state != incoming.state ||
                       stored->is_static != incoming.is_static ||
                       !std::ranges::is_permutation(stored->members, incoming.members, addresses);
  put_replica(std::move(incoming));
  return differs;
}

void Replicator::finish_verification(Pull& pull) {
  const auto& task = *pull.asked;
  const auto& range = task.range;
  last_verification_ = moment_.now;
  verified_through_.erase(range.owner);
  if (range.max < known(range.owner, pull.partner)) verified_through_[range.owner] = range.max;
  if (pull.changed + pull.deleted > 0)
    tell(EventKind::verified, pull.peer, pull.changed + pull.deleted, to_text(range.owner));
  for (const auto ticket : task.tickets) {
    reply(ticket, {.outcome = Outcome::done,
                   .text = {},
                   .received = pull.received,
                   .changed = pull.changed,
                   .deleted = pull.deleted});
  }
  pull.received = pull.changed = pull.deleted = 0;
}

void Replicator::start_comparisons(std::uint64_t ticket, Ipv4 owner) {
  std::vector<PartnerState*> whom;
  for (auto& [name, partner] : partners_) {
    if (partner->config.pull && !partner->config.paused) whom.push_back(partner.get());
  }
  commands_[ticket].left = std::max<std::size_t>(whom.size(), 1);
  if (whom.empty())
    return reply(ticket, {.outcome = Outcome::failed, .text = "there is no partner to ask"});
  for (auto* partner : whom) {
    partner->comparisons.push_back({ticket, owner});
    ask_map(*partner);
  }
}

/// The partner's map was just heard.
void Replicator::compare(PartnerState& partner, const Comparison& comparison) {
  CommandResult result;
  for (const auto& one : partner.map) {
    if (!comparison.owner.unspecified() && one.owner != comparison.owner) continue;
    const auto ours = one.owner == options_.us ? names_.version() : known(one.owner, &partner);
    ++result.received;
    if (one.max == ours) continue;
    ++result.changed;
    result.differences += partner.config.name + ": " + to_text(one.owner) + " up to " +
                          std::to_string(one.max) + ", here up to " + std::to_string(ours) + "\n";
  }
  reply(comparison.ticket, result);
}

void Replicator::fail_comparisons(PartnerState& partner, const std::string& why) {
  for (const auto& one : std::exchange(partner.comparisons, {}))
    reply(one.ticket, {.outcome = Outcome::failed, .text = partner.config.name + ": " + why});
}

void Replicator::fail_verification(Task& task, const std::string& why) {
  const auto owner = to_text(task.range.owner);
  tell(EventKind::verification_failed, owner, 0, why);
  const CommandResult failed{.outcome = Outcome::failed, .text = owner + ": " + why};
  for (const auto ticket : std::exchange(task.tickets, {})) reply(ticket, failed);
}

}  // namespace winsome::replication
