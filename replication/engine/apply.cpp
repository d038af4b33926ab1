#include <algorithm>
#include <array>

#include "replication/conflict/resolve.h"
#include "replication/conflict/special_group.h"
#include "replication/engine/replicator.h"

namespace winsome::replication {
namespace {

using names::State;

/// ReplicationType 1 (fact base B13): domain master browsers, and the lists of members.
bool is_of_domains(const names::Record& record) {
  return record.name.name.suffix() == 0x1b || record.type == names::RecordType::special_group;
}

/// Replicas may have scopes that are no labels (peers' suites send them); nobody registers such.
bool can_be_registered(const nbns::ScopedName& name) {
  std::array<std::uint8_t, 2 * (nbns::scope_length_max + 16)> room{};
  ByteWriter out(room);
  nbns::encode_name(out, name.view());
  return out.ok();
}

}  // namespace

bool Replicator::passes(const names::Record& record, bool dynamic_only, bool domains_only) {
  if (record.state == State::released) return false;
  if (dynamic_only && record.is_static) return false;
  return !domains_only || is_of_domains(record);
}

void Replicator::apply_pieces(std::size_t most) {
  auto budget = most;
  while (budget > 0 && !pieces_.empty()) {
    auto& piece = pieces_.front();
    auto& pull = pulls_.at(piece.link);
    const auto& task = *pull.asked;
    const auto owner = task.range.owner;
    if (task.purpose == Purpose::verify && piece.next == 0) verify_piece(piece, pull);
    for (; piece.next < piece.records.size() && budget > 0; ++piece.next, --budget) {
      auto& record = piece.records[piece.next];
      record.owner = owner;
      if (!sound(record, pull)) continue;
      pull.through = record.version;
      if (apply_for(task.purpose, std::move(record), pull.partner)) ++pull.changed;
    }
    if (task.purpose == Purpose::replicate) set_known(owner, pull.through, pull.partner);
    if (piece.next < piece.records.size()) return;
    piece_done();
  }
}

bool Replicator::apply_for(Purpose purpose, names::Record record, PartnerState* from) {
  switch (purpose) {
    case Purpose::replicate: return apply(std::move(record), from);
    case Purpose::take_back: return take_back(std::move(record), from);
    case Purpose::verify: return confirm(std::move(record), from);
  }
  return false;
}

/// The first piece is applied.
void Replicator::piece_done() {
  const auto link = pieces_.front().link;
  const bool last = pieces_.front().last;
  pieces_.pop_front();
  auto& pull = pulls_.at(link);
  --pull.pieces;
  if (std::exchange(pull.take_more, false)) {
    pull.deadline = moment_.now + patience;
    send(TakeMore{link});
  }
  if (!last) return;
  const auto range = pull.asked->range;
  if (pull.asked->purpose == Purpose::verify) verify_rest(pull);
  pull.through = pull.asked_to;
  if (pull.asked->purpose == Purpose::replicate)
    set_known(range.owner, pull.asked_to, pull.partner);
  if (pull.asked_to < range.max) {
    const bool thin = pull.in_window < pull.window / 4;
    if (thin && pull.window < version_max / 2) pull.window *= 2;
    if (pull.in_window > pull.window / 2 && pull.window > Pull::window_min) pull.window /= 2;
    return ask_window(link);
  }
  busy_owners_.erase(range.owner);
  if (pull.asked->purpose == Purpose::verify) finish_verification(pull);
  pull.asked.reset();
  ask_next(link);
}

bool Replicator::sound(names::Record& record, const Pull& pull) {
  const auto refuse = [&](const char* why) {
    complain(pull.partner, pull.peer, why);
    return false;
  };
  if (record.version <= pull.through || record.version > pull.asked_to)
    return refuse("records with versions that were not asked for");
  if (record.members.size() > names::members_max) {
    complain(pull.partner, pull.peer, "records with too many members, which were cut");
    record.members.resize(names::members_max);
  }
  if (is_single(record.type) && record.members.empty()) return refuse("a host without address");
  if (!has_list(record.type) && record.members.size() > 1) record.members.resize(1);
  const auto is_host = [](const names::Member& member) { return member.address.is_host(); };
  if (record.type != names::RecordType::normal_group &&
      !std::ranges::all_of(record.members, is_host))
    return refuse("an address that no host can have");
  for (auto& member : record.members) {
    if (member.owner.unspecified() || !has_list(record.type)) member.owner = record.owner;
  }
  return true;
}

/// Decides a replica (C6); true when a name is different afterwards.
bool Replicator::apply(names::Record incoming, const PartnerState* from) {
  if (!accepts(incoming.owner)) return false;
  if (from && from->config.domains_only && !is_of_domains(incoming)) return false;
  if (is_blocked(incoming)) {
    if (options_.refuse_blocked_names) return false;
    tell(EventKind::blocked_name_taken, from ? from->config.name : std::string(), 0,
         to_text(incoming.name));
  }
  const auto* stored = names_.find(incoming.name.view());
  const bool local = from && from->config.members_count_as_local;
  const conflict::Rules rules{options_.us, options_.migrate_on, local};
  switch (conflict::resolve(stored, incoming, rules)) {
    case conflict::Verdict::add: put_replica(std::move(incoming)); return true;
    case conflict::Verdict::replace:
      if (stored->owner == options_.us) note_given_up(*stored, incoming);
      put_replica(std::move(incoming));
      return true;
    case conflict::Verdict::keep: return false;
    case conflict::Verdict::propagate: names_.put_own(*stored); return false;
    case conflict::Verdict::challenge: defer(std::move(incoming)); return false;
    case conflict::Verdict::demand_release:
      names_.demand_release(*stored);
      put_replica(std::move(incoming));
      return true;
    case conflict::Verdict::merge: {
      auto merged =
          conflict::merge_special_groups(*stored, incoming, options_.us, due_of(incoming), local);
      if (merged.record.state != State::active) merged.record.due = due_of(merged.record);
      if (merged.ours) {
        names_.put_own(std::move(merged.record));
      } else {
        names_.put(std::move(merged.record));
      }
      return true;
    }
  }
  return false;
}

/// Of two servers with clients in one group each gives way to the other (C7.2), perhaps both at
/// once; then neither has what the other believes in. Who finds that out keeps the group, and the
/// lower of them takes it back, so that it happens once.
void Replicator::note_given_up(const names::Record& ours, const names::Record& theirs) {
  const bool groups = ours.type == names::RecordType::normal_group && ours.state == State::active;
  if (!groups || theirs.type != ours.type || theirs.state != State::active) return;
  constexpr std::size_t given_up_max = 65'536;  // the rest comes back when its clients refresh
  if (given_up_.size() < given_up_max) given_up_.insert_or_assign(ours.name, theirs.owner);
}

bool Replicator::keeps_given_up(const names::Record& replica) {
  const auto found = given_up_.find(replica.name);
  if (found == given_up_.end() || found->second != replica.owner || replica.state != State::active)
    return false;
  given_up_.erase(found);
  if (replica.owner < options_.us) return true;
  auto ours = replica;
  ours.due = moment_.now + options_.renewal;
  for (auto& member : ours.members) member.due = ours.due;
  names_.put_own(std::move(ours));
  return true;
}

/// A record of ours that a partner kept for us (decision 18).
bool Replicator::take_back(names::Record incoming, PartnerState* from) {
  if (!can_be_registered(incoming.name)) {
    complain(from, from ? from->config.name : std::string(),
             "records of ours that nobody can ask for");
    return false;
  }
  const auto* stored = names_.find(incoming.name.view());
  if (stored) {
    const bool older = stored->owner == options_.us && stored->version < incoming.version;
    const auto verdict = conflict::resolve(stored, incoming, {options_.us, options_.migrate_on});
    if (!older && (stored->owner == options_.us || verdict != conflict::Verdict::replace))
      return false;
  }
  incoming.due = moment_.now +
                 (incoming.state == State::active ? options_.renewal : options_.extinction_timeout);
  for (auto& member : incoming.members) member.due = incoming.due;
  names_.put(std::move(incoming));
  ++taken_back_;
  return true;
}

Instant Replicator::due_of(const names::Record& replica) const {
  return moment_.now + (replica.state == State::active ? options_.verification_life
                                                       : options_.extinction_timeout);
}

void Replicator::put_replica(names::Record incoming) {
  // A list that its owner emptied holds the name no longer: smbtorture's `replica` finds it
  // nowhere.
  if (incoming.type == names::RecordType::special_group && incoming.members.empty() &&
      incoming.state == State::active)
    incoming.state = State::released;
  incoming.due = due_of(incoming);
  for (auto& member : incoming.members) member.due = incoming.due;
  names_.put(std::move(incoming));
}

bool Replicator::is_blocked(const names::Record& record) const {
  if (options_.blocked_names.empty() || record.is_static || record.state != State::active)
    return false;
  std::string text(record.name.name.octets.begin(), record.name.name.octets.end() - 1);
  text.erase(text.find_last_not_of(' ') + 1);
  return std::ranges::find(options_.blocked_names, text) != options_.blocked_names.end();
}

}  // namespace winsome::replication
