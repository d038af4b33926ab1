#pragma once

#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "server/names/actions.h"
#include "server/store/name_store.h"

namespace winsome::store {

using Records = std::map<nbns::ScopedName, names::Record>;

inline constexpr Ipv4 our_address{192, 0, 2, 1};

inline Instant at(std::int64_t count) {
  return Instant(milliseconds(count));
}

inline nbns::ScopedName name_of(std::string_view text, std::string_view scope = {}) {
  return {nbns::make_name(text, 0x20), nbns::Scope(scope)};
}

/// A unique record of ours.
inline names::Record unique_record(std::string_view text, std::int64_t due,
                                   std::string_view scope = {}) {
  names::Record record;
  record.name = name_of(text, scope);
  record.node = nbns::NodeType::h;
  record.owner = our_address;
  record.version = 7;
  record.due = at(due);
  record.members = {{Ipv4(10, 0, 0, 1), our_address, at(due)}};
  return record;
}

/// A special group with `count` members of two owners and of different times.
inline names::Record special_group(std::string_view text, std::size_t count) {
  auto record = unique_record(text, 5000);
  record.type = names::RecordType::special_group;
  record.members.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const auto octet = static_cast<std::uint8_t>(i);
    record.members.push_back({Ipv4(10, 0, 1, octet), Ipv4(192, 0, 2, octet % 2), at(5000 - octet)});
  }
  return record;
}

inline names::TouchRecord touch(std::string_view text, std::int64_t due) {
  return {name_of(text), at(due)};
}

inline names::EraseRecord erase(std::string_view text) {
  return {name_of(text)};
}

inline constexpr Ipv4 other_address{198, 51, 100, 1};

/// A unique record of another server, with a member of that server.
inline names::Record replica(std::string_view text, Ipv4 owner = other_address,
                             std::string_view scope = {}) {
  auto record = unique_record(text, 4000, scope);
  record.owner = owner;
  record.version = 0x1234;
  record.members = {{Ipv4(10, 9, 8, 7), owner, record.due}};
  return record;
}

/// What an engine that starts now would know.
struct Known {
  Counters counters;
  Ipv4 owner;
  Records records;
  replication::Memory memory;
  dhcp::Memory leases;

  /// All of it but the counters.
  [[nodiscard]] auto rows() const {
    return std::tie(records, memory.owners, memory.filtered, memory.pending, memory.recovered,
                    leases.leases, leases.reservations, leases.dns);
  }
};

inline Result<Known, StoreFailure> load(NameStore& store) {
  Known known;
  auto loaded = store.load(
      [&](names::Record&& record) { known.records.emplace(record.name, std::move(record)); });
  if (!loaded) return fail(std::move(loaded).error());
  known.counters = loaded->counters;
  known.owner = loaded->owner;
  known.memory = std::move(loaded->memory);
  known.leases = std::move(loaded->leases);
  return known;
}

inline Result<void, StoreFailure> commit(NameStore& store,
                                         const std::vector<names::Change>& changes,
                                         std::uint64_t version = 0,
                                         const std::vector<replication::Change>& memory = {},
                                         const std::vector<dhcp::Change>& leases = {}) {
  return store.commit({.changes = changes,
                       .replication = memory,
                       .leases = leases,
                       .version = version,
                       .clock = {}});
}

}  // namespace winsome::store
