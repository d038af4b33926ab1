#include "server/names/name_table.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "server/core/check.h"
#include "server/names/lifecycle.h"

namespace winsome::names {

struct NameTable::Entry {
  Record record;
  Instant queued = never;   // the deadline that stands for it in the heap
  std::uint64_t batch = 0;  // the last batch that noted it; 0: none
};

NameTable::NameTable() = default;
NameTable::~NameTable() = default;

std::size_t NameTable::Hash::operator()(const std::unique_ptr<Entry>& entry) const {
  return operator()(entry->record.name.view());
}
std::size_t NameTable::Hash::operator()(const nbns::ScopedNameView& name) const {
  return absl::Hash<nbns::ScopedNameView>{}(name);
}
bool NameTable::Equal::operator()(const std::unique_ptr<Entry>& a,
                                  const std::unique_ptr<Entry>& b) const {
  return a->record.name == b->record.name;
}
bool NameTable::Equal::operator()(const std::unique_ptr<Entry>& a,
                                  const nbns::ScopedNameView& b) const {
  return a->record.name.view() == b;
}

const Record* NameTable::find(const nbns::ScopedNameView& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &(*found)->record;
}

std::size_t NameTable::names_of(Ipv4 address) const {
  const auto found = names_by_address_.find(address);
  return found == names_by_address_.end() ? 0 : found->second;
}

std::vector<NameTable::Extent> NameTable::extents() const {
  std::vector<Extent> extents;
  for (const auto& [owner, versions] : by_owner_) {
    extents.push_back({.owner = owner,
                       .min = versions.begin()->first,
                       .max = versions.rbegin()->first,
                       .records = versions.size()});
  }
  return extents;
}

void NameTable::visit_owner(Ipv4 owner, std::uint64_t from, std::uint64_t to,
                            const std::function<bool(const Record&)>& visit) const {
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) return;
  const auto& versions = found->second;
  for (auto at = versions.lower_bound(from); at != versions.end() && at->first <= to; ++at) {
    if (!visit(at->second->record)) return;
  }
}

void NameTable::load(Record&& record) {
  store(std::move(record), 0);
}

void NameTable::reserve(std::size_t records) {
  entries_.reserve(records);
  deadlines_.reserve(records);
}

void NameTable::put(Record record) {
  check(!batches_.empty(), "a record changes inside a batch");
  auto& batch = batches_.back();
  const auto found = entries_.find(record.name.view());
  if (found == entries_.end()) {
    batch.before.push_back({record.name, std::nullopt});
  } else if ((*found)->batch != batch.number) {
    batch.before.push_back({record.name, (*found)->record});
  }
  store(std::move(record), batch.number);
}

void NameTable::erase(const nbns::ScopedNameView& name) {
  check(!batches_.empty(), "a record changes inside a batch");
  auto& batch = batches_.back();
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  if ((*found)->batch != batch.number)
    batch.before.push_back({nbns::ScopedName(name), (*found)->record});
  batch.erased = true;
  remove(name);
}

void NameTable::begin_batch(std::uint64_t version) {
  batches_.push_back(
      {.version = version, .number = ++batch_number_, .erased = false, .before = {}});
}

std::vector<nbns::ScopedName> NameTable::changed_names() const {
  const auto& batch = batches_.back();
  std::vector<nbns::ScopedName> names;
  names.reserve(batch.before.size());
  if (!batch.erased) {
    for (const auto& before : batch.before) names.push_back(before.name);
    return names;
  }
  absl::flat_hash_set<nbns::ScopedName> seen;
  for (const auto& before : batch.before) {
    if (seen.insert(before.name).second) names.push_back(before.name);
  }
  return names;
}

namespace {

/// Did only time pass between the two: then a few octets make it durable.
bool only_touched(const Record& before, const Record& after) {
  if (has_list(after.type) || before.members.size() != after.members.size()) return false;
  if (before.due == after.due) return false;
  Record same = before;
  same.due = after.due;
  if (!same.members.empty()) same.members.front().due = after.members.front().due;
  return same == after && (after.members.empty() || after.members.front().due == after.due);
}

}  // namespace

std::vector<Change> NameTable::changes() const {
  const auto& batch = batches_.back();
  absl::flat_hash_set<nbns::ScopedName> seen;
  std::vector<Change> changes;
  changes.reserve(batch.before.size());
  for (const auto& before : batch.before) {
    if (batch.erased && !seen.insert(before.name).second) continue;
    const auto* after = find(before.name.view());
    if (!after) {
      if (before.record) changes.emplace_back(EraseRecord{before.name});
    } else if (before.record && *before.record == *after) {
      continue;
    } else if (before.record && only_touched(*before.record, *after)) {
      changes.emplace_back(TouchRecord{before.name, after->due});
    } else {
      changes.emplace_back(PutRecord{*after});
    }
  }
  return changes;
}

