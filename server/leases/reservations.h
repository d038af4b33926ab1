#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/core/journaled_map.h"
#include "server/leases/actions.h"
#include "server/leases/configuration.h"
#include "server/leases/network.h"

namespace winsome::dhcp {

/// Whose address is whose: the reservations of the configuration and, beneath them, those that were
/// stored by a tool. A stored one is at rest while its scope is gone or the configuration has its
/// address.
class Reservations {
 public:
  struct Entry {
    std::size_t scope = 0;
    bool stored = false;
    Reservation reservation;
  };

  /// Those of the configuration, and again those that are stored.
  void configure(std::span<const Scope> scopes);
  void load(StoredReservation reservation);

  [[nodiscard]] const Entry* at(Ipv4 address) const;
  /// Who asks, as far as a reservation may know him.
  struct Who {
    const ClientId& client;
    const HardwareAddress& hardware;
    Octets circuit;
  };
  [[nodiscard]] static bool is_for(const Reservation& reservation, const Who& who);
  /// The one for him on `network`: by client identifier, else by hardware, else by circuit.
  [[nodiscard]] const Entry* find(const Who& who, const Networks& networks,
                                  std::size_t network) const;
  /// The one for him whose address is on one of `networks`.
  [[nodiscard]] const Entry* find(const Who& who, std::span<const Ipv4Prefix> networks) const;
  /// Is there one in this scope that means the same client.
  [[nodiscard]] bool knows(const Reservation& reservation, std::size_t scope) const;
  [[nodiscard]] std::size_t of_scope(std::size_t scope) const;
  [[nodiscard]] std::size_t size() const { return by_address_.size(); }
  [[nodiscard]] std::vector<Ipv4> addresses() const;

  [[nodiscard]] const StoredReservation* stored(Ipv4 address) const {
    return stored_.find(address);
  }
  void for_each_stored(const std::function<void(const StoredReservation&)>& visit) const;

  /// In the open batch.
  void put(StoredReservation reservation);
  void erase(Ipv4 address);
  void begin_batch() { stored_.begin_batch(); }
  void changes(std::vector<Change>& changes) const;
  void commit_oldest() { stored_.commit_oldest(); }
  void undo_all();

 private:
  template <class Fits>
  [[nodiscard]] const Entry* find_if(const Who& who, Fits fits) const;
  using List = absl::InlinedVector<const Entry*, 1>;  // one a scope
  [[nodiscard]] static std::string key(const Reservation& reservation);
  void rebuild();
  void index(std::size_t scope, bool is_stored, const Reservation& reservation);
  void drop_from_index(Ipv4 address);

  std::vector<Scope> scopes_;  // name, subnet and reservations are looked at
  absl::flat_hash_map<std::string, std::size_t> scope_names_;
  JournaledMap<Ipv4, StoredReservation> stored_;
  absl::flat_hash_map<Ipv4, std::unique_ptr<Entry>> by_address_;
  absl::flat_hash_map<std::string, List> by_identity_;
  std::vector<std::size_t> of_scope_;
};

}  // namespace winsome::dhcp
