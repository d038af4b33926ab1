#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::names {

/// What a lease wants in the database, or no longer wants.
struct Feed {
  Ipv4 address;
  std::string name;  // at most 15 octets, upper case
  std::vector<std::uint8_t> suffixes;
  Instant due = never;  // the end of the lease
  bool withdraw = false;
};

/// What came of the names of a lease, the least of it first. Of several suffixes the most that one
/// has come to counts: a lease that has one name in the database has something to withdraw.
enum class FeedOutcome : std::uint8_t {
  refused,     // another host has it, or policy forbids it
  client,      // the client itself registered it, here or at a partner
  registered,  // in the database, as fed by this lease
  pending,     // the present owner is being asked, or will be
};

struct FeedResolved {
  Ipv4 address;
  FeedOutcome outcome = FeedOutcome::refused;
  friend bool operator==(const FeedResolved&, const FeedResolved&) = default;
};

/// NameServer's own note of a feed that is pending: there may be one for each lease.
struct PendingFeed {
  Feed feed;
  absl::InlinedVector<std::uint8_t, 2> open;   // suffixes that are not decided
  FeedOutcome decided = FeedOutcome::refused;  // of the others
};

/// A name that could not be asked for yet: it is being challenged for somebody else, too much is
/// being asked, or the server is closed.
struct WaitingFeed {
  Ipv4 address;
  std::uint8_t suffix = 0;
};

}  // namespace winsome::names
