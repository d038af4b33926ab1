#pragma once

#include <chrono>
#include <cstdint>

namespace winsome {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The server's own timeline: it never goes back and never jumps, whatever the wall clock does.
/// It has no now(): the daemon reads the clocks, the engines are told.
struct Timeline {
  using duration = milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Timeline, duration>;
  static constexpr bool is_steady = true;
};

/// A point on the timeline, near to Unix time in milliseconds, but not equal to it after a
/// wall-clock jump.
using Instant = Timeline::time_point;

inline constexpr Instant never = Instant::max();

/// Whole seconds from `now` until `due`, at least 1: on the wire a time to live of 0 means for
/// ever.
[[nodiscard]] constexpr std::uint32_t ttl_until(Instant due, Instant now) {
  if (due <= now) return 1;
  const auto left = std::chrono::ceil<seconds>(due - now).count();
  return left > 0xffff'ffff ? 0xffff'ffffU : static_cast<std::uint32_t>(left);
}

}  // namespace winsome
