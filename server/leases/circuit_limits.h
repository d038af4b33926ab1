#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "server/core/instant.h"

namespace winsome::dhcp {

/// Counts clients that are new, by the circuit or interface they come through, second by second.
class CircuitLimits {
 public:
  /// Whoever invents circuits to escape the limit gets nowhere beyond this many a second.
  static constexpr std::size_t circuits_max = 4096;

  /// One more through `circuit`; false when it had `limit` in this second.
  [[nodiscard]] bool admit(const std::string& circuit, std::size_t limit, Instant now) {
    if (now - second_ >= seconds(1)) {
      second_ = now;
      counts_.clear();
    }
    if (counts_.size() >= circuits_max && !counts_.contains(circuit)) return false;
    auto& count = counts_[circuit];
    if (count >= limit) return false;
    ++count;
    return true;
  }

  /// Is this the first refusal in a while, which an administrator should hear of.
  [[nodiscard]] bool tell(Instant now) {
    if (now < quiet_until_) return false;
    quiet_until_ = now + std::chrono::minutes(1);
    return true;
  }

 private:
  Instant second_{};
  Instant quiet_until_{};
  absl::flat_hash_map<std::string, std::size_t> counts_;
};

}  // namespace winsome::dhcp
