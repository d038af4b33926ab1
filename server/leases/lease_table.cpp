#include "server/leases/lease_table.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "server/core/check.h"

namespace winsome::dhcp {

struct LeaseTable::Entry {
  Lease lease;
  Instant queued = never;   // the deadline that stands for it in the heap
  std::uint64_t batch = 0;  // the last batch that noted it; 0: none
  Entry* next = nullptr;    // of the same client
};

namespace {

/// A declined address belongs to nobody.
bool has_client(const Lease& lease) {
  return lease.state != LeaseState::declined;
}

std::string circuit_key(std::string_view scope, Octets circuit) {
  std::string key(scope);
  key += '\0';
  key.append(circuit.begin(), circuit.end());
  return key;
}

}  // namespace

LeaseTable::LeaseTable() = default;
LeaseTable::~LeaseTable() = default;

std::size_t LeaseTable::Hash::operator()(const Entry* entry) const {
  return operator()(entry->lease.client);
}
std::size_t LeaseTable::Hash::operator()(const ClientId& client) const {
  return absl::Hash<ClientId>{}(client);
}
bool LeaseTable::Equal::operator()(const Entry* a, const Entry* b) const {
  return a->lease.client == b->lease.client;
}
bool LeaseTable::Equal::operator()(const Entry* a, const ClientId& b) const {
  return a->lease.client == b;
}
bool LeaseTable::Equal::operator()(const ClientId& a, const Entry* b) const {
  return a == b->lease.client;
}

const Lease* LeaseTable::find(Ipv4 address) const {
  const auto found = entries_.find(address);
  return found == entries_.end() ? nullptr : &found->second->lease;
}

LeaseTable::List LeaseTable::of(const ClientId& client) const {
  List list;
  const auto first = by_client_.find(client);
  if (first == by_client_.end()) return list;
  for (const auto* entry = *first; entry; entry = entry->next) list.push_back(&entry->lease);
  return list;
}

LeaseTable::Counts LeaseTable::counts(std::string_view scope) const {
  const auto found = by_scope_.find(std::string(scope));
  return found == by_scope_.end() ? Counts{} : found->second;
}

std::size_t LeaseTable::of_circuit(std::string_view scope, Octets circuit) const {
  const auto found = by_circuit_.find(circuit_key(scope, circuit));
  return found == by_circuit_.end() ? 0 : found->second;
}

void LeaseTable::load(Lease&& lease) {
  store(std::move(lease), 0);
}

void LeaseTable::reserve(std::size_t leases) {
  entries_.reserve(leases);
  by_client_.reserve(leases);
  deadlines_.reserve(leases);
}

void LeaseTable::put(Lease lease) {
  check(!batches_.empty(), "a lease changes inside a batch");
  auto& batch = batches_.back();
  const auto found = entries_.find(lease.address);
  if (found == entries_.end()) {
    batch.before.push_back({lease.address, std::nullopt});
  } else if (found->second->batch != batch.number) {
    batch.before.push_back({lease.address, found->second->lease});
  }
  store(std::move(lease), batch.number);
}

void LeaseTable::erase(Ipv4 address) {
  check(!batches_.empty(), "a lease changes inside a batch");
  auto& batch = batches_.back();
  const auto found = entries_.find(address);
  if (found == entries_.end()) return;
  if (found->second->batch != batch.number) batch.before.push_back({address, found->second->lease});
  batch.erased = true;
  remove(address);
}

void LeaseTable::begin_batch() {
  batches_.push_back({.number = ++batch_number_, .erased = false, .before = {}});
}

void LeaseTable::changes(std::vector<Change>& changes) const {
  const auto& batch = batches_.back();
  absl::flat_hash_set<Ipv4> seen;
  for (const auto& before : batch.before) {
    if (batch.erased && !seen.insert(before.address).second) continue;
    const auto* after = find(before.address);
    if (!after) {
      if (before.lease) changes.emplace_back(EraseLease{before.address});
    } else if (!before.lease || *before.lease != *after) {
      changes.emplace_back(PutLease{*after});
    }
  }
}

void LeaseTable::commit_oldest() {
  check(!batches_.empty(), "only a batch in flight becomes durable");
  batches_.pop_front();
}

std::vector<Ipv4> LeaseTable::undo_all() {
  std::vector<Ipv4> changed;
  for (auto& batch : batches_ | std::views::reverse) {
    for (auto& before : batch.before | std::views::reverse) {
      changed.push_back(before.address);
      if (before.lease) {
        store(std::move(*before.lease), 0);
      } else {
        remove(before.address);
      }
    }
  }
  batches_.clear();
  return changed;
}

Instant LeaseTable::next_deadline() const {
  return deadlines_.empty() ? never : deadlines_.front().due;
}

const Lease* LeaseTable::next_due(Instant now) {
  while (!deadlines_.empty() && deadlines_.front().due <= now) {
    std::pop_heap(deadlines_.begin(), deadlines_.end());
    const auto top = deadlines_.back();
    deadlines_.pop_back();
    const auto found = entries_.find(top.address);
    if (found == entries_.end() || found->second->queued != top.due) continue;
    auto& entry = *found->second;
    entry.queued = never;
    if (entry.lease.due <= now) return &entry.lease;  // storing it schedules it again
    schedule(entry);
  }
  return nullptr;
}

void LeaseTable::for_each(const std::function<void(const Lease&)>& visit) const {
  for (const auto& [address, entry] : entries_) visit(entry->lease);
}

void LeaseTable::store(Lease&& lease, std::uint64_t batch) {
  auto& slot = entries_[lease.address];
  if (!slot) {
    slot = std::make_unique<Entry>();
    slot->lease = std::move(lease);
    index(*slot);
  } else {
    count(slot->lease, -1);
    const bool moves =
        slot->lease.client != lease.client || has_client(slot->lease) != has_client(lease);
    if (moves) drop_from_index(*slot);
    slot->lease = std::move(lease);
    if (moves) index(*slot);
  }
  slot->batch = batch;
  count(slot->lease, 1);
  schedule(*slot);
}

void LeaseTable::remove(Ipv4 address) {
  const auto found = entries_.find(address);
  if (found == entries_.end()) return;
  count(found->second->lease, -1);
  drop_from_index(*found->second);
  entries_.erase(found);
}

void LeaseTable::count(const Lease& lease, std::ptrdiff_t sign) {
  if (lease.state == LeaseState::ended) return;
  const auto delta = static_cast<std::size_t>(sign);  // wraps, and so subtracts
  auto& counts = by_scope_[lease.scope];
  if (lease.state == LeaseState::declined) {
    counts.declined += delta;
    return;
  }
  counts.active += delta;
  if (lease.circuit.empty()) return;
  const auto at = by_circuit_.try_emplace(circuit_key(lease.scope, lease.circuit), 0).first;
  at->second += delta;
  if (at->second == 0) by_circuit_.erase(at);
}

void LeaseTable::index(Entry& entry) {
  if (!has_client(entry.lease)) return;
  const auto [first, inserted] = by_client_.insert(&entry);
  if (inserted) return;
  entry.next = (*first)->next;
  (*first)->next = &entry;
}

void LeaseTable::drop_from_index(Entry& entry) {
  if (!has_client(entry.lease)) return;
  const auto first = by_client_.find(&entry);
  check(first != by_client_.end(), "every lease stands in the index of its client");
  auto* before = *first;
  if (before == &entry) {
    by_client_.erase(first);
    if (entry.next) by_client_.insert(entry.next);
  } else {
    while (before->next != &entry) before = before->next;
    before->next = entry.next;
  }
  entry.next = nullptr;
}

void LeaseTable::schedule(Entry& entry) {
  // Most changes move the deadline on: the heap keeps the old one and looks again when it surfaces.
  const auto due = entry.lease.due;
  if (due >= entry.queued) return;
  entry.queued = due;
  deadlines_.push_back({due, entry.lease.address});
  std::push_heap(deadlines_.begin(), deadlines_.end());
}

}  // namespace winsome::dhcp
