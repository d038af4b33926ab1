#include "tests/sim/referee.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace winsome::sim {

using namespace names;  // NOLINT: speaks of nothing else

namespace {

bool has(const Record& record, Ipv4 address) {
  return std::ranges::any_of(record.members,
                             [&](const Member& member) { return member.address == address; });
}

bool is_live(const Record* record) {
  return record && record->state == State::active;
}

bool registers_something(const nbns::NameRequest& request) {
  return request.opcode != nbns::Opcode::release;
}

std::string text(const nbns::ScopedName& name, Ipv4 address) {
  return nbns::to_text(name) + " at " + to_text(address);
}

/// The only answer of this step to whoever asked for `name`, or the last of several.
bool is_last(const Actions& actions, const nbns::NameResponse& response) {
  const nbns::NameResponse* last = nullptr;
  for (const auto& send : actions.sends) {
    const auto* one = std::get_if<nbns::NameResponse>(&send.message);
    if (one && one->name == response.name && one->rcode == nbns::Rcode::ok) last = one;
  }
  return last == &response;
}

}  // namespace

Decision Referee::decided(std::span<const Input> inputs, const Actions& actions) {
  Decision decision{.when = world_.now(), .requests = {}, .commanded = {}, .evidence = {}};
  for (const auto& input : inputs) {
    if (const auto* request = std::get_if<ClientRequest>(&input)) {
      decision.requests.push_back(*request);
    } else if (const auto* response = std::get_if<ClientResponse>(&input)) {
      hear(*response);
    } else {
      const auto& command = std::get<CommandRequest>(input).command;
      if (const auto* add = std::get_if<AddRecords>(&command)) {
        for (const auto& one : add->records) decision.commanded.insert(one.name);
      } else if (const auto* erase = std::get_if<DeleteRecord>(&command)) {
        decision.commanded.insert(erase->name);
      } else if (const auto* tombstone = std::get_if<TombstoneRecord>(&command)) {
        decision.commanded.insert(tombstone->name);
      }
    }
  }
  decision.evidence = evidence_;
  follow(actions, decision);
  return decision;
}

/// An answer counts only from an address that was asked, with the right id and name (decision 4).
void Referee::hear(const ClientResponse& response) {
  const auto judge = [&](std::uint16_t id, const nbns::ScopedName& name,
                         const std::vector<nbns::NbEntry>* entries) {
    const auto found = evidence_.find(name);
    if (found == evidence_.end()) return;
    auto& evidence = found->second;
    const bool counts = evidence.id == id && evidence.asked.contains(response.path.remote.address);
    if (!counts || evidence.denied || evidence.claimed) return;
    evidence.denied = entries == nullptr;
    if (!entries) return;
    evidence.claimed.emplace();
    for (const auto& entry : *entries) evidence.claimed->insert(entry.address);
  };
  if (const auto* denial = std::get_if<nbns::NegativeQueryResponse>(&response.message))
    judge(denial->id, denial->name, nullptr);
  if (const auto* defence = std::get_if<nbns::QueryResponse>(&response.message))
    judge(defence->id, defence->name, &defence->entries);
}

/// Challenges begin and end by what the server says.
void Referee::follow(const Actions& actions, const Decision& decision) {
  for (const auto& send : actions.sends) {
    if (const auto* wack = std::get_if<nbns::Wack>(&send.message)) {
      Evidence evidence{.requester = send.path.remote,
                        .request_id = wack->id,
                        .wanted = {},
                        .asked = {},
                        .claimed = {}};
      for (const auto& request : decision.requests) {
        if (request.path.remote == send.path.remote && request.request.id == wack->id)
          evidence.wanted = request.request.entry.address;
      }
      evidence_.insert_or_assign(wack->name, evidence);
    } else if (const auto* question = std::get_if<nbns::QueryRequest>(&send.message)) {
      auto& evidence = evidence_[question->name];
      evidence.id = question->id;
      evidence.asked.insert(send.path.remote.address);
      evidence.first_asked = std::min(evidence.first_asked, world_.now());
    } else if (const auto* answer = std::get_if<nbns::NameResponse>(&send.message)) {
      const auto found = evidence_.find(answer->name);
      if (found != evidence_.end() && found->second.requester == send.path.remote &&
          found->second.request_id == answer->id)
        evidence_.erase(found);
    }
  }
}

