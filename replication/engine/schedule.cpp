#include "replication/engine/schedule.h"

#include <algorithm>

namespace winsome::replication {
namespace {

constexpr milliseconds day = std::chrono::hours(24);
constexpr seconds back_off_max = std::chrono::minutes(10);

}  // namespace

Instant next_time_of_day(seconds start, const Moment& moment) {
  const auto local = moment.now.time_since_epoch() + moment.local_offset;
  const auto into_day = (local % day + day) % day;
  const auto wait = (milliseconds(start) - into_day + day) % day;
  return moment.now + wait;
}

Instant next_regular(seconds interval, std::optional<seconds> start, Instant last,
                     const Moment& moment) {
  if (interval == seconds(0)) {
    if (!start) return never;
    return next_time_of_day(*start, {moment.now + milliseconds(1), moment.local_offset});
  }
  if (!start) return std::max(last + interval, moment.now);
  // On the grid that begins at the start of today.
  const auto began =
      next_time_of_day(*start, {moment.now + milliseconds(1), moment.local_offset}) - day;
  const auto passed = (moment.now - began) / milliseconds(interval) + 1;
  return std::min(began + passed * milliseconds(interval), began + day);
}

seconds back_off(seconds first, unsigned failures) {
  const auto doublings = std::min(failures == 0 ? 0U : failures - 1, 16U);
  return std::min(first * (1 << doublings), std::max(back_off_max, first));
}

}  // namespace winsome::replication
