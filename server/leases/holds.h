#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/core/instant.h"
#include "server/leases/lease_server.h"

namespace winsome::dhcp {

/// Addresses kept for a client who was offered one, or for whom one is being probed. In memory
/// only (decision 40). One for each client and each address.
class Holds {
 public:
  /// What a storm of 65,536 clients needs at once; then the oldest is given up.
  static constexpr std::size_t most = 65'536;

  struct Hold {
    Ipv4 address;
    ClientId client;
    Instant until;
    /// The message that is answered when the probe has ended; null: it was answered.
    std::unique_ptr<ClientMessage> waiting;
    unsigned tries = 0;  // addresses found in use for this message before
  };

  [[nodiscard]] const Hold* of(const ClientId& client) const;
  [[nodiscard]] const Hold* at(Ipv4 address) const;
  [[nodiscard]] std::size_t size() const { return by_address_.size(); }
  [[nodiscard]] std::size_t probing() const { return probing_; }
  /// The earliest `until`.
  [[nodiscard]] Instant next_due() const {
    return by_due_.empty() ? never : by_due_.begin()->first;
  }
  [[nodiscard]] const Hold* oldest() const;

  /// Neither the client nor the address has one.
  void add(Hold hold);
  /// The newest of the messages of one client counts: its transaction id is what he waits for.
  void await(Ipv4 address, std::unique_ptr<ClientMessage> message);
  Hold take(Ipv4 address);
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [address, hold] : by_address_) visit(*hold);
  }

  /// All, so that none is left.
  std::vector<Ipv4> clear();

 private:
  absl::flat_hash_map<Ipv4, std::unique_ptr<Hold>> by_address_;
  absl::flat_hash_map<ClientId, Hold*> by_client_;
  absl::btree_set<std::pair<Instant, Ipv4>> by_due_;
  std::size_t probing_ = 0;
};

}  // namespace winsome::dhcp
