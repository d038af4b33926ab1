#pragma once

#include <chrono>
#include <cstdint>

#include "server/core/instant.h"
#include "server/store/name_store.h"

namespace winsome::daemon {

/// What the machine's clocks say.
struct ClockReading {
  std::int64_t wall = 0;      // Unix milliseconds
  std::int64_t boot = 0;      // milliseconds
  bool synchronised = false;  // the kernel's word for `wall`
};

/// The most that a clock nobody vouches for may say we were off: half the shortest renewal interval
/// (fact base B7). Clients refresh at half of theirs, so one that is alive has that much left, and
/// a host without a battery whose clock starts in another year makes no name of it due.
inline constexpr milliseconds unsynchronised_off_max = std::chrono::minutes(20);

/// How a start goes on from the last mark.
struct Resumption {
  milliseconds base{};       // timeline minus boot clock
  milliseconds uncounted{};  // what the wall clock says beyond what is believed
};
[[nodiscard]] Resumption resume(const store::ClockMark& last, const ClockReading& reading);

/// Maps the machine's clocks to the server's timeline. The timeline follows the clock that counts
/// through suspend and that nobody can set; the wall clock only says how long the server was off,
/// and how to show an Instant.
class Clock {
 public:
  /// Continues the timeline that `last` was read from. A wall clock that went back since then
  /// counts as no time, one that is not synchronised as little.
  explicit Clock(const store::ClockMark& last);

  /// How much longer the server was off, if the wall clock is right after all.
  [[nodiscard]] milliseconds uncounted() const { return uncounted_; }

  [[nodiscard]] Instant now() const;
  [[nodiscard]] store::ClockMark mark() const;

  /// Unix milliseconds minus timeline, as of now.
  [[nodiscard]] std::int64_t wall_offset() const;

  /// Local time of day minus timeline, as of now.
  [[nodiscard]] milliseconds local_offset() const;

  /// How far the wall clock jumped against the timeline since the last call; within a second it is
  /// not a jump.
  [[nodiscard]] milliseconds take_jump();

 private:
  milliseconds base_{};  // timeline minus boot clock
  milliseconds uncounted_{};
  std::int64_t offset_ = 0;
};

}  // namespace winsome::daemon
