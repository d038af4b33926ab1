#pragma once

#include <map>
#include <string_view>
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

/// What an engine that starts now would know.
struct Loaded {
  Counters counters;
  Records records;
};

inline Result<Loaded, StoreFailure> load(NameStore& store) {
  Loaded loaded;
  auto counters = store.load(
      [&](names::Record&& record) { loaded.records.emplace(record.name, std::move(record)); });
  if (!counters) return fail(std::move(counters).error());
  loaded.counters = *counters;
  return loaded;
}

inline Result<void, StoreFailure> commit(NameStore& store,
                                         const std::vector<names::Change>& changes,
                                         std::uint64_t version = 0) {
  return store.commit({.changes = changes, .version = version, .clock = {}});
}

}  // namespace winsome::store
