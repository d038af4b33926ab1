#include <algorithm>
#include <array>
#include <utility>

#include "server/core/random.h"
#include "server/dhcp/option_table.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {
namespace {

/// Where in a pool a client begins to look: the same each time, and far from the others. A hash of
/// our own, because simulations must repeat.
std::uint64_t spread(std::uint64_t seed, const ClientId& client) {
  auto hash = seed;
  for (const auto octet : client.octets) hash = (hash ^ octet) * 0x100000001b3U;
  return Random(hash).next();
}

}  // namespace

/// A client of the primary server's, as long as that may still answer. Whoever has a reservation
/// here is ours: the other one has the same for him, or nothing.
bool LeaseServer::Engine::left_to_primary(const Asker& asker) const {
  return !asker.reservation && seconds(asker.message().secs) < scope(asker.scope).offer_delay;
}

void LeaseServer::Engine::discover(Asker& asker) {
  if (left_to_primary(asker)) return drop(Drop::delayed);
  if (fold(asker) || !admitted(asker)) return;
  const auto choice = choose(asker);
  if (!choice) {
    watch(asker.scope, true);
    return drop(Drop::no_address);
  }
  if (!probe_first(asker, *choice)) offer(asker, choice->address);
}

/// RFC 951 7.3, RFC 1534 2: what the reply says is the client's for as long as the configuration
/// says, without a request that confirms it.
void LeaseServer::Engine::bootp(Asker& asker) {
  if (names_another_server(asker)) return drop(Drop::not_for_us);
  if (left_to_primary(asker)) return drop(Drop::delayed);
  if (fold(asker)) return;
  const auto on_this_wire = rules_->networks.scopes_on(asker.network);
  const bool dynamic = std::ranges::any_of(
      on_this_wire, [this](std::size_t index) { return scope(index).bootp_dynamic; });
  if (!asker.reservation && !dynamic) return drop(Drop::unknown_client);
  if (!admitted(asker)) return;
  const auto choice = choose(asker);
  if (!choice) {
    watch(asker.scope, true);
    return drop(Drop::no_address);
  }
  if (!probe_first(asker, *choice)) grant(asker, choice->address, false);
}

/// A client that is waiting for a probe already: the newest of its messages will be answered.
bool LeaseServer::Engine::fold(Asker& asker) {
  const auto* hold = holds_.of(asker.client);
  if (!hold || !hold->waiting) return false;
  const auto address = hold->address;
  if (!on_wire(asker, address)) {
    drop_hold(address);
    return false;
  }
  holds_.await(address, std::make_unique<ClientMessage>(std::move(asker.input)));
  drop(Drop::duplicate);
  return true;
}

/// RFC 2131 4.3.1: reservation; present address; what is offered already; the one asked for; the
/// former one, which a client that wants it back asks for anyway; a new one.
std::optional<LeaseServer::Engine::Choice> LeaseServer::Engine::choose(const Asker& asker) const {
  if (const auto known = choose_known(asker)) return known;
  if (const auto asked = asker.message().options.address(option::requested_address);
      asked && permitted(asker, *asked) && vacant(asker, *asked) &&
      *asked != asker.input.arrival.local && *asked != asker.message().giaddr)
    return Choice{*asked};
  if (const auto former = choose_former(asker)) return former;
  return choose_new(asker);
}

std::optional<LeaseServer::Engine::Choice> LeaseServer::Engine::choose_known(
    const Asker& asker) const {
  // Not probed: the administrator knows who is there.
  if (asker.reservation && vacant(asker, asker.reservation->address))
    return Choice{asker.reservation->address, false};

  for (const auto* lease : leases_.of(asker.client)) {
    if (lease->state == LeaseState::active && permitted(asker, lease->address) &&
        vacant(asker, lease->address))
      return Choice{lease->address, false};
  }
  if (const auto* hold = holds_.of(asker.client); hold && permitted(asker, hold->address))
    return Choice{hold->address, false};
  return {};
}

/// What it had and gave back or let end, the latest first.
std::optional<LeaseServer::Engine::Choice> LeaseServer::Engine::choose_former(
    const Asker& asker) const {
  const Lease* former = nullptr;
  for (const auto* lease : leases_.of(asker.client)) {
    if (!permitted(asker, lease->address) || !vacant(asker, lease->address)) continue;
    if (!former || lease->due > former->due) former = lease;
  }
  if (!former) return {};
  const auto& configuration = rules_->configuration;
  const auto ended = former->due - configuration.affinity;
  return Choice{former->address, now_ - ended > configuration.probing.fresh};
}

