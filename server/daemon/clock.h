#pragma once

#include <atomic>
#include <cstdint>

#include "server/core/instant.h"
#include "server/store/name_store.h"

namespace winsome::daemon {

/// Maps the machine's clocks to the server's timeline. The timeline follows the clock that counts
/// through suspend and that nobody can set; the wall clock only says how long the server was off,
/// and how to show an Instant.
class Clock {
 public:
  /// Continues the timeline that `last` was read from. A wall clock that went back since then
  /// counts as no time.
  explicit Clock(const store::ClockMark& last);

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
  std::int64_t offset_ = 0;
};

}  // namespace winsome::daemon
