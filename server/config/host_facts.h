#pragma once

#include "server/config/settings.h"

namespace winsome::config {

/// Asks the system. The address is the first one of an interface that is up and not loopback;
/// unspecified when there is none.
[[nodiscard]] HostFacts read_host_facts();

}  // namespace winsome::config
