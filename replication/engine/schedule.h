#pragma once

#include "replication/engine/partner.h"

namespace winsome::replication {

/// When a step happens: on the timeline, and what to add to it to get local time.
struct Moment {
  Instant now;
  milliseconds local_offset{};
};

/// The next time of day `start` that is not before `moment`.
[[nodiscard]] Instant next_time_of_day(seconds start, const Moment& moment);

/// When the regular work of `interval` and `start` is to be done after it was done, or should have
/// been, at `last`; `never` if only by hand. With a start and no interval: once a day.
[[nodiscard]] Instant next_regular(seconds interval, std::optional<seconds> start, Instant last,
                                   const Moment& moment);

/// How long to wait after the `failures`-th failure in a row: doubles, up to ten minutes.
[[nodiscard]] seconds back_off(seconds first, unsigned failures);

}  // namespace winsome::replication
