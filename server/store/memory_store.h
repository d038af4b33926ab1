#pragma once

#include <absl/container/btree_map.h>

#include <cstddef>
#include <utility>

#include "server/store/name_store.h"

namespace winsome::store {

/// The twin of the SQLite store for tests and simulation. The object is the disk: what was
/// committed stays in it, so a crash is to throw the engines away and load again. It refuses writes
/// when told to.
class MemoryStore final : public NameStore {
 public:
  [[nodiscard]] Result<Loaded, StoreFailure> load(const Sink& sink) override;
  [[nodiscard]] Result<void, StoreFailure> commit(const Batch& batch) override;
  [[nodiscard]] Result<void, StoreFailure> probe(const ClockMark& clock) override;
  [[nodiscard]] Result<void, StoreFailure> set_owner(Ipv4 owner) override;

  /// Always `unavailable`: there is no file to copy.
  [[nodiscard]] Result<void, StoreFailure> backup(const std::filesystem::path& file) override;

  /// Of the writes from now on, the first `good` succeed and the next `bad` fail.
  void refuse(std::size_t good, std::size_t bad);

 private:
  [[nodiscard]] Result<void, StoreFailure> write();
  void remember(const replication::PutOwner& change);
  void remember(const replication::EraseOwner& change);
  void remember(const replication::PutPending& change);
  void remember(const replication::ErasePending& change);
  void remember(const replication::PutRecovered& change);
  void remember(const dhcp::PutLease& change);
  void remember(const dhcp::EraseLease& change);
  void remember(const dhcp::PutReservation& change);
  void remember(const dhcp::EraseReservation& change);
  void remember(const dhcp::PutDnsWork& change);
  void remember(const dhcp::EraseDnsWork& change);

  absl::btree_map<nbns::ScopedName, names::Record> records_;
  absl::btree_map<Ipv4, replication::PutOwner> owners_;
  absl::btree_map<std::pair<nbns::ScopedName, Ipv4>, names::Record> pending_;
  bool recovered_ = false;
  absl::btree_map<Ipv4, dhcp::Lease> leases_;
  absl::btree_map<Ipv4, dhcp::StoredReservation> reservations_;
  absl::btree_map<std::uint64_t, dhcp::DnsWork> dns_work_;
  Counters counters_;
  Ipv4 owner_;
  std::size_t good_ = 0;
  std::size_t bad_ = 0;
};

}  // namespace winsome::store