void Referee::committed(const Decision& decision, const Actions& actions, bool told) {
  forget_released(decision);
  std::set<nbns::ScopedName> seen;
  if (actions.version < version_) world_.violate("our version goes back");
  for (const auto& change : actions.changes) {
    const auto& name = std::visit(
        [](const auto& one) -> const nbns::ScopedName& {
          if constexpr (requires { one.record; }) {
            return one.record.name;
          } else {
            return one.name;
          }
        },
        change);
    if (!seen.insert(name).second) world_.violate("a batch changes a name twice");
    const auto found = records_.find(name);
    const auto before =
        found == records_.end() ? std::nullopt : std::optional<Record>(found->second);
    apply(change);
    const auto after = records_.find(name);
    check_change(decision, before ? &*before : nullptr,
                 after == records_.end() ? nullptr : &after->second);
  }
  version_ = actions.version;
  if (!told) evidence_.clear();
}

void Referee::apply(const Change& change) {
  if (const auto* put = std::get_if<PutRecord>(&change)) {
    records_.insert_or_assign(put->record.name, put->record);
  } else if (const auto* touch = std::get_if<TouchRecord>(&change)) {
    const auto found = records_.find(touch->name);
    if (found == records_.end()) return world_.violate("a touch of nothing");
    if (found->second.members.size() > 1) return world_.violate("a touch of a list");
    found->second.due = touch->due;
    for (auto& member : found->second.members) member.due = touch->due;
  } else if (records_.erase(std::get<EraseRecord>(change).name) == 0) {
    world_.violate("an erasure of nothing");
  }
}

void Referee::check_change(const Decision& decision, const Record* before, const Record* after) {
  const bool taken_back = after && is_taken_back(before, *after);
  if (after) {
    if (after->members.size() > members_max)
      world_.violate("more than 25 members: " + nbns::to_text(after->name));
    if (after->name.name.suffix() == 0x1d && is_single(after->type))
      world_.violate("a unique 1D is stored");
    check_version(before, *after);
    if (after->owner == options_.owner) {
      check_promises(*after);
    } else {
      std::erase_if(promises_, [&](const auto& one) { return one.first.first == after->name; });
    }
  }
  if (!is_live(before) || before->type == RecordType::normal_group) return;
  for (const auto& member : before->members) {
    const bool kept = is_live(after) && has(*after, member.address);
    if (!kept && !taken_back && !a_partner_may_take(decision, *before, after, member.address))
      check_loss(decision, *before, after, member.address);
  }
  if (is_live(after) && !taken_back) check_gain(decision, *before, *after);
}

/// Only a unique name of ours needs the word of its host before a replica takes it (C7.2).
bool Referee::a_partner_may_take(const Decision& decision, const Record& before,
                                 const Record* after, Ipv4 lost) {
  if (before.owner != options_.owner) return true;
  if (!after || after->owner == options_.owner) {
    const auto member = std::ranges::find(before.members, lost, &Member::address);
    return before.type == RecordType::special_group && member->owner != options_.owner;
  }
  const bool by_force =
      !is_single(before.type) || !is_single(after->type) || after->is_static || before.is_static;
  const auto found = decision.evidence.find(before.name);
  const bool asked = found != decision.evidence.end() &&
                     std::ranges::any_of(before.members, [&](const Member& one) {
                       return found->second.asked.contains(one.address);
                     });
  if (!by_force && !asked)
    world_.violate(text(before.name, lost) + " is lost to a replica: nobody was asked");
  promises_.erase({before.name, lost});
  return true;
}

/// What a partner kept for us comes back under its version (decision 18).
bool Referee::is_taken_back(const Record* before, const Record& after) const {
  if (!replicates_ || after.owner != options_.owner) return false;
  if (before && before->owner == after.owner && before->version == after.version) return false;
  const auto given = versions_.find(after.version);
  return given != versions_.end() && given->second == after.name;
}

/// Never back, never the same for another name (B10).
void Referee::check_version(const Record* before, const Record& after) {
  if (after.owner != options_.owner) return;
  const bool same = before && before->owner == after.owner && before->version == after.version;
  if (same) {
    const bool revived = before->state != State::active && after.state == State::active;
    const bool buried = before->state != State::tombstone && after.state == State::tombstone;
    const bool retyped = before->type != after.type || before->is_static != after.is_static;
    if (revived || buried || retyped)
      world_.violate("a replicated change without a new version: " + nbns::to_text(after.name));
    for (const auto& member : after.members) {
      if (!has(*before, member.address))
        world_.violate("an address without a new version: " + text(after.name, member.address));
    }
    return;
  }
  if (is_taken_back(before, after)) return;
  if (after.version <= version_ && !may_repeat_) {
    world_.violate(fmt::format("{} has version {}, but {} was given before",
                               nbns::to_text(after.name), after.version, version_));
  }
  const auto [given, fresh] = versions_.emplace(after.version, after.name);
  if (fresh) return;
  if (!may_repeat_) world_.violate(fmt::format("version {} is given twice", after.version));
  given->second = after.name;
}

