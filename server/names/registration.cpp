#include <algorithm>

#include "server/core/check.h"
#include "server/names/claim.h"
#include "server/names/lifecycle.h"
#include "server/names/name_server.h"

namespace winsome::names {
namespace {

using nbns::Opcode;
using nbns::Rcode;

/// Fact base B12: five minutes for the first hundred, ten for the next, up to fifty, and again.
constexpr seconds burst_life(std::size_t granted) {
  return std::chrono::minutes(5) * static_cast<int>(1 + granted / 100 % 10);
}

bool is_refresh(Opcode opcode) {
  return opcode == Opcode::refresh || opcode == Opcode::refresh_alternate;
}

Member* find_member(Record& record, Ipv4 address) {
  const auto found = std::ranges::find(record.members, address, &Member::address);
  return found == record.members.end() ? nullptr : &*found;
}

bool holds(const Record& record, Ipv4 address) {
  return std::ranges::find(record.members, address, &Member::address) != record.members.end();
}

/// The deadlines of a static record mean nothing: where it becomes dynamic (B9), all its addresses
/// begin to live.
void make_dynamic(Record& record, Instant due) {
  if (!record.is_static) return;
  record.is_static = false;
  for (auto& member : record.members) member.due = due;
}

/// From now on it is the client's, and lives as long as a client's does (decision 7).
void take_from_lease(Record& record, Instant due_max) {
  if (!record.fed) return;
  record.fed = false;
  for (auto& member : record.members) member.due = std::min(member.due, due_max);
}

/// The short life of a burst takes back nothing that we promised before: its answer may be lost.
void prolong(Member& member, Ipv4 us, Instant due) {
  member.due = member.owner == us ? std::max(member.due, due) : due;
  member.owner = us;
}

/// Makes room in a full special group for a member that registers here (Q167365): the oldest that
/// another server brought goes first, else the oldest. The list is arranged: ours first, newest
/// first.
void make_room(Members& members) {
  if (members.size() >= members_max) members.pop_back();
}

}  // namespace

void NameServer::handle(const ClientRequest& input) {
  if (closed_) return drop(Drop::starting);
  if (!allows(options_.access.register_from, input.path.remote.address))
    return drop(Drop::source_refused);
  if (input.request.broadcast) return drop(Drop::broadcast);
  if (input.request.opcode == Opcode::release) return release(input);

  switch (policy_.rule(input.request, input.path.remote.address)) {
    case Policy::Ruling::decide: return claim(input);
    case Policy::Ruling::grant_unstored: return reply(input.path, input.request, Rcode::ok, life());
    case Policy::Ruling::active_elsewhere: return conflict(input);
    case Policy::Ruling::ignore: return drop(Drop::bad_address);
    case Policy::Ruling::refuse:
      ++statistics_.policy_refusals;
      return reply(input.path, input.request, Rcode::rfs_err);
    case Policy::Ruling::refuse_scope:
      ++statistics_.policy_refusals;
      return reply(input.path, input.request, Rcode::srv_err);
  }
}

void NameServer::claim(const ClientRequest& input) {
  const auto* record = table_.find(input.request.name.view());
  const auto asked = Policy::type_asked(input.request);
  auto held_by = Holder::nobody;
  if (record) {
    const bool migrates = options_.migrate_on &&
                          (is_single(record->type) ||
                           (record->name.name.suffix() == 0x1c && record->owner == options_.owner));
    held_by = holder(record->type, record->state, record->is_static, migrates);
  }
  const auto ruling = verdict(held_by, asked);
  const bool challenges = ruling == Verdict::challenge || ruling == Verdict::contest;
  if (challenges && has_too_many_names(input.request)) return drop(Drop::names_limit);
  if (challenges && speaks_for(*record)) {  // decision 7: the device itself may be silent
    if (!holds(*record, input.request.entry.address)) return conflict(input);
    if (ruling == Verdict::challenge) return grant(input);
  }
  switch (ruling) {
    case Verdict::add: return grant(input);
    case Verdict::keep:
      return reply(input.path, input.request, Rcode::ok, options_.intervals.renewal);
    case Verdict::refuse: return conflict(input);
    case Verdict::extend: return extend(input, *record);
    case Verdict::join: return join(input, *record);
    case Verdict::challenge: return challenge(input, *record);
    case Verdict::contest:
      if (holds(*record, input.request.entry.address)) {
        return extend(input, *record);
      }
      return challenge(input, *record);
  }
}

bool NameServer::has_too_many_names(const nbns::NameRequest& request) const {
  const auto limit = options_.access.names_per_address;
  if (limit == 0 || table_.names_of(request.entry.address) < limit) return false;
  const auto* record = table_.find(request.name.view());
  return !record || !holds(*record, request.entry.address);
}

void NameServer::grant(const ClientRequest& input) {
  const auto& request = input.request;
  if (has_too_many_names(request)) return drop(Drop::names_limit);
  const auto ttl = life();
  Record record{.name = request.name,
                .type = Policy::type_asked(request),
                .state = State::active,
                .node = request.entry.node,
                .is_static = false,
                .owner = {},
                .version = 0,
                .due = now_ + ttl,
                .members = {{request.entry.address, options_.owner, now_ + ttl}}};
  take_ownership(record);
  ++(is_group(record.type) ? statistics_.group_registrations : statistics_.unique_registrations);
  table_.put(std::move(record));
  reply(input.path, request, Rcode::ok, ttl);
}

void NameServer::extend(const ClientRequest& input, Record record) {
  const auto ttl = life();
  const bool other_node = is_single(record.type) && !is_refresh(input.request.opcode) &&
                          record.node != input.request.entry.node;
  const bool replicate = record.owner != options_.owner || record.is_static || other_node;
  if (other_node) record.node = input.request.entry.node;

  make_dynamic(record, now_ + ttl);
  take_from_lease(record, now_ + options_.intervals.renewal);
  record.due = now_ + ttl;
  auto* member = find_member(record, input.request.entry.address);
  if (!member && !record.members.empty())
    member = &record.members.front();  // a normal group, whoever refreshes it
  if (member) {
    prolong(*member, options_.owner, now_ + ttl);
    record.due = member->due;
  }
  arrange(record, options_.owner);
  if (replicate) take_ownership(record);
  ++(is_group(record.type) ? statistics_.group_renewals : statistics_.unique_renewals);
  table_.put(std::move(record));
  reply(input.path, input.request, Rcode::ok, ttl);
}

void NameServer::join(const ClientRequest& input, Record record) {
  const auto address = input.request.entry.address;
  auto* member = find_member(record, address);
  if (!member && has_too_many_names(input.request)) return drop(Drop::names_limit);
  if (!member && record.is_static && record.members.size() >= members_max)  // B9
    return reply(input.path, input.request, Rcode::ok, options_.intervals.renewal);

  const auto ttl = life();
  const bool replicate = record.owner != options_.owner || record.is_static || !member ||
                         member->owner != options_.owner;
  make_dynamic(record, now_ + ttl);
  if (member) {
    prolong(*member, options_.owner, now_ + ttl);
    ++statistics_.group_renewals;
  } else {
    arrange(record, options_.owner);
    make_room(record.members);
    record.members.push_back({address, options_.owner, now_ + ttl});
    ++statistics_.group_registrations;
  }
  arrange(record, options_.owner);
  if (replicate) take_ownership(record);
  table_.put(std::move(record));
  reply(input.path, input.request, Rcode::ok, ttl);
}

void NameServer::release(const ClientRequest& input) {
  const auto source = input.path.remote.address;
  const auto* stored = table_.find(input.request.name.view());
  const auto not_found = [&] {
    ++statistics_.releases_not_found;
    reply(input.path, input.request, Rcode::ok);
  };
  const bool browser =
      input.request.name.name.suffix() == 0x1d;  // every segment's: nobody releases it
  if (!stored || stored->state != State::active || browser) return not_found();
  if (stored->is_static) {
    if (!is_group(stored->type)) return not_found();
    ++statistics_.group_conflicts;
    return reply(input.path, input.request, Rcode::act_err);
  }
  if (!holds(*stored, source)) return not_found();

  Record record = *stored;
  record.fed = false;
  const bool ours = record.owner == options_.owner;
  if (has_list(record.type)) {
    record.members.erase(std::ranges::find(record.members, source, &Member::address));
  }
  if (has_list(record.type) && !record.members.empty()) {
    arrange(record, options_.owner);
    if (!ours) take_ownership(record);
  } else {
    if (record.members.empty()) record.members = stored->members;  // who had it last
    record.state = ours ? State::released : State::tombstone;
    record.due = now_ + options_.intervals.extinction;
    if (!ours) {
      record.due += options_.intervals.extinction_timeout;
      take_ownership(record);
    }
  }
  ++statistics_.releases_found;
  table_.put(std::move(record));
  reply(input.path, input.request, Rcode::ok);
}

seconds NameServer::life() {
  if (waiting_ <= options_.burst.threshold) {
    burst_ = 0;
    return options_.intervals.renewal;
  }
  ++statistics_.burst_grants;
  return std::min(options_.intervals.renewal, burst_life(burst_++));
}

void NameServer::conflict(const ClientRequest& input) {
  ++(input.request.entry.group ? statistics_.group_conflicts : statistics_.unique_conflicts);
  reply(input.path, input.request, Rcode::act_err);
}

void NameServer::reply(const Path& path, const nbns::NameRequest& request, Rcode rcode,
                       seconds ttl) {
  // Refreshes and multihomed registrations are answered as registrations, as every peer does.
  const bool releases = request.opcode == Opcode::release;
  actions_.sends.push_back(
      {path, nbns::NameResponse{.id = request.id,
                                .opcode = releases ? Opcode::release : Opcode::registration,
                                .rcode = rcode,
                                .recursion_available = !releases,
                                .name = request.name,
                                .ttl = static_cast<std::uint32_t>(ttl.count()),
                                .entry = request.entry}});
}

}  // namespace winsome::names
