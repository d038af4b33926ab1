#pragma once

#include <cstdint>
#include <vector>

#include "server/core/ipv4.h"

namespace winsome::replication {

/// Versions beyond are nonsense: no server ever gave so many (fact base E).
inline constexpr std::uint64_t version_max = std::uint64_t{1} << 62;

/// How far a claim may be beyond what is known where to believe it cannot be undone: at a thousand
/// changes a second these are seven weeks of which nobody has heard.
inline constexpr std::uint64_t version_jump_max = std::uint64_t{1} << 32;

/// Of how many owners a partner may speak in one message.
inline constexpr std::size_t owners_max = 10'000;

/// The versions of one owner that somebody holds, or asks for; both ends belong to it.
struct OwnerRange {
  Ipv4 owner;
  std::uint64_t min = 0;
  std::uint64_t max = 0;  // in a request 0 is no bound
  friend bool operator==(const OwnerRange&, const OwnerRange&) = default;
};

/// What somebody holds: one range an owner (MS-WINSRA 3.1.1.1).
using OwnerMap = std::vector<OwnerRange>;

}  // namespace winsome::replication
