#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/core/instant.h"
#include "server/core/random.h"

namespace winsome::sim {

/// The virtual clock, the events to come and the trace. Everything that happens in a simulation is
/// an event of one world, in the order of time and then of asking, so that a seed always comes to
/// the same.
class World {
 public:
  /// Chosen so that times of the trace are easy to tell from everything else.
  static constexpr Instant began{std::chrono::days(10'000)};

  explicit World(std::uint64_t seed) : random_(seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Random& random() { return random_; }

  /// True in `permille` of all cases.
  bool chance(std::uint32_t permille) { return random_.below(1000) < permille; }
  /// Between the two, both included.
  milliseconds between(milliseconds least, milliseconds most);

  void after(milliseconds delay, std::function<void()> event);
  void at(Instant when, std::function<void()> event);

  /// Lets time pass until then, or until the first violation.
  void run_for(milliseconds time);

  /// A line of the trace; free of charge unless it is kept.
  void note(std::string_view who, const std::string& what);
  void keep_trace() { keeps_trace_ = true; }
  [[nodiscard]] bool keeps_trace() const { return keeps_trace_ && !muted_; }
  /// Keeps only what is asked for.
  void mute(bool muted) { muted_ = muted; }
  void show(std::string_view who, const std::string& what);
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }

  /// An invariant is broken: the first one stops the world.
  void violate(const std::string& what);
  [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }

 private:
  Random random_;
  Instant now_ = began;
  static constexpr std::size_t at_once_max = 10'000;
  std::uint64_t asked_ = 0;
  std::size_t at_once_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events_;
  bool keeps_trace_ = false;
  bool muted_ = false;
  std::vector<std::string> trace_;
  std::optional<std::string> violation_;
};

/// `[  12.345]`, and with days in front where there are any: `[3d   12.345]`.
[[nodiscard]] std::string time_text(Instant now);

}  // namespace winsome::sim
