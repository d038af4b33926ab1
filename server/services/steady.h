#pragma once

#include <algorithm>
#include <chrono>

#include "server/core/instant.h"

namespace winsome::services {

/// A timeline for waiting only; it is not the one that leases are kept on.
[[nodiscard]] inline Instant steady_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return Instant(std::chrono::duration_cast<milliseconds>(since));
}

/// For poll(): milliseconds until `due`, -1 where there is nothing to wait for.
[[nodiscard]] inline int poll_timeout(Instant due, Instant now) {
  if (due == never) return -1;
  return static_cast<int>(std::clamp<milliseconds::rep>((due - now).count(), 0, 60'000));
}

}  // namespace winsome::services
