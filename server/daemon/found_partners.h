#pragma once

#include <cstddef>
#include <set>

#include "replication/engine/partner.h"
#include "server/core/ipv4.h"

namespace winsome::daemon {

/// Servers that announced themselves: each is a push and pull partner until it says that it goes
/// (fact base C1), beside those that are configured. Of the decision plane.
class FoundPartners {
 public:
  /// Beyond it nobody is taken until somebody goes: no more could be partners.
  static constexpr std::size_t found_max = replication::partners_max;

  /// False: nothing new.
  [[nodiscard]] bool hear(Ipv4 address, bool up);

  /// Adds them behind the configured partners, of which there may be one at the same address: that
  /// one stays as it is.
  [[nodiscard]] replication::Options merged(replication::Options configured) const;

 private:
  std::set<Ipv4> found_;
};

}  // namespace winsome::daemon
