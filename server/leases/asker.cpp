#include <algorithm>

#include "server/dhcp/octet_text.h"
#include "server/dhcp/option_table.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {
namespace {

constexpr std::size_t client_id_min = 2;  // RFC 2132 9.14: a type and at least one octet

std::optional<ClientId> client_of(const Message& message) {
  const auto id = message.options.find(option::client_identifier);
  if (id && id->size() >= client_id_min && id->size() <= client_id_max) return ClientId::of(*id);
  if (message.hardware.length == 0) return {};
  return ClientId::of(message.hardware);
}

constexpr bool can_be(Ipv4 address) {
  return address.unspecified() || address.is_host();
}

}  // namespace

void LeaseServer::Engine::answer(ClientMessage& input, unsigned tries) {
  auto asker = identify(input);
  if (!asker) return;
  asker->tries = tries;
  const auto& message = input.message;
  const Question question{asker->client, message.xid, message.type, message.giaddr};
  if (std::ranges::any_of(answered_, [&](const auto& batch) { return batch.contains(question); }))
    return drop(Drop::duplicate);
  const auto sent = actions_.sends.size();
  dispatch(*asker);
  auto& answered = answered_.back();
  if (actions_.sends.size() > sent && answered.size() < answered_max) answered.insert(question);
}

void LeaseServer::Engine::dispatch(Asker& asker) {
  switch (asker.message().type) {
    case MessageType::none: return bootp(asker);
    case MessageType::discover: return discover(asker);
    case MessageType::request: return request(asker);
    case MessageType::decline: return decline(asker);
    case MessageType::release: return release(asker);
    case MessageType::inform: return inform(asker);
    case MessageType::offer:
    case MessageType::ack:
    case MessageType::nak: return drop(Drop::nonsense);
  }
}

std::optional<LeaseServer::Engine::Asker> LeaseServer::Engine::identify(ClientMessage& input) {
  const auto refused = [this](Drop why) -> std::optional<Asker> {
    drop(why);
    return {};
  };
  const auto& message = input.message;
  const auto& local = input.arrival.local;
  if (!local.unspecified() && own_addresses_.size() < own_addresses_max)
    own_addresses_.insert(local);
  if (message.op != Op::request || !can_be(message.giaddr) || !can_be(message.ciaddr))
    return refused(Drop::nonsense);
  auto client = client_of(message);
  if (!client) return refused(Drop::nonsense);
  if (!rules_->denied.empty() && rules_->denied.contains(to_text(message.hardware)))
    return refused(Drop::denied);

  const auto link = link_address(input.arrival, message);
  auto scope = scope_at(link);
  // Who renews an address of nowhere stands on our own wire, and is told so.
  if (!scope && link == message.ciaddr) scope = scope_at(local);
  if (!scope) return refused(Drop::no_scope);

  Asker asker{.input = input,
              .client = std::move(*client),
              .circuit = relay_sub_option(message, relay::circuit_id).value_or(Octets{}),
              .scope = *scope,
              .network = rules_->networks.network_of(*scope),
              .classes = classes_of(message, rules_->configuration.classes)};
  for (const auto index : asker.classes) {
    if (rules_->configuration.classes[index].deny) return refused(Drop::denied);
  }
  if (const auto* entry = reservations_.find(asker.who(), rules_->networks, asker.network))
    asker.reservation = &entry->reservation;
  return asker;
}

/// That by which the client chose us; we may have several addresses.
Ipv4 LeaseServer::Engine::server_identifier(const Asker& asker) const {
  const auto chosen = asker.message().options.address(option::server_identifier);
  return chosen && is_ours(*chosen) ? *chosen : asker.input.arrival.local;
}

bool LeaseServer::Engine::on_wire(const Asker& asker, Ipv4 address) const {
  const auto scope = scope_at(address);
  return scope && rules_->networks.network_of(*scope) == asker.network;
}

/// By the configuration: on his wire, and his reservation or in a pool that is open to him.
bool LeaseServer::Engine::permitted(const Asker& asker, Ipv4 address) const {
  if (!on_wire(asker, address)) return false;
  if (const auto* entry = reservations_.at(address))
    return Reservations::is_for(entry->reservation, asker.who());
  const auto pool = rules_->pools.at(address);
  if (!pool || !rules_->pools.admits(*pool, asker.classes)) return false;
  return asker.message().type != MessageType::none ||
         scope(rules_->pools.scope_of(*pool)).bootp_dynamic;
}

