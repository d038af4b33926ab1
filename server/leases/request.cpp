#include <algorithm>

#include "server/dhcp/option_table.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {

/// RFC 2131 4.3.2, table 4.
void LeaseServer::Engine::request(Asker& asker) {
  const auto& message = asker.message();
  const auto chosen = message.options.address(option::server_identifier);
  const auto requested = message.options.address(option::requested_address);
  if (chosen) {
    if (!is_ours(*chosen)) {
      if (const auto* hold = holds_.of(asker.client)) drop_hold(hold->address);
      let_names_go(asker);
      return drop(Drop::not_for_us);
    }
    const auto address = requested.value_or(message.ciaddr);
    return address.unspecified() ? drop(Drop::nonsense) : select(asker, address);
  }
  if (!message.ciaddr.unspecified()) return confirm(asker, message.ciaddr, true);
  if (requested) return confirm(asker, *requested, false);
  drop(Drop::nonsense);
}

/// He chose us, so he gets an answer.
void LeaseServer::Engine::select(Asker& asker, Ipv4 address) {
  if (!on_wire(asker, address)) return refuse(asker, "wrong network");
  if (!permitted(asker, address) || !vacant(asker, address) || awaited_elsewhere(asker, address))
    return refuse(asker, "address not available");
  // An offer from before a restart, or none at all.
  if (!holds_.of(asker.client) && !admitted(asker)) return;
  grant(asker, address, false);
}

/// INIT-REBOOT, RENEWING and REBINDING: what he says he has is his, or it is not.
void LeaseServer::Engine::confirm(Asker& asker, Ipv4 address, bool renews) {
  if (!on_wire(asker, address)) return refuse(asker, "wrong network");
  const auto* lease = leases_.find(address);
  const auto* entry = reservations_.at(address);
  const bool reserved = entry && Reservations::is_for(entry->reservation, asker.who());
  if (reserved || (lease && holds_lease(asker, *lease))) {
    if (permitted(asker, address) && vacant(asker, address) && !awaited_elsewhere(asker, address))
      return grant(asker, address, renews);
    return refuse(asker, "lease not renewed");
  }

  const auto& place = scope(*scope_at(address));
  // A backup server leaves what it does not know to the primary, unless it is told otherwise.
  const bool authoritative = place.authoritative.value_or(rules_->configuration.authoritative &&
                                                          place.offer_delay == seconds(0));
  if (authoritative) return refuse(asker, "unknown lease");
  const bool in_our_charge = entry || rules_->pools.at(address);
  const bool known_elsewhere =
      std::ranges::any_of(leases_.of(asker.client), [&](const Lease* other) {
        return other->state == LeaseState::active && on_wire(asker, other->address);
      });
  if (in_our_charge && known_elsewhere) return refuse(asker, "wrong address");
  drop(Drop::unknown_client);
}

void LeaseServer::Engine::refuse(const Asker& asker, std::string_view why) {
  const auto& arrival = asker.input.arrival;
  const auto here = scope_at(arrival.local);
  const auto& ciaddr = asker.message().ciaddr;
  const bool routed = !arrival.broadcast && !ciaddr.unspecified() && scope_at(ciaddr) &&
                      (!here || rules_->networks.network_of(*here) != asker.network);
  actions_.sends.push_back(nak(asker.input, server_identifier(asker), why, routed));
  ++statistics_.sent[static_cast<std::size_t>(MessageType::nak)];
}

/// RFC 2131 4.3.3.
void LeaseServer::Engine::decline(const Asker& asker) {
  const auto& options = asker.message().options;
  if (const auto server = options.address(option::server_identifier); server && !is_ours(*server))
    return drop(Drop::not_for_us);
  const auto address = options.address(option::requested_address).value_or(asker.message().ciaddr);
  const auto* lease = leases_.find(address);
  const bool has = lease && lease->state == LeaseState::active && lease->client == asker.client;
  const auto* hold = holds_.at(address);
  const bool was_offered = hold && hold->client == asker.client && !hold->waiting;
  if (!has && !was_offered) return drop(Drop::foreign);
  if (const auto scope = scope_at(address))
    tell(EventKind::declined, *scope, address, to_text(asker.client));
  set_aside(address, asker.client, asker.message().hardware);
}

/// RFC 2131 4.3.4.
void LeaseServer::Engine::release(const Asker& asker) {
  const auto& message = asker.message();
  if (const auto server = message.options.address(option::server_identifier);
      server && !is_ours(*server))
    return drop(Drop::not_for_us);
  const auto* lease = leases_.find(message.ciaddr);
  if (!lease || lease->state != LeaseState::active || lease->client != asker.client)
    return drop(Drop::foreign);
  end(*lease);
}

/// RFC 2131 4.3.5: he has an address from elsewhere and wants to know the rest.
void LeaseServer::Engine::inform(const Asker& asker) {
  if (asker.message().ciaddr.unspecified()) return drop(Drop::nonsense);
  actions_.sends.push_back(make_reply(asker, MessageType::ack, {}, {}));
  ++statistics_.sent[static_cast<std::size_t>(MessageType::ack)];
}

}  // namespace winsome::dhcp
