#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "server/core/instant.h"
#include "server/names/statistics.h"

namespace winsome::daemon {

using DropCounts = std::array<std::uint64_t, names::drop_count>;

/// Sees from the counters that clients were dropped for want of room, and says so once a minute:
/// each single one is not worth a line.
class Overload {
 public:
  static constexpr seconds interval{60};

  [[nodiscard]] bool is_due(Instant now) const { return now >= next_; }

  /// What was dropped since the last look, as `120 queue_full, 3 burst`; nothing if nothing was.
  /// Looks again only after `interval` when there was something to say.
  [[nodiscard]] std::optional<std::string> look(const DropCounts& counts, Instant now);

 private:
  DropCounts seen_{};
  Instant next_ = Instant::min();
};

}  // namespace winsome::daemon
