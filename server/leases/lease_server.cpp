#include "server/leases/lease_server.h"

#include <algorithm>
#include <utility>

#include "server/leases/engine.h"

namespace winsome::dhcp {

LeaseServer::LeaseServer(const Configuration& configuration, std::uint64_t seed)
    : engine_(std::make_unique<Engine>(configuration, seed)) {}
LeaseServer::~LeaseServer() = default;

void LeaseServer::load(Memory&& memory) {
  engine_->load(std::move(memory));
}
void LeaseServer::begin(Instant now) {
  engine_->begin(now);
}
void LeaseServer::decide(std::span<Input> inputs) {
  engine_->decide(inputs);
}
void LeaseServer::names_came_to(Ipv4 address, NameState state) {
  engine_->names_came_to(address, state);
}
std::vector<NameRequest> LeaseServer::take_name_requests() {
  return engine_->take_name_requests();
}
Actions LeaseServer::finish() {
  return engine_->finish();
}
void LeaseServer::committed() {
  engine_->committed();
}
void LeaseServer::undo() {
  engine_->undo();
}
void LeaseServer::configure(const Configuration& configuration) {
  engine_->configure(configuration);
}
const Configuration& LeaseServer::configuration() const {
  return engine_->configuration();
}
Statistics LeaseServer::statistics() const {
  return engine_->statistics();
}
const Lease* LeaseServer::find(Ipv4 address) const {
  return engine_->leases().find(address);
}
std::optional<Ipv4> LeaseServer::find(const HardwareAddress& hardware,
                                      std::span<const Ipv4Prefix> networks) const {
  const auto client = ClientId::of(hardware);
  if (const auto* reserved = engine_->reservations().find({client, hardware, {}}, networks))
    return reserved->reservation.address;
  for (const auto* lease : engine_->leases().of(client)) {
    if (lease->state == LeaseState::active && lies_in(lease->address, networks))
      return lease->address;
  }
  return std::nullopt;
}
void LeaseServer::for_each(const std::function<void(const Lease&)>& visit) const {
  engine_->leases().for_each(visit);
}
void LeaseServer::for_each_reservation(
    const std::function<void(const StoredReservation&)>& visit) const {
  engine_->reservations().for_each_stored(visit);
}
std::vector<DnsWork> LeaseServer::dns_work(std::size_t most, std::uint64_t after) const {
  return engine_->dns().first(most, after);
}

}  // namespace winsome::dhcp
