#pragma once

#include <chrono>
#include <optional>

#include "tools/winsome-perf/options.h"
#include "tools/winsome-perf/stream.h"

namespace winsome::perf {

/// What one stream did.
struct Outcome {
  Mode mode = Mode::query;
  Counts counts;
  Latencies latencies;
  std::chrono::duration<double> elapsed{0};
};

struct Outcomes {
  Outcome load;
  std::optional<Outcome> storm;
};

/// Runs the load that `options` asks for, in this thread. Throws std::system_error when a socket
/// cannot be made.
[[nodiscard]] Outcomes generate(const Options& options);

}  // namespace winsome::perf
