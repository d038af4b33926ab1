#include "server/leases/reservations.h"

#include <algorithm>
#include <utility>

namespace winsome::dhcp {
namespace {

enum class Kind : char { client = 'c', hardware = 'h', circuit = 'r' };

std::string identity(Kind kind, Octets octets) {
  std::string key(1, static_cast<char>(kind));
  key.append(octets.begin(), octets.end());
  return key;
}

std::string identity(const HardwareAddress& hardware) {
  auto key = identity(Kind::hardware, hardware.view());
  key += static_cast<char>(hardware.type);
  return key;
}

}  // namespace

std::string Reservations::key(const Reservation& reservation) {
  if (reservation.client) return identity(Kind::client, reservation.client->octets);
  if (reservation.hardware) return identity(*reservation.hardware);
  return identity(Kind::circuit, reservation.circuit);
}

void Reservations::configure(std::span<const Scope> scopes) {
  scopes_.assign(scopes.begin(), scopes.end());
  scope_names_.clear();
  for (std::size_t i = 0; i < scopes_.size(); ++i) scope_names_.emplace(scopes_[i].name, i);
  rebuild();
}

void Reservations::load(StoredReservation reservation) {
  const auto address = reservation.reservation.address;
  const auto scope = scope_names_.find(reservation.scope);
  if (scope != scope_names_.end() && !by_address_.contains(address))
    index(scope->second, true, reservation.reservation);
  stored_.load(address, std::move(reservation));
}

const Reservations::Entry* Reservations::at(Ipv4 address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : found->second.get();
}

bool Reservations::is_for(const Reservation& reservation, const Who& who) {
  if (reservation.client) return *reservation.client == who.client;
  if (reservation.hardware) return *reservation.hardware == who.hardware;
  return !reservation.circuit.empty() && std::ranges::equal(reservation.circuit, who.circuit);
}

template <class Fits>
const Reservations::Entry* Reservations::find_if(const Who& who, Fits fits) const {
  if (by_identity_.empty()) return nullptr;
  const auto look = [&](const std::string& key) -> const Entry* {
    const auto found = by_identity_.find(key);
    if (found == by_identity_.end()) return nullptr;
    const auto entry = std::ranges::find_if(found->second, fits);
    return entry == found->second.end() ? nullptr : *entry;
  };
  if (const auto* entry = look(identity(Kind::client, who.client.octets))) return entry;
  if (who.hardware.length != 0) {
    if (const auto* entry = look(identity(who.hardware))) return entry;
  }
  return who.circuit.empty() ? nullptr : look(identity(Kind::circuit, who.circuit));
}

const Reservations::Entry* Reservations::find(const Who& who, const Networks& networks,
                                              std::size_t network) const {
  return find_if(who,
                 [&](const Entry* entry) { return networks.network_of(entry->scope) == network; });
}

const Reservations::Entry* Reservations::find(const Who& who,
                                              std::span<const Ipv4Prefix> networks) const {
  return find_if(who,
                 [&](const Entry* entry) { return lies_in(entry->reservation.address, networks); });
}

bool Reservations::knows(const Reservation& reservation, std::size_t scope) const {
  const auto found = by_identity_.find(key(reservation));
  return found != by_identity_.end() &&
         std::ranges::any_of(found->second, [&](const auto* e) { return e->scope == scope; });
}

std::size_t Reservations::of_scope(std::size_t scope) const {
  return of_scope_[scope];
}

std::vector<Ipv4> Reservations::addresses() const {
  std::vector<Ipv4> all;
  all.reserve(by_address_.size());
  for (const auto& [address, entry] : by_address_) all.push_back(address);
  return all;
}

void Reservations::for_each_stored(
    const std::function<void(const StoredReservation&)>& visit) const {
  for (const auto& [address, reservation] : stored_.all()) visit(reservation);
}

void Reservations::put(StoredReservation reservation) {
  const auto address = reservation.reservation.address;
  drop_from_index(address);
  index(scope_names_.at(reservation.scope), true, reservation.reservation);
  stored_.put(address, std::move(reservation));
}

void Reservations::erase(Ipv4 address) {
  if (const auto* entry = at(address); entry && entry->stored) drop_from_index(address);
  stored_.erase(address);
}

void Reservations::changes(std::vector<Change>& changes) const {
  stored_.changes([&](Ipv4 address, const StoredReservation* now) {
    if (now) {
      changes.emplace_back(PutReservation{*now});
    } else {
      changes.emplace_back(EraseReservation{address});
    }
  });
}

void Reservations::undo_all() {
  stored_.undo_all();
  rebuild();
}

void Reservations::rebuild() {
  by_address_.clear();
  by_identity_.clear();
  of_scope_.assign(scopes_.size(), 0);
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    for (const auto& reservation : scopes_[i].reservations) {
      if (!by_address_.contains(reservation.address)) index(i, false, reservation);
    }
  }
  for (const auto& [address, stored] : stored_.all()) {
    const auto scope = scope_names_.find(stored.scope);
    if (scope != scope_names_.end() && !by_address_.contains(address))
      index(scope->second, true, stored.reservation);
  }
}

void Reservations::index(std::size_t scope, bool is_stored, const Reservation& reservation) {
  auto entry = std::make_unique<Entry>(Entry{scope, is_stored, reservation});
  by_identity_[key(reservation)].push_back(entry.get());
  ++of_scope_[scope];
  by_address_.emplace(reservation.address, std::move(entry));
}

void Reservations::drop_from_index(Ipv4 address) {
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  const auto* entry = found->second.get();
  const auto identity = by_identity_.find(key(entry->reservation));
  auto& list = identity->second;
  list.erase(std::ranges::find(list, entry));
  if (list.empty()) by_identity_.erase(identity);
  --of_scope_[entry->scope];
  by_address_.erase(found);
}

}  // namespace winsome::dhcp