std::optional<LeaseServer::Engine::Choice> LeaseServer::Engine::choose_new(
    const Asker& asker) const {
  const auto& pools = rules_->pools;
  const std::array avoid = {asker.input.arrival.local, asker.message().giaddr};
  const auto start = spread(seed_, asker.client);
  const bool only_bootp = asker.message().type == MessageType::none;

  const auto first = [&](auto look) -> std::optional<Ipv4> {
    const auto in_scope = [&](std::size_t index) -> std::optional<Ipv4> {
      if (only_bootp && !scope(index).bootp_dynamic) return {};
      for (const auto pool : pools.of_scope(index)) {
        if (!pools.admits(pool, asker.classes)) continue;
        if (const auto found = look(pool)) return found;
      }
      return {};
    };
    if (const auto found = in_scope(asker.scope)) return found;
    for (const auto index : rules_->networks.scopes_on(asker.network)) {
      if (index == asker.scope) continue;
      if (const auto found = in_scope(index)) return found;
    }
    return {};
  };
  // Addresses that nobody remembers before those that somebody may come back for.
  if (const auto free = first([&](auto pool) { return pools.choose_free(pool, start, avoid); }))
    return Choice{*free};
  if (const auto ended = first([&](auto pool) { return pools.choose_ended(pool, avoid); }))
    return Choice{*ended};
  return {};
}

/// True when the message waits for a probe of its address.
bool LeaseServer::Engine::probe_first(Asker& asker, const Choice& choice) {
  const auto& probing = rules_->configuration.probing;
  if (!choice.probe || !probing.enabled || holds_.probing() >= probing.at_once) return false;
  if (const auto proved = proved_.find(choice.address);
      proved != proved_.end() && now_ - proved->second < probing.fresh)
    return false;
  const bool on_our_wire = asker.message().giaddr.unspecified();
  actions_.probes.push_back({.address = choice.address,
                             .interface = on_our_wire ? asker.input.arrival.interface : 0,
                             .timeout = probing.timeout});
  ++statistics_.probes;
  hold(asker, choice.address, now_ + probing.timeout + probe_grace,
       std::make_unique<ClientMessage>(std::move(asker.input)));
  return true;
}

void LeaseServer::Engine::offer(const Asker& asker, Ipv4 address) {
  hold(asker, address, now_ + rules_->configuration.offer_hold, nullptr);
  actions_.sends.push_back(
      make_reply(asker, MessageType::offer, address, lease_time(asker, address)));
  ++statistics_.sent[static_cast<std::size_t>(MessageType::offer)];
}

/// In place of what was held for the client or at the address. Does not look at the message, which
/// may have gone into `waiting`.
void LeaseServer::Engine::hold(const Asker& asker, Ipv4 address, Instant until,
                               std::unique_ptr<ClientMessage> waiting) {
  if (const auto* old = holds_.of(asker.client)) drop_hold(old->address);
  if (holds_.at(address)) drop_hold(address);
  if (holds_.size() >= Holds::most) drop_hold(holds_.oldest()->address);
  holds_.add({.address = address,
              .client = asker.client,
              .until = until,
              .waiting = std::move(waiting),
              .tries = asker.tries});
  refresh(address);
}

void LeaseServer::Engine::drop_hold(Ipv4 address) {
  static_cast<void>(holds_.take(address));
  refresh(address);
}

/// The probe of `address` ended, or never came back: its client's message is decided now.
void LeaseServer::Engine::conclude(Ipv4 address, Probed probed) {
  auto hold = holds_.take(address);
  auto message = std::exchange(hold.waiting, nullptr);
  const auto tries = hold.tries + (probed == Probed::in_use ? 1 : 0);
  if (probed == Probed::in_use) {
    ++statistics_.conflicts;
    if (const auto scope = scope_at(address))
      tell(EventKind::conflict, *scope, address, to_text(hold.client));
    set_aside(address, {}, {});
    if (tries >= conflicts_max) return drop(Drop::no_address);
  } else {
    if (probed == Probed::free) {
      if (proved_.size() >= proved_max) proved_.clear();
      proved_[address] = now_;
    }
    hold.until = now_ + rules_->configuration.offer_hold;
    holds_.add(std::move(hold));
  }
  answer(*message, tries);
}

void LeaseServer::Engine::expire_holds() {
  while (holds_.next_due() <= now_) {
    const auto* hold = holds_.oldest();
    if (hold->waiting) {
      conclude(hold->address, Probed::unknown);
    } else {
      drop_hold(hold->address);
    }
  }
}

}  // namespace winsome::dhcp
