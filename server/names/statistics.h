#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "server/core/instant.h"

namespace winsome::names {

/// Why a request got no answer. Malformed datagrams have counters of their own (nbns::DecodeError).
enum class Drop : std::uint8_t {
  source_refused,       // outside query_from or register_from
  rate_limited,         // more than requests_per_second
  queue_full,           // more than burst.queue_limit waiting
  queue_share,          // its address holds more than its share of a filling queue
  store_unavailable,    // decision 2: the disk refuses
  duplicate,            // the same request is already being challenged
  challenge_limit,      // too many challenges at once, in all or for this requester
  burst,                // would need a challenge while a burst lasts
  bad_address,          // not an address that a host can have
  names_limit,          // more than names_per_address
  own_challenge,        // our own challenge came back to us
  unexpected_response,  // no challenge awaits it
  broadcast,            // B=1 is not for a name server
  other_opcode,         // not a request we serve
  starting,             // partners are asked first what they know of us (decision 18)
};
inline constexpr std::size_t drop_count = 15;

[[nodiscard]] std::string_view to_text(Drop drop);  // "source_refused": also the metric label

/// What the decision plane counts (N7; the Windows console's list).
struct Statistics {
  std::uint64_t unique_registrations = 0;
  std::uint64_t group_registrations = 0;
  std::uint64_t unique_renewals = 0;
  std::uint64_t group_renewals = 0;
  std::uint64_t unique_conflicts = 0;  // refused registrations
  std::uint64_t group_conflicts = 0;
  std::uint64_t releases_found = 0;  // a record changed
  std::uint64_t releases_not_found = 0;
  std::uint64_t policy_refusals = 0;  // RFS_ERR, SRV_ERR
  std::uint64_t challenges = 0;       // begun
  std::uint64_t challenges_defended = 0;
  std::uint64_t challenges_denied = 0;  // the owner said no
  std::uint64_t challenges_silent = 0;  // no address answered
  std::uint64_t burst_grants = 0;       // registrations with a short life
  std::uint64_t scavenged_released = 0;
  std::uint64_t scavenged_tombstoned = 0;
  std::uint64_t scavenged_deleted = 0;
  std::array<std::uint64_t, drop_count> drops{};

  // As things are now.
  std::uint64_t records = 0;
  std::uint64_t active = 0;
  std::uint64_t released = 0;
  std::uint64_t tombstones = 0;
  std::uint64_t static_records = 0;
  std::uint64_t fed_records = 0;  // by leases
  std::uint64_t version = 0;      // the last that we gave
  std::uint64_t challenges_pending = 0;
  std::optional<Instant> last_scavenging;  // by time
  std::optional<Instant> last_scavenging_by_hand;
};

}  // namespace winsome::names
