#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "server/admin/lease_backend.h"

namespace winsome::admin {

/// A lease server that holds what the test gave it and answers commands as the test says.
class FakeLeaseBackend final : public LeaseBackend {
 public:
  std::function<dhcp::CommandResult(const dhcp::Command&)> on_execute = [](const dhcp::Command&) {
    return dhcp::CommandResult{.status = dhcp::CommandStatus::done, .changed = 1};
  };
  std::vector<dhcp::Lease> stored;
  std::vector<dhcp::StoredReservation> added;
  dhcp::Configuration configured;

  dhcp::CommandResult execute(dhcp::Command command) override {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(command);
    }
    return on_execute(command);
  }
  std::vector<Ipv4> leased_addresses() override {
    std::vector<Ipv4> addresses;
    for (const auto& lease : stored) addresses.push_back(lease.address);
    return addresses;
  }
  std::vector<dhcp::Lease> leases(std::span<const Ipv4> addresses) override {
    std::vector<dhcp::Lease> found;
    for (const auto address : addresses) {
      const auto at = std::ranges::find(stored, address, &dhcp::Lease::address);
      if (at != stored.end()) found.push_back(*at);
    }
    slices.push_back(addresses.size());
    return found;
  }
  std::vector<dhcp::StoredReservation> reservations() override { return added; }
  std::shared_ptr<const dhcp::Configuration> configuration() override {
    return std::make_shared<dhcp::Configuration>(configured);
  }

  /// What was executed so far.
  [[nodiscard]] std::vector<dhcp::Command> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  std::vector<std::size_t> slices;  // how many leases were asked for at once

 private:
  mutable std::mutex mutex_;
  std::vector<dhcp::Command> commands_;
};

}  // namespace winsome::admin
