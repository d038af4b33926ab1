#pragma once

#include <string_view>

#include "server/core/result.h"
#include "server/leases/actions.h"
#include "server/store/database.h"
#include "server/store/lease_codec.h"

namespace winsome::store {

/// What the tables of schema/0003_leases.sql hold, each in the order of its key. A row that does
/// not decode is `damaged`.
[[nodiscard]] Result<dhcp::Memory, StoreFailure> read_leases(Database& database);

/// The statements that change them, on the writer's connection.
class LeaseWriter {
 public:
  [[nodiscard]] Result<void, StoreFailure> prepare(Database& database);

  /// The statement of `change`, bound and ready for one step. What it borrows lives until the next.
  [[nodiscard]] Statement& bind(const dhcp::Change& change);

 private:
  Statement& bind_one(const dhcp::PutLease& change);
  Statement& bind_one(const dhcp::EraseLease& change);
  Statement& bind_one(const dhcp::PutReservation& change);
  Statement& bind_one(const dhcp::EraseReservation& change);
  Statement& bind_one(const dhcp::PutDnsWork& change);
  Statement& bind_one(const dhcp::EraseDnsWork& change);

  Statement put_lease_;
  Statement erase_lease_;
  Statement put_reservation_;
  Statement erase_reservation_;
  Statement put_dns_work_;
  Statement erase_dns_work_;
  PackedParts parts_;
};

}  // namespace winsome::store
