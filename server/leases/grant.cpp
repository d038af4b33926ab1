#include <algorithm>
#include <utility>

#include "server/dhcp/host_name.h"
#include "server/dhcp/option_table.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {

namespace {

/// Decision 23: he boots, on our own wire, and has no address yet by which he could answer ARP. How
/// the answer travels does not matter: what he asks for next is sent to that address.
bool needs_neighbour(const Outgoing& out) {
  const bool near = out.delivery == Delivery::hardware || out.delivery == Delivery::broadcast;
  const auto& hardware = out.message.hardware;
  const bool ethernet = hardware.type == HardwareAddress::ethernet && hardware.length == 6;
  const bool boots = out.message.type == MessageType::none || !out.message.boot_file.empty();
  return near && ethernet && boots;
}

}  // namespace

/// `renews`: he has the address, and may leave his name out.
void LeaseServer::Engine::grant(Asker& asker, Ipv4 address, bool renews) {
  const auto& message = asker.message();
  const bool bootp = message.type == MessageType::none;
  const auto* before = leases_.find(address);
  const bool continues =
      before && before->state == LeaseState::active && holds_lease(asker, *before);
  if (!continues && circuit_is_full(asker)) return drop(Drop::limited);
  if (before && before->state == LeaseState::active && !continues) end(*before);

  // One address a wire: he has moved on from the others.
  for (const auto* other : leases_.of(asker.client)) {
    if (other->address != address && other->state == LeaseState::active &&
        on_wire(asker, other->address))
      end(*other);
  }
  if (const auto* hold = holds_.of(asker.client)) drop_hold(hold->address);
  if (holds_.at(address)) drop_hold(address);
  proved_.erase(address);

  const auto time = lease_time(asker, address);
  before = leases_.find(address);
  Lease lease;
  if (continues) lease = *before;
  // What DNS has of a reservation's former client is known there by that client (RFC 4701).
  if (lease.client != asker.client) withdraw_dns(lease);
  lease.address = address;
  if (!continues) lease.granted = now_;
  lease.client = asker.client;
  lease.hardware = message.hardware;
  lease.due = time == forever ? never : now_ + time;
  lease.scope = scope(scope_at(address).value_or(asker.scope)).name;
  lease.circuit.assign(asker.circuit.begin(), asker.circuit.end());
  lease.bootp = bootp;
  auto name = asker.reservation && !asker.reservation->name.empty() ? asker.reservation->name
                                                                    : host_name_of(message);
  if (!name.empty() || !(renews && continues)) lease.host_name = std::move(name);
  feed_names(lease, renews && continues);
  feed_dns(asker, lease);

  const auto type = bootp ? MessageType::none : MessageType::ack;
  auto out = make_reply(asker, type, address, bootp ? std::nullopt : std::optional(time));
  out.neighbour = needs_neighbour(out);
  lease.neighbour |= out.neighbour;
  actions_.sends.push_back(std::move(out));
  ++statistics_.sent[static_cast<std::size_t>(type)];
  put(std::move(lease));
}

Outgoing LeaseServer::Engine::make_reply(const Asker& asker, MessageType type, Ipv4 address,
                                         std::optional<seconds> lease) const {
  const auto index = address.unspecified() ? asker.scope : scope_at(address).value_or(asker.scope);
  const auto* mine = asker.reservation;
  if (mine && !address.unspecified() && mine->address != address) mine = nullptr;
  const ClientParameters parameters(rules_->configuration, scope(index), asker.classes, mine);
  return reply(asker.input, type,
               {.configuration = rules_->configuration,
                .scope = scope(index),
                .parameters = parameters,
                .reservation = mine,
                .server = server_identifier(asker),
                .address = address,
                .lease = lease,
                .fqdn = fqdn_answer(asker, scope(index))});
}

seconds LeaseServer::Engine::lease_time(const Asker& asker, Ipv4 address) const {
  const auto& place = scope(scope_at(address).value_or(asker.scope));
  const auto* mine = asker.reservation;
  if (mine && mine->address != address) mine = nullptr;
  if (asker.message().type == MessageType::none && !mine)
    return place.bootp_lease.value_or(forever);
  return ClientParameters(rules_->configuration, place, asker.classes, mine).lease();
}

/// By value: the table's own may be what is ended.
void LeaseServer::Engine::end(Lease lease) {
  withdraw_names(lease);
  withdraw_dns(lease);
  if (std::exchange(lease.neighbour, false)) actions_.neighbours_gone.push_back(lease.address);
  lease.state = LeaseState::ended;
  lease.due = now_ + rules_->configuration.affinity;
  put(std::move(lease));
}

/// Somebody else is there: nobody gets it for a while.
void LeaseServer::Engine::set_aside(Ipv4 address, const ClientId& client,
                                    const HardwareAddress& hardware) {
  if (holds_.at(address)) drop_hold(address);
  if (const auto* lease = leases_.find(address); lease && lease->state == LeaseState::active)
    end(*lease);
  proved_.erase(address);
  const auto index = scope_at(address);
  Lease declined;
  declined.address = address;
  declined.state = LeaseState::declined;
  declined.client = client;
  declined.hardware = hardware;
  declined.granted = now_;
  declined.due = now_ + rules_->configuration.decline_hold;
  if (index) declined.scope = scope(*index).name;
  put(std::move(declined));
}

void LeaseServer::Engine::age() {
  for (std::size_t i = 0; i < aged_in_a_step; ++i) {
    const auto* lease = leases_.next_due(now_);
    if (!lease) return;
    if (lease->state == LeaseState::active) {
      end(*lease);
    } else {
      erase(lease->address);
    }
  }
}

}  // namespace winsome::dhcp
