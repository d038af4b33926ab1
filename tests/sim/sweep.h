#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/server.h"

namespace winsome::sim {

/// What one seed came to.
struct Outcome {
  std::optional<std::string> violation;
  std::vector<std::string> trace;
  Server::Counts counts;
};

/// A random world from a seed: hosts that register, release, ask, lie, die, move and answer late,
/// over a network and a disk in any mood; every fault may meet every other.
[[nodiscard]] Outcome run_seed(std::uint64_t seed, bool keep_trace);

/// Several servers that replicate, in one of the shapes that administrators build, under the same
/// and worse; in the end everything is mended, the intervals pass, and all must agree.
[[nodiscard]] Outcome run_federation(std::uint64_t seed, bool keep_trace);

/// A site that gets its addresses from one or two servers, through relays too: stations that boot,
/// move, lie, squat and share identities, under the same faults.
[[nodiscard]] Outcome run_leases(std::uint64_t seed, bool keep_trace);

}  // namespace winsome::sim
