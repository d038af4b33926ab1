#include <algorithm>
#include <utility>

#include "server/dhcp/host_name.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {
namespace {

constexpr seconds dns_ttl_min = std::chrono::minutes(10);  // RFC 4702 5
constexpr seconds dns_ttl_max = std::chrono::hours(24);

NameRequest name_request(const Lease& lease, bool withdraw) {
  return {.address = lease.address,
          .netbios_name = lease.netbios_name,
          .suffixes = lease.suffixes,
          .due = lease.due,
          .withdraw = withdraw};
}

/// Which of the two records are to be updated by us (RFC 4702 3.3, 4).
struct DnsShare {
  bool forward = false;
  bool reverse = false;
};
DnsShare share(const DnsPolicy& policy, const std::optional<ClientFqdn>& fqdn) {
  if (policy.domain.empty()) return {};
  if (policy.override_client || !fqdn) return {.forward = true, .reverse = policy.reverse};
  if ((fqdn->flags & ClientFqdn::no_updates) != 0) return {};
  return {.forward = (fqdn->flags & ClientFqdn::server_updates) != 0, .reverse = policy.reverse};
}

}  // namespace

/// A machine that was moved, or is on several wires, has its name where it came last: whether that
/// is `lease`. Leases that had it before lose it.
bool LeaseServer::Engine::takes_name(const Lease& lease, const std::string& wanted,
                                     std::string Lease::* name, void (Engine::*withdraw)(Lease&)) {
  for (const auto* other : leases_.of(lease.client)) {
    if (other->address == lease.address || other->state != LeaseState::active ||
        other->*name != wanted)
      continue;
    if (other->granted > lease.granted) return false;
    auto older = *other;
    (this->*withdraw)(older);
    put(std::move(older));
  }
  return true;
}

/// Says what `lease` wants of the name database. Its state becomes durable with it.
void LeaseServer::Engine::feed_names(Lease& lease, bool renews) {
  const auto& feed = rules_->configuration.scopes[scope_at(lease.address).value_or(0)].names;
  auto wanted = feed.enabled ? netbios_name_of(lease.host_name).value_or("") : std::string();
  if (!wanted.empty() && !takes_name(lease, wanted, &Lease::netbios_name, &Engine::withdraw_names))
    wanted.clear();
  const bool changes = lease.netbios_name != wanted || lease.suffixes != feed.suffixes;
  if (changes) withdraw_names(lease);
  if (wanted.empty() || feed.suffixes.empty()) return;
  if (renews && !changes && lease.name_state == NameState::client) return;
  lease.netbios_name = std::move(wanted);
  lease.suffixes = feed.suffixes;
  if (lease.name_state != NameState::registered) lease.name_state = NameState::pending;
  actions_.names.push_back(name_request(lease, false));
}

void LeaseServer::Engine::withdraw_names(Lease& lease) {
  if (lease.name_state == NameState::pending || lease.name_state == NameState::registered)
    actions_.names.push_back(name_request(lease, true));
  lease.name_state = NameState::none;
  lease.netbios_name.clear();
  lease.suffixes.clear();
}

/// He takes an address of another server, where his name will be: what he has left here must not
/// defend it (decision 7). If he renews here, it comes back.
void LeaseServer::Engine::let_names_go(const Asker& asker) {
  for (const auto* lease : leases_.of(asker.client)) {
    if (lease->state != LeaseState::active || lease->netbios_name.empty()) continue;
    auto left = *lease;
    withdraw_names(left);
    put(std::move(left));
  }
}

void LeaseServer::Engine::feed_dns(const Asker& asker, Lease& lease) {
  const auto& policy = rules_->configuration.scopes[scope_at(lease.address).value_or(0)].dns;
  const auto ours = share(policy, client_fqdn(asker.message()));
  auto wanted = ours.forward || ours.reverse
                    ? dns_name_of(lease.host_name, policy.domain).value_or("")
                    : std::string();
  if (!wanted.empty() && !takes_name(lease, wanted, &Lease::dns_name, &Engine::withdraw_dns))
    wanted.clear();
  if (lease.dns_name == wanted && !pointers_refused_.contains(lease.address)) return;
  if (lease.dns_name != wanted) withdraw_dns(lease);
  if (wanted.empty() || !dns_.room()) return;
  pointers_refused_.erase(lease.address);
  DnsWork work{.add = true,
               .name = wanted,
               .address = lease.address,
               .client = lease.client,
               .hardware = lease.hardware,
               .ttl = dns_ttl_max};
  if (lease.due != never)
    work.ttl = std::clamp(std::chrono::duration_cast<seconds>(lease.due - now_) / 3, dns_ttl_min,
                          dns_ttl_max);
  // The pointer follows when the name is there (RFC 4703 5.4).
  work.reverse = !ours.forward;
  dns_.add(std::move(work));
  lease.dns_name = std::move(wanted);
}

/// What was refused is asked for again when the lease is next renewed, as NetBIOS names are. What
/// may be there of it goes.
void LeaseServer::Engine::handle(DnsDone& done) {
  const auto* found = dns_.find(done.id);
  if (!found) return;
  auto work = *found;
  dns_.erase(work.id);
  dns_done_ = true;
  const auto* lease = leases_.find(work.address);
  if (!work.add || !lease || lease->state != LeaseState::active || lease->client != work.client ||
      lease->dns_name != work.name)
    return;
  if (work.reverse) {
    if (done.refused && pointers_refused_.size() < pointers_refused_max)
      pointers_refused_.insert(work.address);
  } else if (done.refused) {
    auto changed = *lease;
    withdraw_dns(changed);
    put(std::move(changed));
  } else if (const auto place = scope_at(work.address); place && scope(*place).dns.reverse) {
    work.reverse = true;
    dns_.add(std::move(work));
  }
}

/// Takes back both records: what the lease does not own, the updater leaves (RFC 4703 5.5).
void LeaseServer::Engine::withdraw_dns(Lease& lease) {
  if (lease.dns_name.empty()) return;
  pointers_refused_.erase(lease.address);
  DnsWork work{.add = false,
               .name = std::exchange(lease.dns_name, {}),
               .address = lease.address,
               .client = lease.client,
               .hardware = lease.hardware};
  dns_.add(work);
  const auto found = rules_->scopes.find(lease.scope);
  if (found != rules_->scopes.end() && !scope(found->second).dns.reverse) return;
  work.reverse = true;
  dns_.add(work);
}

/// RFC 4702 4: what becomes of the client's name, in the form it sent it.
std::string LeaseServer::Engine::fqdn_answer(const Asker& asker, const Scope& scope) const {
  const auto fqdn = client_fqdn(asker.message());
  if (!fqdn || scope.dns.domain.empty()) return {};
  const auto name = dns_name_of(host_name_of(asker.message()), scope.dns.domain);
  if (!name) return {};
  const auto ours = share(scope.dns, fqdn);
  auto flags = static_cast<std::uint8_t>(fqdn->flags & ClientFqdn::encoded);
  if (ours.forward) flags |= ClientFqdn::server_updates;
  if (!ours.forward && !ours.reverse) flags |= ClientFqdn::no_updates;
  if (ours.forward != ((fqdn->flags & ClientFqdn::server_updates) != 0))
    flags |= ClientFqdn::overridden;
  return fqdn_value(flags, *name);
}

}  // namespace winsome::dhcp
