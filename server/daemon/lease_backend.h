#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "server/admin/lease_backend.h"
#include "server/daemon/mailbox.h"
#include "server/leases/lease_server.h"

namespace winsome::daemon {

/// The admin service's way to the lease engine, by way of the decision plane.
class LeaseBackend final : public admin::LeaseBackend {
 public:
  LeaseBackend(Mailbox& mailbox, const dhcp::LeaseServer& leases)
      : mailbox_(mailbox), leases_(leases) {}

  [[nodiscard]] dhcp::CommandResult execute(dhcp::Command command) override;
  [[nodiscard]] std::vector<Ipv4> leased_addresses() override;
  [[nodiscard]] std::vector<dhcp::Lease> leases(std::span<const Ipv4> addresses) override;
  [[nodiscard]] std::vector<dhcp::StoredReservation> reservations() override;
  [[nodiscard]] std::shared_ptr<const dhcp::Configuration> configuration() override;

  /// For RARP: whose address it is on a wire, by reservation or lease.
  [[nodiscard]] std::optional<Ipv4> find(const dhcp::HardwareAddress& hardware,
                                         std::span<const Ipv4Prefix> networks);

  /// The decision plane's: hands a result to whoever waits for it.
  void reply(std::uint64_t ticket, dhcp::CommandResult&& result);

 private:
  /// Runs `read` on the decision plane and waits for what it returns.
  template <class Read>
  [[nodiscard]] auto ask(Read read) -> decltype(read());

  Mailbox& mailbox_;
  const dhcp::LeaseServer& leases_;
  std::mutex mutex_;
  std::uint64_t last_ticket_ = 0;
  std::unordered_map<std::uint64_t, std::promise<dhcp::CommandResult>> waiting_;
};

}  // namespace winsome::daemon
