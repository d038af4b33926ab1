#include "server/store/memory_store.h"

#include <string>

#include "server/store/record_codec.h"

namespace winsome::store {

Result<Loaded, StoreFailure> MemoryStore::load(const Sink& sink) {
  for (const auto& [name, record] : records_) sink(names::Record(record));
  Loaded loaded{counters_, owner_, {}, {}};
  loaded.memory.recovered = recovered_;
  for (const auto& [owner, one] : owners_) {
    loaded.memory.owners.push_back({.owner = owner, .max = one.known});
    if (one.filtered) loaded.memory.filtered.push_back(owner);
  }
  for (const auto& [key, replica] : pending_) loaded.memory.pending.push_back(replica);
  for (const auto& [address, lease] : leases_) loaded.leases.leases.push_back(lease);
  for (const auto& [address, one] : reservations_) loaded.leases.reservations.push_back(one);
  for (const auto& [id, work] : dns_work_) loaded.leases.dns.push_back(work);
  return loaded;
}

Result<void, StoreFailure> MemoryStore::commit(const Batch& batch) {
  if (auto written = write(); !written) return written;
  for (const auto& change : batch.changes) {
    if (const auto* put = std::get_if<names::PutRecord>(&change)) {
      records_.insert_or_assign(put->record.name, put->record);
    } else if (const auto* touch = std::get_if<names::TouchRecord>(&change)) {
      const auto found = records_.find(touch->name);
      if (found != records_.end()) apply_touch(found->second, touch->due);
    } else {
      records_.erase(std::get<names::EraseRecord>(change).name);
    }
  }
  for (const auto& change : batch.replication) {
    std::visit([this](const auto& one) { remember(one); }, change);
  }
  for (const auto& change : batch.leases) {
    std::visit([this](const auto& one) { remember(one); }, change);
  }
  counters_ = {batch.version, batch.clock};
  return {};
}

Result<void, StoreFailure> MemoryStore::probe(const ClockMark& clock) {
  if (auto written = write(); !written) return written;
  counters_.clock = clock;
  return {};
}

Result<void, StoreFailure> MemoryStore::set_owner(Ipv4 owner) {
  if (auto written = write(); !written) return written;
  owner_ = owner;
  return {};
}

Result<void, StoreFailure> MemoryStore::backup(const std::filesystem::path& file) {
  return fail(StoreFailure{StoreError::unavailable,
                           "a database in memory cannot be copied to " + file.string()});
}

void MemoryStore::refuse(std::size_t good, std::size_t bad) {
  good_ = good;
  bad_ = bad;
}

void MemoryStore::remember(const replication::PutOwner& change) {
  owners_.insert_or_assign(change.owner, change);
}

void MemoryStore::remember(const replication::EraseOwner& change) {
  owners_.erase(change.owner);
}

void MemoryStore::remember(const replication::PutPending& change) {
  pending_.insert_or_assign({change.replica.name, change.replica.owner}, change.replica);
}

void MemoryStore::remember(const replication::ErasePending& change) {
  pending_.erase({change.name, change.owner});
}

void MemoryStore::remember(const replication::PutRecovered& /*change*/) {
  recovered_ = true;
}

void MemoryStore::remember(const dhcp::PutLease& change) {
  leases_.insert_or_assign(change.lease.address, change.lease);
}

void MemoryStore::remember(const dhcp::EraseLease& change) {
  leases_.erase(change.address);
}

void MemoryStore::remember(const dhcp::PutReservation& change) {
  reservations_.insert_or_assign(change.reservation.reservation.address, change.reservation);
}

void MemoryStore::remember(const dhcp::EraseReservation& change) {
  reservations_.erase(change.address);
}

void MemoryStore::remember(const dhcp::PutDnsWork& change) {
  dns_work_.insert_or_assign(change.work.id, change.work);
}

void MemoryStore::remember(const dhcp::EraseDnsWork& change) {
  dns_work_.erase(change.id);
}

Result<void, StoreFailure> MemoryStore::write() {
  if (good_ > 0) {
    --good_;
  } else if (bad_ > 0) {
    --bad_;
    return fail(StoreFailure{StoreError::unavailable, "the disk refuses, as told"});
  }
  return {};
}

}  // namespace winsome::store
