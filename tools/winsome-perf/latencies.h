#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace winsome::perf {

/// A histogram of durations, exact to 1.6 %, of fixed size whatever is put in.
class Latencies {
 public:
  void add(std::chrono::nanoseconds latency);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds max() const { return max_; }
  [[nodiscard]] std::chrono::nanoseconds mean() const;

  /// The smallest duration that `percent` of all do not exceed; 0 when there is none.
  [[nodiscard]] std::chrono::nanoseconds percentile(double percent) const;

 private:
  // Buckets double in width every `steps`; 2^40 ns are 18 minutes.
  static constexpr std::size_t steps = 64;
  static constexpr std::size_t doublings = 36;
  std::array<std::uint64_t, steps * doublings> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{0};
  std::chrono::nanoseconds max_{0};
};

}  // namespace winsome::perf
