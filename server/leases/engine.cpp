#include "server/leases/engine.h"

#include <algorithm>
#include <utility>

namespace winsome::dhcp {

LeaseServer::Engine::Rules::Rules(const Configuration& source)
    : configuration(source),
      networks(configuration.scopes),
      pools(configuration.scopes, configuration.classes) {
  for (const auto& hardware : configuration.denied) denied.insert(to_text(hardware));
  for (std::size_t i = 0; i < configuration.scopes.size(); ++i)
    scopes.emplace(configuration.scopes[i].name, i);
}

LeaseServer::Engine::Engine(const Configuration& configuration, std::uint64_t seed) : seed_(seed) {
  configure(configuration);
}

void LeaseServer::Engine::load(Memory&& memory) {
  for (auto& reservation : memory.reservations) reservations_.load(std::move(reservation));
  leases_.reserve(memory.leases.size());
  for (auto& lease : memory.leases) leases_.load(std::move(lease));
  for (auto& work : memory.dns) dns_.load(std::move(work));
  refresh_all();
}

void LeaseServer::Engine::configure(const Configuration& configuration) {
  rules_ = std::make_unique<Rules>(configuration);
  reservations_.configure(rules_->configuration.scopes);
  told_.assign(rules_->configuration.scopes.size(), {});
  refresh_all();
}

void LeaseServer::Engine::begin(Instant now) {
  now_ = now;
  actions_ = {};
  dns_done_ = false;
  answered_.emplace_back();
  leases_.begin_batch();
  reservations_.begin_batch();
  dns_.begin_batch();
  if (std::exchange(ask_pending_, false)) ask_for_pending_names();
  age();
  expire_holds();
}

void LeaseServer::Engine::decide(std::span<Input> inputs) {
  for (auto& input : inputs) {
    std::visit([this](auto& one) { handle(one); }, input);
  }
}

Actions LeaseServer::Engine::finish() {
  leases_.changes(actions_.changes);
  reservations_.changes(actions_.changes);
  dns_.changes(actions_.changes);
  actions_.dns_waits = dns_.grew() || (dns_done_ && !dns_.empty());
  actions_.wake_at = std::max(std::min(leases_.next_deadline(), holds_.next_due()), now_);
  return std::exchange(actions_, {});
}

void LeaseServer::Engine::committed() {
  leases_.commit_oldest();
  reservations_.commit_oldest();
  dns_.commit_oldest();
  answered_.pop_front();
}

void LeaseServer::Engine::undo() {
  auto changed = leases_.undo_all();
  const auto reserved = reservations_.addresses();
  reservations_.undo_all();
  dns_.undo_all();
  const auto held = holds_.clear();
  proved_.clear();
  changed.insert(changed.end(), reserved.begin(), reserved.end());
  const auto restored = reservations_.addresses();
  changed.insert(changed.end(), restored.begin(), restored.end());
  changed.insert(changed.end(), held.begin(), held.end());
  for (const auto address : changed) refresh(address);
  // What was told of them was lost with the batch, and so were the challenges of names.
  std::ranges::fill(told_, Fullness{});
  ask_pending_ = true;
  answered_.clear();
  actions_ = {};
}

void LeaseServer::Engine::names_came_to(Ipv4 address, NameState state) {
  const auto* lease = leases_.find(address);
  if (!lease || lease->state != LeaseState::active || lease->netbios_name.empty()) return;
  if (lease->name_state == state) return;
  auto changed = *lease;
  changed.name_state = state;
  leases_.put(std::move(changed));
}

std::vector<NameRequest> LeaseServer::Engine::take_name_requests() {
  return std::exchange(actions_.names, {});
}

void LeaseServer::Engine::ask_for_pending_names() {
  leases_.for_each([this](const Lease& lease) {
    if (lease.state != LeaseState::active || lease.name_state != NameState::pending) return;
    actions_.names.push_back({.address = lease.address,
                              .netbios_name = lease.netbios_name,
                              .suffixes = lease.suffixes,
                              .due = lease.due,
                              .withdraw = false});
  });
  std::ranges::sort(actions_.names, {}, &NameRequest::address);
}

void LeaseServer::Engine::handle(ClientMessage& input) {
  ++statistics_.received[static_cast<std::size_t>(input.message.type)];
  answer(input, 0);
}

void LeaseServer::Engine::handle(ProbeResult& result) {
  const auto* hold = holds_.at(result.address);
  if (hold && hold->waiting)
    conclude(result.address, result.in_use ? Probed::in_use : Probed::free);
}

void LeaseServer::Engine::put(Lease lease) {
  const auto address = lease.address;
  leases_.put(std::move(lease));
  refresh(address);
  if (const auto scope = scope_at(address)) watch(*scope, false);
}

void LeaseServer::Engine::erase(Ipv4 address) {
  leases_.erase(address);
  refresh(address);
  if (const auto scope = scope_at(address)) watch(*scope, false);
}

void LeaseServer::Engine::refresh(Ipv4 address) {
  auto& pools = rules_->pools;
  if (!pools.at(address)) return;
  if (reservations_.at(address)) return pools.place(address, Use::reserved);
  const auto* lease = leases_.find(address);
  if (lease && lease->state != LeaseState::ended) return pools.place(address, Use::leased);
  if (holds_.at(address)) return pools.place(address, Use::held);
  if (lease) return pools.place(address, Use::ended, lease->due);
  pools.place(address, Use::free);
}

/// After what is fresh from the configuration: all its addresses are free.
void LeaseServer::Engine::refresh_all() {
  for (const auto address : reservations_.addresses()) refresh(address);
  leases_.for_each([this](const Lease& lease) { refresh(lease.address); });
  holds_.for_each([this](const Holds::Hold& hold) { refresh(hold.address); });
}

/// Told once, and again only after there was plenty in between.
void LeaseServer::Engine::watch(std::size_t scope, bool refused) {
  const auto counts = rules_->pools.counts(scope);
  const auto used = counts.leased * 100;
  const auto limit = counts.addresses * rules_->configuration.nearly_full;
  auto& told = told_[scope];
  if (used + counts.addresses * 10 < limit) {
    told = {};
  } else if (counts.addresses > 0 && used >= limit) {
    if (!std::exchange(told.nearly, true)) tell(EventKind::nearly_full, scope, {}, {});
    if ((refused || counts.leased >= counts.addresses) && !std::exchange(told.full, true))
      tell(EventKind::full, scope, {}, {});
  }
}

void LeaseServer::Engine::tell(EventKind kind, std::size_t index, Ipv4 address, std::string who) {
  actions_.events.push_back(
      {.kind = kind, .scope = scope(index).name, .address = address, .who = std::move(who)});
}

Statistics LeaseServer::Engine::statistics() const {
  auto statistics = statistics_;
  const auto& scopes = rules_->configuration.scopes;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const auto leases = leases_.counts(scopes[i].name);
    statistics.scopes.push_back({.name = scopes[i].name,
                                 .addresses = rules_->pools.counts(i).addresses,
                                 .active = leases.active,
                                 .declined = leases.declined,
                                 .reserved = reservations_.of_scope(i)});
  }
  return statistics;
}

}  // namespace winsome::dhcp
