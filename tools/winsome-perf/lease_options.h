#pragma once

#include <span>
#include <string>

#include "server/core/result.h"
#include "tools/winsome-perf/lease_load.h"

namespace winsome::perf {

/// What is wrong with a command line, or the help that was asked for.
struct LeaseUsage {
  std::string text;
  bool asked_for = false;
};

/// The command line behind `winsome-perf leases`.
[[nodiscard]] Result<LeaseOptions, LeaseUsage> parse_lease_options(
    std::span<const char* const> arguments);

}  // namespace winsome::perf
