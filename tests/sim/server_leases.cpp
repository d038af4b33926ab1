// The part of the simulated server that leases addresses.
#include <fmt/format.h>

#include <utility>

#include "tests/sim/server.h"

namespace winsome::sim {

namespace {

/// Our own, on every wire.
dhcp::HardwareAddress hardware_of(Ipv4 server) {
  dhcp::HardwareAddress hardware;
  hardware.length = 6;
  const auto value = server.value();
  hardware.octets = {0x0a,
                     0,
                     static_cast<std::uint8_t>(value >> 24),
                     static_cast<std::uint8_t>(value >> 16),
                     static_cast<std::uint8_t>(value >> 8),
                     static_cast<std::uint8_t>(value)};
  return hardware;
}

dhcp::NameState state_of(names::FeedOutcome outcome) {
  switch (outcome) {
    case names::FeedOutcome::refused: return dhcp::NameState::refused;
    case names::FeedOutcome::client: return dhcp::NameState::client;
    case names::FeedOutcome::registered: return dhcp::NameState::registered;
    case names::FeedOutcome::pending: return dhcp::NameState::pending;
  }
  return dhcp::NameState::refused;
}

}  // namespace

void Server::plug_in() {
  if (!leasing_) return;
  for (const auto& [wire, local] : leasing_->on) {
    leasing_->wires.plug(wire, hardware_of(local), who_, [this, wire, local](const Frame& frame) {
      if (frame.destination.port == dhcp::server_port) receive(frame, wire + 1, local);
    });
  }
  leasing_->wires.bind(
      address(),
      [this](const Frame& frame) { receive(frame, leasing_->on.front().first + 1, address()); },
      this);
}

void Server::receive(const Frame& frame, std::uint32_t interface, Ipv4 local) {
  if (!running_) return;
  auto message = dhcp::decode(frame.octets);
  if (!message) return world_.violate("a station sent what cannot be read");
  hear(dhcp::ClientMessage{{.interface = interface,
                            .local = local,
                            .source = frame.source,
                            .frame_source = frame.from,
                            .broadcast = frame.destination.address == Ipv4(255, 255, 255, 255)},
                           std::move(*message)});
}

void Server::hear(dhcp::Input&& input) {
  lease_mail_.push_back(std::move(input));
  wake_soon();
}

void Server::command(dhcp::Command command) {
  if (!running_) return;
  hear(dhcp::CommandRequest{++last_ticket_, std::move(command)});
}

void Server::configure(const dhcp::Configuration& configuration) {
  leasing_->configuration = configuration;
  lease_referee_->configured(configuration);
  if (running_) running_->leases.configure(configuration);
}

/// A lease and what it wants of the names are one batch, as in the daemon.
void Server::decide_leases(InFlight& batch) {
  auto& engine = running_->engine;
  auto& leases = running_->leases;
  std::vector<dhcp::Input> inputs;
  // No lot is drawn where nobody leases: the traces of names stay as they are.
  const auto most = lease_mail_.empty() ? 0 : 1 + world_.random().below(64);
  while (!lease_mail_.empty() && inputs.size() < most) {
    if (const auto* done = std::get_if<dhcp::DnsDone>(&lease_mail_.front()))
      batch.dns_done.push_back(*done);
    inputs.push_back(std::move(lease_mail_.front()));
    lease_mail_.pop_front();
  }
  leases.begin(world_.now());
  for (const auto& resolved : engine.take_feeds_resolved()) {
    if (const auto* lease = leases.find(resolved.address))
      expect_feed(batch.decision, lease->netbios_name, lease->suffixes);
    leases.names_came_to(resolved.address, state_of(resolved.outcome));
  }
  leases.decide(inputs);
  for (const auto& request : leases.take_name_requests()) {
    expect_feed(batch.decision, request.netbios_name, request.suffixes);
    const auto outcome = engine.feed({.address = request.address,
                                      .name = request.netbios_name,
                                      .suffixes = request.suffixes,
                                      .due = request.due,
                                      .withdraw = request.withdraw});
    if (!request.withdraw) leases.names_came_to(request.address, state_of(outcome));
  }
}

/// The referee of names knows of clients and administrators only.
void Server::expect_feed(Decision& decision, std::string_view name,
                         const std::vector<std::uint8_t>& suffixes) {
  for (const auto suffix : suffixes) decision.commanded.insert({nbns::make_name(name, suffix), {}});
}

void Server::deliver(dhcp::Actions& actions) {
  if (!leasing_) return;
  lease_referee_->about_to_send(actions);
  counts_.acknowledged = lease_referee_->acknowledged();
  for (const auto& out : actions.sends) send(out);
  for (const auto& one : actions.probes) probe(one);
  if (actions.dns_waits) update_dns();
}

void Server::send(const dhcp::Outgoing& out) {
  Frame frame{
      .from = hardware_of(out.from),
      .to = out.delivery == dhcp::Delivery::hardware ? out.hardware : dhcp::HardwareAddress{},
      .source = {out.from, dhcp::server_port},
      .destination = out.to,
      .octets = dhcp::encode(out.message, out.size_max).octets};
  if (out.delivery == dhcp::Delivery::relay || out.delivery == dhcp::Delivery::address)
    return leasing_->wires.route(std::move(frame));
  if (out.interface == 0) return world_.violate("an answer for a wire leaves by none");
  leasing_->wires.send(out.interface - 1, std::move(frame));
}

/// Whoever has the address answers, unless the answer is lost; sometimes nothing is heard of it.
void Server::probe(const dhcp::Probe& probe) {
  if (world_.chance(20)) return;
  const bool in_use = leasing_->wires.bound(probe.address) && !world_.chance(50);
  world_.after(in_use ? milliseconds(2) : probe.timeout,
               [this, life = life_, address = probe.address, in_use] {
                 if (life == life_) hear(dhcp::ProbeResult{address, in_use});
               });
}

/// DNS does what the durable queue says, in its order, each entry at least once, and lets a name to
/// who had it first (RFC 4703). Some of it, it will not have. Nobody looks into the queue unless he
/// is told to, and then at a few entries.
void Server::update_dns() {
  for (const auto& work : running_->leases.dns_work(8)) {
    if (work.id <= last_dns_) continue;
    last_dns_ = work.id;
    const auto found = dns_.find(work.name);
    const bool free = found == dns_.end();
    const bool refused = work.add && world_.chance(20);
    if (!refused && !work.reverse && (free || found->second.client == work.client)) {
      if (work.add) dns_.insert_or_assign(work.name, work);
      if (!work.add && !free && found->second.address == work.address) dns_.erase(found);
    }
    world_.after(world_.between(milliseconds(1), milliseconds(500)),
                 [this, life = life_, id = work.id, refused] {
                   if (life == life_) hear(dhcp::DnsDone{id, refused});
                 });
  }
}

void Server::check_leases(const std::string& when) {
  if (!lease_referee_) return;
  lease_referee_->check_same(running_->leases, when);
  std::map<nbns::ScopedName, names::Record> fed;
  running_->engine.for_each([&](const names::Record& record) {
    if (record.fed) fed.emplace(record.name, record);
  });
  lease_referee_->check_names(fed);
}

}  // namespace winsome::sim
