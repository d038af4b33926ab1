#include "server/daemon/clock.h"

#include <sys/timex.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace winsome::daemon {
namespace {

std::int64_t read(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);
  return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

bool is_synchronised() {
  timex state{};
  return ::adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}

}  // namespace

Resumption resume(const store::ClockMark& last, const ClockReading& reading) {
  if (last.wall == 0) return {.base = milliseconds(reading.wall - reading.boot)};
  const milliseconds off(std::max<std::int64_t>(reading.wall - last.wall, 0));
  const auto counted = reading.synchronised ? off : std::min(off, unsynchronised_off_max);
  return {.base = last.now.time_since_epoch() + counted - milliseconds(reading.boot),
          .uncounted = off - counted};
}

Clock::Clock(const store::ClockMark& last) {
  const auto resumed = resume(last, {.wall = read(CLOCK_REALTIME),
                                     .boot = read(CLOCK_BOOTTIME),
                                     .synchronised = is_synchronised()});
  base_ = resumed.base;
  uncounted_ = resumed.uncounted;
  offset_ = wall_offset();
}

Instant Clock::now() const {
  return Instant(milliseconds(read(CLOCK_BOOTTIME)) + base_);
}

store::ClockMark Clock::mark() const {
  return {.now = now(), .wall = read(CLOCK_REALTIME)};
}

std::int64_t Clock::wall_offset() const {
  return read(CLOCK_REALTIME) - now().time_since_epoch().count();
}

milliseconds Clock::local_offset() const {
  const auto wall = read(CLOCK_REALTIME);
  const auto at = static_cast<std::time_t>(wall / 1000);
  std::tm local{};
  ::localtime_r(&at, &local);
  return milliseconds(wall_offset() + local.tm_gmtoff * 1000);
}

milliseconds Clock::take_jump() {
  const auto offset = wall_offset();
  const auto jump = offset - offset_;
  if (std::abs(jump) < 1000) return milliseconds(0);
  offset_ = offset;
  return milliseconds(jump);
}

}  // namespace winsome::daemon