/// What was acknowledged is not to be taken back by a shorter life.
void Referee::check_promises(const Record& after) {
  if (after.state != State::active || after.is_static) return;
  for (const auto& member : after.members) {
    const auto promise = promises_.find({after.name, member.address});
    if (promise == promises_.end()) continue;
    const auto due = has_list(after.type) ? member.due : after.due;
    if (due < promise->second)
      world_.violate("a shorter life than granted: " + text(after.name, member.address));
  }
}

void Referee::check_loss(const Decision& decision, const Record& before, const Record* after,
                         Ipv4 lost) {
  if (const auto why = no_reason_to_lose(decision, before, after, lost)) {
    world_.violate(text(before.name, lost) + " is lost" +
                   (after ? ", now " + std::string(names::to_text(after->state)) : "") + ": " +
                   *why);
  }
  promises_.erase({before.name, lost});
}

/// Nothing if this address may go from this active record, else what speaks against it.
std::optional<std::string> Referee::no_reason_to_lose(const Decision& decision,
                                                      const Record& before, const Record* after,
                                                      Ipv4 lost) const {
  if (decision.commanded.contains(before.name)) return {};
  const bool released = std::ranges::any_of(decision.requests, [&](const ClientRequest& one) {
    return one.request.opcode == nbns::Opcode::release && one.request.name == before.name &&
           one.path.remote.address == lost;
  });
  if (released && !before.is_static) return {};
  if (before.is_static && !options_.migrate_on) return "it is static";

  const auto promise = promises_.find({before.name, lost});
  const auto member =
      std::ranges::find_if(before.members, [&](const Member& one) { return one.address == lost; });
  const auto due = has_list(before.type) ? member->due : before.due;
  const bool expired = !before.is_static && due <= decision.when &&
                       (promise == promises_.end() || promise->second <= decision.when);
  if (expired) return {};
  if (before.type == RecordType::special_group) {
    if (after && after->members.size() == members_max) return {};
    return "there was room";
  }

  const auto found = decision.evidence.find(before.name);
  if (found == decision.evidence.end()) return "nobody was challenged";
  const auto& evidence = found->second;
  const bool asked_before = std::ranges::any_of(
      before.members, [&](const Member& one) { return evidence.asked.contains(one.address); });
  if (!asked_before) return "it was taken since by another";
  if (evidence.denied) return {};
  if (evidence.claimed) {
    if (evidence.claimed->contains(lost)) return "its owner defended it";
    if (evidence.wanted && evidence.claimed->contains(*evidence.wanted)) return {};
    return "its owner defended the name";
  }
  if (!evidence.asked.contains(lost)) return "it was never asked";
  const auto whole = options_.challenge.interval * ((1 << options_.challenge.tries) - 1);
  const auto share = options_.challenge.total / static_cast<int>(before.members.size());
  if (decision.when - evidence.first_asked < std::min(whole, share) * 2 / 5)
    return "it had no time to answer";
  return {};
}

/// A host's second address needs the host's word (B4).
void Referee::check_gain(const Decision& decision, const Record& before, const Record& after) {
  if (!is_single(before.type) || !is_single(after.type)) return;
  if (before.owner != options_.owner || after.owner != options_.owner) return;
  if (decision.commanded.contains(before.name)) return;
  const bool keeps = std::ranges::any_of(
      before.members, [&](const Member& one) { return has(after, one.address); });
  for (const auto& member : after.members) {
    if (!keeps || has(before, member.address)) continue;
    const bool released = std::ranges::any_of(decision.requests, [&](const ClientRequest& one) {
      return one.request.opcode == nbns::Opcode::release && one.request.name == before.name;
    });
    const auto found = decision.evidence.find(before.name);
    const bool merged = found != decision.evidence.end() && found->second.claimed &&
                        found->second.claimed->contains(member.address);
    if (!merged && !released)
      world_.violate("an address that its host never claimed: " + text(after.name, member.address));
  }
}

bool Referee::registers(const Decision& decision, const nbns::ScopedName& name,
                        Ipv4 address) const {
  const auto evidence = decision.evidence.find(name);
  if (evidence != decision.evidence.end() && evidence->second.wanted == address) return true;
  return std::ranges::any_of(decision.requests, [&](const ClientRequest& one) {
    return registers_something(one.request) && one.request.name == name &&
           one.request.entry.address == address;
  });
}

