#pragma once

#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "server/leases/actions.h"

namespace winsome::services {

/// Which addresses are being asked after. Each is asked twice, because one frame may be lost: at
/// once, and after half its time.
class ProbeTable {
 public:
  /// Beyond it addresses count as free: the engine has a limit of its own, which is lower.
  static constexpr std::size_t size_max = 4096;

  /// False where there is no room. One that is pending already is not asked after again.
  bool add(const dhcp::Probe& probe, Instant now);
  /// Somebody answered at `address`; says whether it was pending.
  bool answered(Ipv4 address);

  struct Due {
    std::vector<dhcp::Probe> again;
    std::vector<Ipv4> silent;  // nobody answered; no longer pending
  };
  [[nodiscard]] Due due(Instant now);
  [[nodiscard]] Instant wake_at() const;

 private:
  struct Pending {
    dhcp::Probe probe;
    Instant end;
    Instant next;
  };
  absl::flat_hash_map<Ipv4, Pending> pending_;
  absl::btree_set<std::pair<Instant, Ipv4>> order_;
};

}  // namespace winsome::services
