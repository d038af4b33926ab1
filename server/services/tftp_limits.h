#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "server/core/ipv4.h"

namespace winsome::services {

/// How many transfers there are, in all and of each client, over all threads.
class TftpLimits {
 public:
  TftpLimits(std::size_t in_all, std::size_t per_client)
      : in_all_max_(in_all), per_client_max_(per_client) {}

  enum class Verdict : std::uint8_t { admitted, client_limit, full };
  [[nodiscard]] Verdict admit(Ipv4 client);
  /// Once for each that was admitted.
  void leave(Ipv4 client);
  [[nodiscard]] std::size_t count() const;

 private:
  const std::size_t in_all_max_;
  const std::size_t per_client_max_;
  mutable std::mutex mutex_;
  std::size_t count_ = 0;
  absl::flat_hash_map<Ipv4, std::size_t> by_client_;
};

}  // namespace winsome::services
