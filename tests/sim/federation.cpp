#include "tests/sim/federation.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/server.h"

namespace winsome::sim {

using names::Record;
using names::RecordType;
using names::State;

namespace {

/// What partners must agree on for a name that one host has: everything but deadlines, which each
/// counts for itself.
std::string text(const Record& record) {
  std::vector<std::string> members;
  for (const auto& member : record.members) members.push_back(winsome::to_text(member.address));
  std::ranges::sort(members);
  std::string text =
      fmt::format("{}{} of {} version {}:", record.is_static ? "static " : "",
                  names::to_text(record.type), winsome::to_text(record.owner), record.version);
  for (const auto& one : members) text += ' ' + one;
  return text;
}

}  // namespace

void Federation::started(const Server& server, const replication::Memory& memory) {
  std::map<Ipv4, std::uint64_t> loaded;
  for (const auto& owner : memory.owners) loaded[owner.owner] = owner.max;
  const auto found = known_.find(server.address());
  if (found == known_.end()) {
    known_[server.address()] = loaded;
  } else if (found->second != loaded) {
    world_.violate(server.who() + " starts with other known maxima than it had");
  }
}

void Federation::disk_replaced(const Server& server) {
  const auto address = server.address();
  // What others hold of it comes back if they can be reached in time; nobody promises that.
  std::set<nbns::ScopedName> names;
  for (const auto& [holder, records] : held_) {
    for (const auto& [name, of] : records) {
      if (of.first == address) names.insert(name);
    }
  }
  known_.erase(address);
  held_.erase(address);
  auto& ledger = ledgers_[address];
  ledger.asks = true;
  ledger.counter = 0;  // or what the backup says: so many were given once
  std::erase_if(promises_, [&](const auto& one) {
    return one.second.server == address || names.contains(one.first.first);
  });
}

void Federation::committed(const Server& server, const names::Actions& names,
                           const replication::Actions& replication) {
  auto& ledger = ledgers_[server.address()];
  for (const auto& change : replication.changes) {
    if (!std::holds_alternative<replication::PutRecovered>(change)) continue;
    ledger.asks = false;
    ledger.unique_through = std::min(ledger.unique_through, ledger.counter);
  }
  for (const auto& change : names.changes) {
    if (const auto* put = std::get_if<names::PutRecord>(&change)) {
      check_record(server, put->record);
    } else if (const auto* erase = std::get_if<names::EraseRecord>(&change)) {
      held_[server.address()].erase(erase->name);
    }
  }
  ledger.counter = names.version;
  ledger.top = std::max(ledger.top, names.version);
  for (const auto& change : replication.changes) {
    if (const auto* put = std::get_if<replication::PutOwner>(&change)) check_owner(server, *put);
    if (const auto* erase = std::get_if<replication::EraseOwner>(&change))
      known_[server.address()].erase(erase->owner);
  }
}

/// A server whose disk was replaced gives no version before it asked its partners, but takes back
/// what they hold; from then on it may give again what none of them knew.
void Federation::check_own(const Server& server, const Record& record) {
  auto& ledger = ledgers_[record.owner];
  const auto [given, fresh] = ledger.names.emplace(record.version, record.name);
  const bool again = !fresh && given->second != record.name;
  if (ledger.asks && fresh) {
    world_.violate(fmt::format("{} gives version {} to {} before it asked its partners",
                               server.who(), record.version, nbns::to_text(record.name)));
  } else if (again && record.version <= ledger.unique_through) {
    world_.violate(fmt::format("{} gives version {} to {}, and gave it to {}", server.who(),
                               record.version, nbns::to_text(record.name),
                               nbns::to_text(given->second)));
  }
  given->second = record.name;
}

void Federation::check_record(const Server& server, const Record& record) {
  const auto name = nbns::to_text(record.name);
  const auto& ledger = ledgers_[record.owner];
  if (record.owner == server.address()) {
    check_own(server, record);
  } else if (record.version <= ledger.unique_through) {
    const auto given = ledger.names.find(record.version);
    if (given == ledger.names.end() || given->second != record.name) {
      world_.violate(fmt::format("{} holds {} with version {} of {}, who never gave it",
                                 server.who(), name, record.version,
                                 winsome::to_text(record.owner)));
    }
  }
  auto& held = held_[server.address()][record.name];
  if (held.first == record.owner && record.version < held.second &&
      held.second <= ledger.unique_through) {
    world_.violate(fmt::format("{} goes back from version {} to {} of {}", server.who(),
                               held.second, record.version, name));
  }
  held = {record.owner, record.version};
}

void Federation::check_owner(const Server& server, const replication::PutOwner& change) {
  auto& before = known_[server.address()][change.owner];
  if (change.known < before) {
    world_.violate(fmt::format("{} knows {} up to {}, and knew {}", server.who(),
                               winsome::to_text(change.owner), change.known, before));
  }
  if (change.known > ledgers_[change.owner].top) {
    world_.violate(fmt::format("{} knows {} up to {}, which is only at {}", server.who(),
                               winsome::to_text(change.owner), change.known,
                               ledgers_[change.owner].top));
  }
  before = change.known;
}

void Federation::sent(const Server& server, const names::Actions& names) {
  for (const auto& send : names.sends) {
    if (const auto* demand = std::get_if<nbns::NameRequest>(&send.message)) {
      promises_.erase({demand->name, send.path.remote.address});
      continue;
    }
    const auto* response = std::get_if<nbns::NameResponse>(&send.message);
    if (!response || response->rcode != nbns::Rcode::ok) continue;
    const auto address = response->entry.address;
    if (response->opcode == nbns::Opcode::release) {
      promises_.erase({response->name, send.path.remote.address});
      continue;
    }
    registrants_[response->name].insert(address);
    const auto* record = server.engine().find(response->name.view());
    const bool there = record && record->state == State::active &&
                       (record->type == RecordType::normal_group ||
                        std::ranges::find(record->members, address, &names::Member::address) !=
                            record->members.end());
    if (!there) continue;
    if (is_single(record->type)) forget_others(response->name, *record);
    acknowledged_by_[response->name].insert(server.address());
    promises_[{response->name, address}] = {server.address(), is_group(record->type),
                                            world_.now() + seconds(response->ttl)};
  }
}

bool Federation::acknowledged_twice(const nbns::ScopedName& name) const {
  const auto found = acknowledged_by_.find(name);
  return found != acknowledged_by_.end() && found->second.size() > 1;
}

/// Whoever had the name before was asked, and lost it.
void Federation::forget_others(const nbns::ScopedName& name, const Record& record) {
  std::erase_if(promises_, [&](const auto& one) {
    return one.first.first == name &&
           std::ranges::find(record.members, one.first.second, &names::Member::address) ==
               record.members.end();
  });
}

void Federation::owner_meddled(Ipv4 owner) {
  for (const auto& [version, name] : ledgers_[owner].names) meddled(name);
}

void Federation::check_agreement() {
  const auto wrong = disagreements();
  if (wrong.empty()) return;
  std::string all = "they do not agree:";
  for (const auto& one : wrong) {
    world_.note("!", one);
    all += "\n  " + one;
  }
  world_.violate(all);
}

std::vector<std::string> Federation::disagreements() const {
  std::vector<std::string> wrong;
  compare(wrong);
  check_promises(wrong);
  return wrong;
}

/// Of a name that one host has: the same active record with the same owner, version, type and
/// addresses. What its owner has released since it told of it lives on elsewhere until it is a
/// tombstone, so it is left out. Groups are only compared by who must be found in them, in
/// `check_promises`: of a special group each server may hold a record of its own (C8), and a member
/// that left lingers in the lists of those who merge it from each other; of a normal group a third
/// server keeps whichever record it heard of first (C7.1).
void Federation::compare(std::vector<std::string>& wrong) const {
  std::set<nbns::ScopedName> names;
  for (const auto* server : servers_) {
    server->engine().for_each([&](const Record& record) {
      if (record.state == State::active && is_single(record.type)) names.insert(record.name);
    });
  }
  std::map<Ipv4, const Server*> by_address;
  for (const auto* server : servers_) by_address[server->address()] = server;
  for (const auto& name : names) {
    if (meddled_.contains(name)) continue;  // two static records are both kept (C6, rule 2)
    if (may_cross_ && acknowledged_twice(name)) continue;
    std::map<std::string, std::string> views;
    for (const auto* server : servers_) {
      const auto* record = server->engine().find(name.view());
      std::string view = "nothing";
      if (record && record->state == State::active) {
        view = text(*record);
        const auto* at_owner = by_address[record->owner]->engine().find(name.view());
        if (at_owner && at_owner->state == State::released) view = "nothing";
      }
      views[view] += ' ' + server->who();
    }
    if (views.size() < 2) continue;
    std::string line = nbns::to_text(name);
    for (const auto& [view, who] : views) line += fmt::format("; at{}: {}", who, view);
    wrong.push_back(line);
  }
}

/// What was acknowledged and not released is everywhere, or lost to somebody else who had it
/// acknowledged. One exception: of two servers that acknowledged a unique name, each may give way
/// to the other at once, to the same host or because neither host answered (C7.2, C9); then the
/// name is gone until its host refreshes it.
void Federation::check_promises(std::vector<std::string>& wrong) const {
  for (const auto& [key, promise] : promises_) {
    const auto& [name, address] = key;
    if (promise.until <= world_.now() || meddled_.contains(name)) continue;
    for (const auto* server : servers_) {
      const auto* record = server->engine().find(name.view());
      const auto line = fmt::format("{} of {}, acknowledged by {}", nbns::to_text(name),
                                    winsome::to_text(address), winsome::to_text(promise.server));
      const bool twice = acknowledged_twice(name) && (may_cross_ || !promise.group);
      if (!record || record->state != State::active) {
        if (!twice) wrong.push_back(line + ", is gone at " + server->who());
        continue;
      }
      if (record->type == RecordType::normal_group) continue;
      const auto holds = [&](Ipv4 one) {
        return std::ranges::find(record->members, one, &names::Member::address) !=
               record->members.end();
      };
      if (holds(address)) continue;
      const auto& rivals = registrants_.at(name);
      if (record->type == RecordType::special_group || !std::ranges::any_of(rivals, holds))
        wrong.push_back(line + ", is not listed at " + server->who());
    }
  }
}

}  // namespace winsome::sim
