#include "server/daemon/lease_backend.h"

#include <utility>

namespace winsome::daemon {

template <class Read>
auto LeaseBackend::ask(Read read) -> decltype(read()) {
  std::promise<decltype(read())> promise;
  auto filled = promise.get_future();
  mailbox_.post([&] { promise.set_value(read()); });
  return filled.get();
}

dhcp::CommandResult LeaseBackend::execute(dhcp::Command command) {
  std::future<dhcp::CommandResult> result;
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    result = waiting_[ticket].get_future();
  }
  if (!mailbox_.post(dhcp::Input(dhcp::CommandRequest{ticket, std::move(command)})))
    reply(ticket, {.status = dhcp::CommandStatus::unavailable});
  return result.get();
}

void LeaseBackend::reply(std::uint64_t ticket, dhcp::CommandResult&& result) {
  const std::lock_guard lock(mutex_);
  const auto waiting = waiting_.find(ticket);
  waiting->second.set_value(std::move(result));
  waiting_.erase(waiting);
}

std::vector<Ipv4> LeaseBackend::leased_addresses() {
  return ask([this] {
    std::vector<Ipv4> addresses;
    leases_.for_each([&](const dhcp::Lease& lease) { addresses.push_back(lease.address); });
    return addresses;
  });
}

std::vector<dhcp::Lease> LeaseBackend::leases(std::span<const Ipv4> addresses) {
  return ask([this, addresses] {
    std::vector<dhcp::Lease> found;
    for (const auto address : addresses) {
      if (const auto* lease = leases_.find(address)) found.push_back(*lease);
    }
    return found;
  });
}

std::vector<dhcp::StoredReservation> LeaseBackend::reservations() {
  return ask([this] {
    std::vector<dhcp::StoredReservation> all;
    leases_.for_each_reservation([&](const dhcp::StoredReservation& one) { all.push_back(one); });
    return all;
  });
}

std::shared_ptr<const dhcp::Configuration> LeaseBackend::configuration() {
  return ask(
      [this] { return std::make_shared<const dhcp::Configuration>(leases_.configuration()); });
}

std::optional<Ipv4> LeaseBackend::find(const dhcp::HardwareAddress& hardware,
                                       std::span<const Ipv4Prefix> networks) {
  return ask([&] { return leases_.find(hardware, networks); });
}

}  // namespace winsome::daemon
