#include "tests/sim/lease_referee.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/dhcp/option_table.h"
#include "server/leases/network.h"

namespace winsome::sim {

using dhcp::LeaseState;

namespace {

bool same_client(const dhcp::Reservation& reservation, const dhcp::Lease& lease) {
  if (reservation.hardware) return *reservation.hardware == lease.hardware;
  if (reservation.client) return *reservation.client == lease.client;
  return reservation.circuit == lease.circuit;
}

template <class... Visits>
struct Each : Visits... {
  using Visits::operator()...;
};

}  // namespace

void LeaseReferee::violate(const std::string& what, const dhcp::Lease& lease) {
  world_.violate(
      fmt::format("{}: {} of {}", what, to_text(lease.address), dhcp::to_text(lease.client)));
}

const dhcp::Reservation* LeaseReferee::reservation_at(Ipv4 address) const {
  if (const auto stored = reservations_.find(address); stored != reservations_.end())
    return &stored->second.reservation;
  for (const auto& scope : configuration_.scopes) {
    for (const auto& one : scope.reservations) {
      if (one.address == address) return &one;
    }
  }
  return nullptr;
}

void LeaseReferee::committed(const dhcp::Actions& actions) {
  for (const auto& change : actions.changes) {
    std::visit(
        Each{[&](const dhcp::PutLease& put) {
               const auto found = leases_.find(put.lease.address);
               check_lease(found == leases_.end() ? nullptr : &found->second, put.lease);
               leases_.insert_or_assign(put.lease.address, put.lease);
             },
             [&](const dhcp::EraseLease& erase) { leases_.erase(erase.address); },
             [&](const dhcp::PutReservation& put) {
               reservations_.insert_or_assign(put.reservation.reservation.address, put.reservation);
             },
             [&](const dhcp::EraseReservation& erase) { reservations_.erase(erase.address); },
             [](const auto&) {}},
        change);
  }
}

void LeaseReferee::check_lease(const dhcp::Lease* before, const dhcp::Lease& after) {
  if (after.state != LeaseState::active) {
    promises_.erase(after.address);
    return;
  }
  check_place(after);
  if (!before || before->state != LeaseState::active || before->client == after.client) return;
  if (reservation_at(after.address)) return;  // one machine may call itself by two identifiers
  violate("a lease that is active was given to another client", after);
}

bool LeaseReferee::admits(const dhcp::Pool& pool, const dhcp::HardwareAddress& hardware) const {
  if (pool.classes.empty()) return true;
  for (const auto& one : configuration_.classes) {
    if (std::ranges::find(pool.classes, one.name) == pool.classes.end()) continue;
    for (const auto& prefix : one.hardware_prefix) {
      if (std::ranges::equal(prefix, hardware.view())) return true;  // the sweep's are whole ones
    }
  }
  return false;
}

/// In a pool that is open to its client and not excluded, or reserved, and then for its client
/// only.
void LeaseReferee::check_place(const dhcp::Lease& lease) {
  if (const auto* reservation = reservation_at(lease.address)) {
    if (!same_client(*reservation, lease)) violate("a reserved address was given away", lease);
    return;
  }
  for (const auto& scope : configuration_.scopes) {
    if (!scope.subnet.contains(lease.address)) continue;
    const auto inside = std::ranges::any_of(scope.pools, [&](const dhcp::Pool& pool) {
      return pool.range.contains(lease.address) && admits(pool, lease.hardware);
    });
    const auto excluded = std::ranges::any_of(
        scope.exclusions, [&](const dhcp::Range& range) { return range.contains(lease.address); });
    if (!inside) violate("an address outside the pools, or of others' pool, was given", lease);
    if (excluded) violate("an excluded address was given", lease);
    return;
  }
  violate("an address outside all scopes was given", lease);
}

void LeaseReferee::about_to_send(const dhcp::Actions& actions) {
  for (const auto& send : actions.sends) {
    const auto& message = send.message;
    const bool bootp = message.type == dhcp::MessageType::none;
    const bool lease_promised = message.options.has(dhcp::option::lease_time);
    if (!bootp && (message.type != dhcp::MessageType::ack || !lease_promised)) continue;
    ++acknowledged_;
    const auto text =
        fmt::format("{} is told to {}", to_text(message.yiaddr), dhcp::to_text(message.hardware));
    const auto found = leases_.find(message.yiaddr);
    if (found == leases_.end()) return world_.violate(text + ", but is no durable lease");
    const auto& lease = found->second;
    const auto id = message.options.find(dhcp::option::client_identifier);  // RFC 6842: echoed
    if (const auto* reservation = reservation_at(message.yiaddr);
        reservation && !reservation->circuit.empty()) {  // whoever is there is its client
      const auto circuit = dhcp::relay_sub_option(message, dhcp::relay::circuit_id);
      if (!circuit || !std::ranges::equal(*circuit, reservation->circuit))
        return world_.violate(text + ", who is on another circuit");
    } else if (lease.client !=
               (id ? dhcp::ClientId::of(*id) : dhcp::ClientId::of(message.hardware)))
      return world_.violate(text + ", but is leased to another");
    // A second batch may already have ended it again; then nothing is promised for long.
    if (lease.state != LeaseState::active) continue;
    if (const auto other = promises_.find(message.yiaddr);
        other != promises_.end() && other->second.until > world_.now() &&
        other->second.client != lease.client && !reservation_at(message.yiaddr))
      return world_.violate(text + " while another has it");
    promises_.insert_or_assign(message.yiaddr, Promise{lease.client, lease.due});
  }
}

void LeaseReferee::check_same(const dhcp::LeaseServer& leases, const std::string& when) {
  std::map<Ipv4, dhcp::Lease> found;
  leases.for_each([&](const dhcp::Lease& lease) { found.emplace(lease.address, lease); });
  if (found == leases_) return;
  for (const auto& [address, lease] : leases_) {
    const auto there = found.find(address);
    if (there == found.end() || there->second != lease)
      return violate(when + ", the engine does not have the lease of the disk", lease);
  }
  world_.violate(when + ", the engine has leases that the disk has not");
}

void LeaseReferee::check_names(const std::map<nbns::ScopedName, names::Record>& records) {
  std::set<std::pair<nbns::ScopedName, Ipv4>> found;
  for (const auto& [name, record] : records) {
    if (record.fed && record.state == names::State::active)
      found.emplace(name, record.members.front().address);
  }
  std::set<std::pair<nbns::ScopedName, Ipv4>> wanted;
  for (const auto& [address, lease] : leases_) {
    if (lease.state != LeaseState::active || lease.netbios_name.empty()) continue;
    bool any = false;
    bool lost = false;
    for (const auto suffix : lease.suffixes) {
      const std::pair one{nbns::ScopedName{nbns::make_name(lease.netbios_name, suffix), {}},
                          address};
      wanted.insert(one);
      any = any || found.contains(one);
      lost = lost || (fed_.contains(one) && !found.contains(one));
    }
    if (lease.name_state != dhcp::NameState::registered || lease.due <= world_.now()) continue;
    if (lost || !any) return violate("a lease has lost a name", lease);
  }
  for (const auto& one : found) {
    if (!wanted.contains(one))
      return world_.violate(nbns::to_text(one.first) + " is fed by no lease");
  }
  fed_ = std::move(found);
}

}  // namespace winsome::sim
