#include "server/daemon/overload.h"

namespace winsome::daemon {
namespace {

using enum names::Drop;
constexpr std::array for_want_of_room{queue_full, queue_share, burst, challenge_limit};

/// Looking costs a sum over all threads: not at every step.
constexpr seconds quiet_interval{1};

}  // namespace

std::optional<std::string> Overload::look(const DropCounts& counts, Instant now) {
  std::string text;
  for (const auto drop : for_want_of_room) {
    const auto index = static_cast<std::size_t>(drop);
    if (counts[index] == seen_[index]) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(counts[index] - seen_[index]) + ' ' +
            std::string(names::to_text(drop));
  }
  seen_ = counts;
  next_ = now + (text.empty() ? quiet_interval : interval);
  if (text.empty()) return {};
  return text;
}

}  // namespace winsome::daemon
