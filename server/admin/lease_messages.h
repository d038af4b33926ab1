#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/result.h"
#include "server/leases/actions.h"
#include "server/leases/command.h"
#include "server/leases/lease.h"
#include "server/leases/statistics.h"
#include "winsome/admin/v1/leases.pb.h"

namespace winsome::admin {

/// `wall_offset` is what StatisticsReport says: Unix milliseconds minus timeline.
[[nodiscard]] v1::Lease to_message(const dhcp::Lease& lease, std::int64_t wall_offset);
[[nodiscard]] v1::Parameters to_message(const dhcp::Parameters& parameters);
[[nodiscard]] v1::Reservation to_message(const std::string& scope,
                                         const dhcp::Reservation& reservation, bool configured);
/// `counts` may be null.
[[nodiscard]] v1::Scope to_message(const dhcp::Scope& scope, bool authoritative,
                                   const dhcp::ScopeStatistics* counts);

/// All reservations of `scope` (empty: of all), by address: the configuration's and those in
/// `added`.
[[nodiscard]] std::vector<v1::Reservation> list_reservations(
    const dhcp::Configuration& configuration, const std::vector<dhcp::StoredReservation>& added,
    const std::string& scope);

/// Is `lease` what the filter wants.
class LeaseMatcher {
 public:
  explicit LeaseMatcher(const v1::LeaseFilter& filter);
  [[nodiscard]] bool operator()(const dhcp::Lease& lease) const;

 private:
  v1::LeaseFilter filter_;
};

[[nodiscard]] Result<dhcp::AddReservations::Row, std::string> to_row(
    const v1::Reservation& reservation, std::int64_t unix_now);
/// `unix_now`, in seconds, tells what is left of the lease.
[[nodiscard]] Result<dhcp::ImportLeases::Row, std::string> to_row(const v1::ImportedLease& lease,
                                                                  std::int64_t unix_now);

/// The reservation that keeps a lease's address for its client; the failure is one sentence.
[[nodiscard]] Result<dhcp::AddReservations::Row, std::string> to_reservation(
    const dhcp::Lease& lease, bool by_client_id);

}  // namespace winsome::admin