/// A reservation says who he is: a machine whose boot ROM and system call themselves differently
/// is one client by its hardware address, whatever stands on a circuit is one by the circuit.
bool LeaseServer::Engine::holds_lease(const Asker& asker, const Lease& lease) const {
  if (lease.state == LeaseState::declined) return false;
  if (lease.client == asker.client) return true;
  const auto* entry = reservations_.at(lease.address);
  return entry && Reservations::is_for(entry->reservation, asker.who()) &&
         Reservations::is_for(entry->reservation, {lease.client, lease.hardware, lease.circuit});
}

/// By what is going on there: nobody else has it, or was just offered it.
bool LeaseServer::Engine::vacant(const Asker& asker, Ipv4 address) const {
  if (const auto* hold = holds_.at(address);
      hold && hold->client != asker.client && !reservations_.at(address))
    return false;
  const auto* lease = leases_.find(address);
  if (!lease || lease->state == LeaseState::ended) return true;
  if (lease->state == LeaseState::declined) return false;
  return lease->due <= now_ || holds_lease(asker, *lease);
}

/// His reservation is to be had, and is another address.
bool LeaseServer::Engine::awaited_elsewhere(const Asker& asker, Ipv4 address) const {
  return asker.reservation && asker.reservation->address != address &&
         vacant(asker, asker.reservation->address);
}

/// RFC 951 7.3: a station may say in sname whose answer it wants. What we tell it is also ours.
bool LeaseServer::Engine::names_another_server(const Asker& asker) const {
  const std::string_view wanted = asker.message().server_name;
  if (wanted.empty()) return false;
  const auto same = [wanted](std::string_view name) {
    const auto host = [](std::string_view text) { return text.substr(0, text.find('.')); };
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(host(wanted), host(name), {}, lower, lower);
  };
  const auto& configuration = rules_->configuration;
  const ClientParameters parameters(configuration, scope(asker.scope), asker.classes,
                                    asker.reservation);
  return !same(parameters.boot().server_name) &&
         std::ranges::none_of(configuration.own_names, same);
}

/// Limits are for clients that we have never seen: whoever has or had something here is welcome.
bool LeaseServer::Engine::admitted(const Asker& asker) {
  const auto& configuration = rules_->configuration;
  if (configuration.new_clients_per_second == 0 && configuration.leases_per_circuit == 0)
    return true;
  if (asker.reservation) return true;
  const auto& arrival = asker.input.arrival;
  // On our own wire the client may have written option 82 itself, a new circuit each time.
  // Reservations by circuit hold there all the same: switches add the option and leave giaddr 0,
  // and who forges a circuit to get a certain address could as well forge a hardware address.
  const bool near = asker.message().giaddr.unspecified();
  auto who = near ? "interface " + std::to_string(arrival.interface)
                  : "relay " + to_text(asker.message().giaddr);
  if (!near && !asker.circuit.empty()) who += " circuit " + octets_text(asker.circuit);

  bool admitted = true;
  if (holds_.of(asker.client) == nullptr && leases_.of(asker.client).empty() &&
      configuration.new_clients_per_second != 0)
    admitted = limits_.admit(who, configuration.new_clients_per_second, now_);
  if (admitted && circuit_is_full(asker)) admitted = false;
  if (admitted) return true;
  drop(Drop::limited);
  if (limits_.tell(now_)) tell(EventKind::limited, asker.scope, {}, std::move(who));
  return false;
}

/// Would one more active lease be too many for his circuit.
bool LeaseServer::Engine::circuit_is_full(const Asker& asker) const {
  const auto limit = rules_->configuration.leases_per_circuit;
  if (limit == 0 || asker.circuit.empty() || asker.reservation) return false;
  std::size_t there = 0;
  for (const auto index : rules_->networks.scopes_on(asker.network))
    there += leases_.of_circuit(scope(index).name, asker.circuit);
  if (there < limit) return false;
  return std::ranges::none_of(leases_.of(asker.client), [&](const Lease* lease) {
    return lease->state == LeaseState::active && on_wire(asker, lease->address);
  });
}

}  // namespace winsome::dhcp
