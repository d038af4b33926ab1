#pragma once

#include <memory>
#include <span>
#include <vector>

#include "server/leases/actions.h"
#include "server/leases/command.h"
#include "server/leases/configuration.h"
#include "server/leases/lease.h"

namespace winsome::admin {

/// What the admin service asks of the daemon about leases. Every call may come from any thread and
/// may block. Clients' statistics are in StatisticsReport.
class LeaseBackend {
 public:
  virtual ~LeaseBackend() = default;

  /// Returns when the command's changes are durable.
  [[nodiscard]] virtual dhcp::CommandResult execute(dhcp::Command command) = 0;

  /// Addresses of all leases whatever their state, in any order. Only these four octets each are
  /// gathered in one go on the decision plane; leases are then asked for in slices.
  [[nodiscard]] virtual std::vector<Ipv4> leased_addresses() = 0;

  /// At most `slice_max` leases, in the order asked, without those that are gone.
  static constexpr std::size_t slice_max = 500;
  [[nodiscard]] virtual std::vector<dhcp::Lease> leases(std::span<const Ipv4> addresses) = 0;

  /// Those that tools added, in any order.
  [[nodiscard]] virtual std::vector<dhcp::StoredReservation> reservations() = 0;

  /// As the last reload left it; never null.
  [[nodiscard]] virtual std::shared_ptr<const dhcp::Configuration> configuration() = 0;
};

}  // namespace winsome::admin
