#pragma once

#include <absl/container/inlined_vector.h>

#include <bitset>
#include <cstdint>
#include <vector>

#include "server/leases/classes.h"
#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// What the configuration says to one client, the most specific place first: reservation, classes
/// in their order, scope, all. Lives no longer than what it was made of.
class ClientParameters {
 public:
  ClientParameters(const Configuration& configuration, const Scope& scope, const ClassList& classes,
                   const Reservation* reservation);

  /// Null where nobody says anything.
  [[nodiscard]] const std::vector<std::uint8_t>* option(std::uint8_t code) const;
  /// Codes that somebody says something of.
  [[nodiscard]] std::bitset<256> codes() const;
  /// Each field by itself.
  [[nodiscard]] Boot boot() const;
  /// `forever` for an infinite lease.
  [[nodiscard]] seconds lease() const;

 private:
  absl::InlinedVector<const Parameters*, 6> places_;
  bool reserved_;
};

}  // namespace winsome::dhcp
