#pragma once

#include "server/config/rules.h"
#include "server/leases/configuration.h"

namespace winsome::config {

/// Pools and exclusions lie in the subnet, and no address in two pools.
void check_addresses(const dhcp::Scope& scope, const Place& place, Rules& rules);

/// Each is for one client, who has no other in this scope, and in the subnet.
void check_reservations(const dhcp::Scope& scope, const Place& place, const Settings& settings,
                        Rules& rules);

}  // namespace winsome::config
