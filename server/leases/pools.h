#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "server/core/instant.h"
#include "server/leases/address_set.h"
#include "server/leases/classes.h"
#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// What an address of a pool is doing. Only the first two are to be had.
enum class Use : std::uint8_t { free, ended, held, leased, reserved };

/// The addresses of all pools and what each is doing, so that one to give away is found without a
/// scan, however full the pool. Knows no client; the engine tells it of every change.
class Pools {
 public:
  Pools(std::span<const Scope> scopes, std::span<const ClientClass> classes);

  /// The pool that has `address`, which is not excluded; an index for the others.
  [[nodiscard]] std::optional<std::size_t> at(Ipv4 address) const;
  [[nodiscard]] std::size_t scope_of(std::size_t pool) const { return pools_[pool].scope; }
  /// Those of one scope: first the ones for classes, then those for everybody.
  [[nodiscard]] std::span<const std::size_t> of_scope(std::size_t scope) const {
    return of_scope_[scope];
  }
  /// Is a client of these classes let in.
  [[nodiscard]] bool admits(std::size_t pool, const ClassList& classes) const;

  /// `ended` tells an ended lease's deadline: those with the least are given away first.
  void place(Ipv4 address, Use use, Instant ended = never);

  /// An address that was never leased, near the `spread`-th; none of `avoid`.
  [[nodiscard]] std::optional<Ipv4> choose_free(std::size_t pool, std::uint64_t spread,
                                                std::span<const Ipv4> avoid) const;
  /// That of the lease which ended longest ago.
  [[nodiscard]] std::optional<Ipv4> choose_ended(std::size_t pool,
                                                 std::span<const Ipv4> avoid) const;

  struct Counts {
    std::size_t addresses = 0;  // without exclusions and reservations
    std::size_t leased = 0;     // of these, active or declined
  };
  [[nodiscard]] Counts counts(std::size_t scope) const;

 private:
  struct Space {
    std::size_t scope = 0;
    std::vector<std::uint16_t> classes;
    bool restricted = false;  // also where none of its classes exists: then to nobody
    AddressSet members;
    AddressSet free;
    AddressSet leased;
    AddressSet reserved;
    absl::btree_set<std::pair<Instant, Ipv4>> ended;
    absl::flat_hash_map<Ipv4, Instant> ended_at;
  };

  std::vector<Space> pools_;  // ascending
  std::vector<std::vector<std::size_t>> of_scope_;
};

}  // namespace winsome::dhcp
