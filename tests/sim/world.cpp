#include "tests/sim/world.h"

#include <fmt/format.h>

namespace winsome::sim {

milliseconds World::between(milliseconds least, milliseconds most) {
  const auto width = static_cast<std::uint32_t>((most - least).count()) + 1;
  return least + milliseconds(random_.below(width));
}

void World::after(milliseconds delay, std::function<void()> event) {
  at(now_ + delay, std::move(event));
}

void World::at(Instant when, std::function<void()> event) {
  events_.emplace(std::pair{std::max(when, now_), asked_++}, std::move(event));
}

void World::run_for(milliseconds time) {
  const auto end = now_ + time;
  while (!violation_ && !events_.empty() && events_.begin()->first.first <= end) {
    auto next = events_.extract(events_.begin());
    at_once_ = next.key().first == now_ ? at_once_ + 1 : 0;
    if (at_once_ > at_once_max) return violate("somebody does something for ever, and at once");
    now_ = next.key().first;
    next.mapped()();
  }
  if (!violation_) now_ = end;
}

void World::note(std::string_view who, const std::string& what) {
  if (!muted_) show(who, what);
}

void World::show(std::string_view who, const std::string& what) {
  if (keeps_trace_) trace_.push_back(fmt::format("{} {:<6} {}", time_text(now_), who, what));
}

void World::violate(const std::string& what) {
  if (violation_) return;
  violation_ = what;
  note("!", what);
}

std::string time_text(Instant now) {
  const auto passed = now - World::began;
  const auto days = std::chrono::floor<std::chrono::days>(passed);
  const auto rest = static_cast<double>((passed - days).count()) / 1000;
  if (days.count() == 0) return fmt::format("[{:9.3f}]", rest);
  return fmt::format("[{}d {:9.3f}]", days.count(), rest);
}

}  // namespace winsome::sim
