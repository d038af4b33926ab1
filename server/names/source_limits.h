#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::names {

/// What each source address has asked of us lately, in a table of fixed size that all answer
/// threads share. Addresses that fall into the same place share their allowance: a bound on memory
/// matters more than a rare neighbour.
class SourceLimits {
 public:
  static constexpr std::size_t places = 4096;

  /// Takes one request out of this second's allowance of `source`; false when it is used up.
  [[nodiscard]] bool allow(Ipv4 source, std::size_t per_second, Instant now) {
    auto& place = rates_[index(source)];
    const auto second = static_cast<std::uint32_t>(now.time_since_epoch() / seconds(1));
    auto before = place.load(std::memory_order_relaxed);
    for (;;) {
      const auto used =
          static_cast<std::uint32_t>(before >> 32) == second ? before & 0xffff'ffffU : 0;
      if (used >= per_second) return false;
      const auto after = std::uint64_t{second} << 32 | (used + 1);
      if (place.compare_exchange_weak(before, after, std::memory_order_relaxed)) return true;
    }
  }

  /// Requests of `source` that wait in the decision plane's queue.
  [[nodiscard]] std::uint32_t queued(Ipv4 source) const {
    return queued_[index(source)].load(std::memory_order_relaxed);
  }
  void queue(Ipv4 source) { queued_[index(source)].fetch_add(1, std::memory_order_relaxed); }
  void dequeue(Ipv4 source) { queued_[index(source)].fetch_sub(1, std::memory_order_relaxed); }

 private:
  static constexpr std::size_t index(Ipv4 source) {
    return source.value() * std::uint32_t{0x9e3779b1} >> 20;  // Fibonacci hashing to 12 bits
  }

  std::array<std::atomic<std::uint64_t>, places> rates_{};
  std::array<std::atomic<std::uint32_t>, places> queued_{};
};

}  // namespace winsome::names