void NameTable::commit_oldest() {
  check(!batches_.empty(), "only a batch in flight becomes durable");
  batches_.pop_front();
}

std::optional<std::uint64_t> NameTable::undo_all() {
  if (batches_.empty()) return {};
  const auto version = batches_.front().version;
  while (!batches_.empty()) {
    for (auto& before : batches_.back().before | std::views::reverse) {
      if (before.record) {
        store(std::move(*before.record), 0);
      } else {
        remove(before.name.view());
      }
    }
    batches_.pop_back();
  }
  return version;
}

Instant NameTable::next_deadline() const {
  return deadlines_.empty() ? never : deadlines_.front().due;
}

const Record* NameTable::next_due(Instant now) {
  while (!deadlines_.empty() && deadlines_.front().due <= now) {
    std::pop_heap(deadlines_.begin(), deadlines_.end());
    const auto top = std::move(deadlines_.back());
    deadlines_.pop_back();
    const auto found = entries_.find(top.name.view());
    if (found == entries_.end() || (*found)->queued != top.due) continue;
    auto& entry = **found;
    entry.queued = never;
    if (deadline(entry.record) <= now) return &entry.record;  // storing it schedules it again
    schedule(entry);
  }
  return nullptr;
}

void NameTable::for_each(const std::function<void(const Record&)>& visit) const {
  for (const auto& entry : entries_) visit(entry->record);
}

void NameTable::store(Record&& record, std::uint64_t batch) {
  const auto found = entries_.find(record.name.view());
  if (found == entries_.end()) {
    auto entry = std::make_unique<Entry>();
    entry->record = std::move(record);
    entry->batch = batch;
    count(entry->record, 1);
    index(*entry);
    schedule(*entry);
    entries_.insert(std::move(entry));
    return;
  }
  auto& entry = **found;
  if (entry.record.state == State::active && record.state == State::active &&
      !entry.record.members.empty() && !record.members.empty() &&
      entry.record.members.front().address != record.members.front().address)
    ++address_changes_;
  const bool moves = entry.record.owner != record.owner || entry.record.version != record.version;
  count(entry.record, -1);
  if (moves) drop_from_index(entry);
  entry.record = std::move(record);
  entry.batch = batch;
  count(entry.record, 1);
  if (moves) index(entry);
  schedule(entry);
}

void NameTable::remove(const nbns::ScopedNameView& name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return;
  count((*found)->record, -1);
  drop_from_index(**found);
  entries_.erase(found);
}

void NameTable::count(const Record& record, std::ptrdiff_t sign) {
  const auto delta = static_cast<std::size_t>(sign);  // wraps, and so subtracts
  switch (record.state) {
    case State::active: counts_.active += delta; break;
    case State::released: counts_.released += delta; break;
    case State::tombstone: counts_.tombstones += delta; break;
  }
  if (record.is_static) counts_.static_records += delta;
  if (record.fed) counts_.fed += delta;
  for (const auto& member : record.members) {
    const auto at = names_by_address_.try_emplace(member.address, 0).first;
    at->second += static_cast<std::uint32_t>(sign);
    if (at->second == 0) names_by_address_.erase(at);
  }
  if (record.name.name.suffix() == 0x1b && record.state == State::active &&
      is_single(record.type) && !record.members.empty()) {
    if (sign > 0) {
      domain_masters_[record.name] = record.members.front().address;
    } else {
      domain_masters_.erase(record.name);
    }
  }
}

void NameTable::index(Entry& entry) {
  auto& versions = by_owner_[entry.record.owner];
  versions.emplace_hint(versions.end(), entry.record.version, &entry);
}

void NameTable::drop_from_index(const Entry& entry) {
  const auto versions = by_owner_.find(entry.record.owner);
  auto [at, end] = versions->second.equal_range(entry.record.version);
  while (at != end && at->second != &entry) ++at;
  check(at != end, "every record stands in the index of its owner");
  versions->second.erase(at);
  if (versions->second.empty()) by_owner_.erase(versions);
}

void NameTable::schedule(Entry& entry) {
  // Most changes move the deadline on: the heap keeps the old one and looks again when it surfaces.
  const auto due = deadline(entry.record);
  if (due >= entry.queued) return;
  entry.queued = due;
  deadlines_.push_back({due, entry.record.name});
  std::push_heap(deadlines_.begin(), deadlines_.end());
}

}  // namespace winsome::names
