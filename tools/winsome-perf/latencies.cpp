#include "tools/winsome-perf/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace winsome::perf {

using std::chrono::nanoseconds;

namespace {

constexpr std::uint64_t steps = 64;

// Below 64 ns a bucket for each; above, the top seven bits say which.
std::size_t bucket_of(std::uint64_t ns) {
  if (ns < steps) return ns;
  const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 7;
  return (shift + 1) * steps + ((ns >> shift) - steps);
}

std::uint64_t upper_bound(std::size_t bucket) {
  if (bucket < steps) return bucket;
  const auto shift = bucket / steps - 1;
  return ((bucket % steps + steps + 1) << shift) - 1;
}

}  // namespace

void Latencies::add(nanoseconds latency) {
  latency = std::max(latency, nanoseconds(0));
  const auto bucket = bucket_of(static_cast<std::uint64_t>(latency.count()));
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
  sum_ += latency;
  max_ = std::max(max_, latency);
}

nanoseconds Latencies::mean() const {
  return count_ == 0 ? nanoseconds(0) : sum_ / static_cast<std::int64_t>(count_);
}

nanoseconds Latencies::percentile(double percent) const {
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(max_, nanoseconds(upper_bound(i)));
  }
  return max_;
}

}  // namespace winsome::perf