/// Whoever registers a name again may have it.
void Referee::forget_released(const Decision& decision) {
  std::erase_if(released_, [&](const Promise& one) {
    return registers(decision, one.first, one.second) || decision.commanded.contains(one.first);
  });
}

void Referee::about_to_send(const Decision& decision, const Actions& actions) {
  forget_released(decision);
  for (const auto& [name, address] : released_) {
    const auto found = records_.find(name);
    const bool back = found != records_.end() && found->second.owner == options_.owner &&
                      is_live(&found->second) && has(found->second, address);
    const bool here = back && std::ranges::any_of(found->second.members, [&](const Member& one) {
                        return one.address == address &&
                               (one.owner == options_.owner || !has_list(found->second.type));
                      });
    if (here) world_.violate("a released name is back: " + text(name, address));
  }
  for (const auto& send : actions.sends) {
    const auto* response = std::get_if<nbns::NameResponse>(&send.message);
    if (!response || response->rcode != nbns::Rcode::ok || !is_last(actions, *response)) continue;
    if (decision.commanded.contains(response->name)) continue;
    if (response->opcode == nbns::Opcode::release) {
      check_released(decision, *response, send.path.remote.address);
    } else {
      check_grant(decision, *response);
    }
  }
}

/// A reply never precedes its commit.
void Referee::check_grant(const Decision& decision, const nbns::NameResponse& response) {
  if (response.name.name.suffix() == 0x1d && !response.entry.group) return;
  const auto found = records_.find(response.name);
  if (found == records_.end() || !is_live(&found->second))
    return world_.violate("granted, but not on the disk: " + nbns::to_text(response.name));
  const auto& record = found->second;
  if (record.owner != options_.owner) return;  // a replica of the same batch took it
  if (record.is_static || record.type == RecordType::normal_group) return;
  if (!has(record, response.entry.address))
    return world_.violate("granted, but not on the disk: " +
                          text(response.name, response.entry.address));
  auto& until = promises_.try_emplace({response.name, response.entry.address}).first->second;
  until = std::max(until, decision.when + seconds(response.ttl));
  check_promises(record);
}

void Referee::check_released(const Decision& decision, const nbns::NameResponse& response,
                             Ipv4 source) {
  const auto found = records_.find(response.name);
  if (found == records_.end() || found->second.is_static) return;
  if (found->second.owner != options_.owner) return;
  if (found->second.name.name.suffix() == 0x1d || registers(decision, response.name, source))
    return;
  if (is_live(&found->second) && has(found->second, source) &&
      found->second.type != RecordType::normal_group)
    return world_.violate("released, but not on the disk: " + text(response.name, source));
  if (!is_live(&found->second) || !has(found->second, source))
    released_.insert({response.name, source});
}

void Referee::restarted(const Records& loaded, std::uint64_t version) {
  evidence_.clear();
  if (std::exchange(replaced_, false)) {
    may_repeat_ = true;
    records_ = loaded;
    version_ = version;
    promises_.clear();
    released_.clear();
  }
  if (loaded != records_) world_.violate("the disk has not what was committed");
  if (version < version_) world_.violate("our version goes back over a restart");
}

void Referee::check_same(const NameServer& engine, const std::string& when) {
  std::size_t count = 0;
  engine.for_each([&](const Record& record) {
    ++count;
    const auto found = records_.find(record.name);
    if (found == records_.end() || found->second != record)
      world_.violate("memory is not as the disk " + when + ": " + nbns::to_text(record.name));
  });
  if (count != records_.size()) world_.violate("memory has not all names " + when);
  if (engine.version() < version_) world_.violate("memory has an old version " + when);
  const auto statistics = engine.statistics();
  if (statistics.active + statistics.released + statistics.tombstones != count)
    world_.violate("the counts are wrong " + when);
}

void Referee::undone(const NameServer& engine) {
  evidence_.clear();
  check_same(engine, "after undoing");
  if (engine.version() != version_) world_.violate("undoing leaves a trace in the version");
  if (engine.statistics().challenges_pending != 0)
    world_.violate("undoing leaves challenges that nobody can answer");
}

void Referee::check_bounds(const NameServer& engine) {
  const auto pending = engine.statistics().challenges_pending;
  if (pending > options_.challenge.at_once) world_.violate("too many challenges");
  if (!world_.chance(20)) return;
  std::size_t ids = 0;
  for (unsigned id = 0; id < 0x10000; ++id)
    ids += engine.pending_ids().contains(static_cast<std::uint16_t>(id)) ? 1 : 0;
  const bool right = replicates_ ? ids >= pending : ids == pending;  // demands have ids, too
  if (!right) world_.violate("the pending ids are not those of the challenges");
}

}  // namespace winsome::sim
