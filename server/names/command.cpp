#include "server/names/command.h"

#include <algorithm>
#include <array>

#include "server/names/lifecycle.h"
#include "server/names/name_server.h"

namespace winsome::names {
namespace {

/// What a host with one name is known by: workstation, messenger, file server.
constexpr std::array<std::uint8_t, 3> host_suffixes = {0x00, 0x03, 0x20};

constexpr RecordType record_type(MappingType type) {
  switch (type) {
    case MappingType::unique: return RecordType::unique;
    case MappingType::multihomed: return RecordType::multihomed;
    case MappingType::normal_group: return RecordType::normal_group;
    case MappingType::domain_name:
    case MappingType::internet_group: return RecordType::special_group;
  }
  return RecordType::unique;
}

/// D6: the 26th address replaces one that another server brought, else the oldest. Static lists are
/// in the order in which they were written.
void make_room(Members& members, Ipv4 us) {
  const auto brought =
      std::ranges::find_if(members, [us](const Member& m) { return m.owner != us; });
  members.erase(brought != members.end() ? brought : members.begin());
}

bool same_content(const Record& a, const Record& b) {
  return a.type == b.type && a.state == b.state && a.is_static == b.is_static &&
         a.owner == b.owner &&
         std::ranges::equal(a.members, b.members, {}, &Member::address, &Member::address);
}

}  // namespace

std::vector<NewRecord> expand(MappingType type, std::string_view name, std::string_view scope,
                              const std::vector<Ipv4>& addresses) {
  std::vector<NewRecord> records;
  const auto add = [&](std::uint8_t suffix) {
    records.push_back(exact(type, {nbns::make_name(name, suffix), nbns::Scope(scope)}, addresses));
  };
  switch (type) {
    case MappingType::unique:
    case MappingType::multihomed:
      for (const auto suffix : host_suffixes) add(suffix);
      break;
    case MappingType::normal_group: add(0x1e); break;
    case MappingType::domain_name: add(0x1c); break;
    case MappingType::internet_group: add(0x20); break;
  }
  return records;
}

NewRecord exact(MappingType type, const nbns::ScopedName& name,
                const std::vector<Ipv4>& addresses) {
  return {.name = name,
          .type = record_type(type),
          .node = nbns::NodeType::p,
          .is_static = true,
          .addresses = addresses,
          .life = {}};
}

void NameServer::handle(const CommandRequest& input) {
  if (closed_) {
    actions_.replies.push_back({input.ticket, {.status = CommandStatus::starting}});
    return;
  }
  actions_.replies.push_back(
      {input.ticket,
       std::visit([this](const auto& command) { return run(command); }, input.command)});
}

CommandResult NameServer::run(const AddRecords& command) {
  CommandResult result;
  for (std::size_t i = 0; i < command.records.size(); ++i) {
    if (auto text = refusal(command.records[i], command.allow_blocked)) {
      result.refusals.push_back({i, std::move(*text)});
    }
  }
  if (!result.refusals.empty()) result.status = CommandStatus::refused;
  if (!result.refusals.empty() && !command.keep_going) return result;

  auto refused = result.refusals.begin();
  for (std::size_t i = 0; i < command.records.size(); ++i) {
    if (refused != result.refusals.end() && refused->index == i) {
      ++refused;
    } else {
      add(command.records[i], command.dry_run, result);
    }
  }
  return result;
}

std::optional<std::string> NameServer::refusal(const NewRecord& record, bool allow_blocked) const {
  const auto name = nbns::to_text(record.name);
  if (const auto problem = suffix_problem(record.name.name, record.type))
    return name + ": " + std::string(*problem);
  if (policy_.is_own(record.name.view())) return name + " is this server's own name";
  if (policy_.blocked(record.name.name) && !allow_blocked) {
    return name + " is blocked; `winsome name add` reserves it for an address of your choice";
  }
  if (record.name.scope.view().size() > nbns::scope_length_registered_max)
    return name + ": its scope is too long";
  if (record.name.name.octets[0] == '*') return name + ": names do not begin with *";
  if (record.addresses.empty() && record.type != RecordType::normal_group)
    return name + " has no address";
  if (record.addresses.size() > members_max) return name + " has more than 25 addresses";
  if (record.addresses.size() > 1 && !has_list(record.type))
    return name + " is not of a type with several addresses";
  const auto bad = std::ranges::find_if_not(record.addresses, &Ipv4::is_host);
  if (bad != record.addresses.end() && record.type != RecordType::normal_group) {
    return name + ": " + to_text(*bad) + " is not the address of a host";
  }
  return {};
}

void NameServer::add(const NewRecord& wanted, bool dry_run, CommandResult& result) {
  const auto* stored = table_.find(wanted.name.view());
  const bool in_use = stored && (stored->state == State::active || stored->is_static);
  if (!wanted.is_static && in_use) {
    ++result.unchanged;
    return;
  }
  const auto life = std::clamp(wanted.life, seconds(1), options_.intervals.renewal);
  const auto due = now_ + (wanted.is_static ? options_.intervals.renewal : life);
  Record record{.name = wanted.name,
                .type = wanted.type,
                .state = State::active,
                .node = wanted.node,
                .is_static = wanted.is_static,
                .owner = options_.owner,
                .version = 0,
                .due = due,
                .members = {}};
  const bool adds_members = stored && stored->state == State::active && stored->is_static &&
                            record.type == RecordType::special_group && stored->type == record.type;
  if (adds_members) record.members = stored->members;
  for (const auto address : wanted.addresses) {
    if (std::ranges::find(record.members, address, &Member::address) != record.members.end())
      continue;
    if (record.members.size() >= members_max) make_room(record.members, options_.owner);
    record.members.push_back({address, options_.owner, due});
  }
  if (stored && same_content(*stored, record)) {
    ++result.unchanged;
    return;
  }
  ++(stored ? result.changed : result.added);
  if (dry_run) return;
  take_ownership(record);
  table_.put(std::move(record));
}

CommandResult NameServer::run(const DeleteRecord& command) {
  if (!table_.find(command.name.view())) return {.status = CommandStatus::not_found};
  table_.erase(command.name.view());
  return {.deleted = 1};
}

CommandResult NameServer::run(const TombstoneRecord& command) {
  const auto* stored = table_.find(command.name.view());
  if (!stored) return {.status = CommandStatus::not_found};
  Record record = *stored;
  record.state = State::tombstone;
  record.is_static = false;  // so that it ages, and a client may have the name again
  record.fed = false;
  record.due = now_ + options_.intervals.extinction_timeout;
  take_ownership(record);
  table_.put(std::move(record));
  return {.tombstoned = 1};
}

CommandResult NameServer::run(const Scavenge& /*command*/) {
  const auto before = statistics_;
  while (age(aged_in_a_step) > 0) {
  }
  statistics_.last_scavenging_by_hand = now_;
  return {.released = statistics_.scavenged_released - before.scavenged_released,
          .tombstoned = statistics_.scavenged_tombstoned - before.scavenged_tombstoned,
          .deleted = statistics_.scavenged_deleted - before.scavenged_deleted};
}

}  // namespace winsome::names
