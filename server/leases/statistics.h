#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace winsome::dhcp {

/// Why a message got no answer.
enum class Drop : std::uint8_t {
  not_for_us,      // another server was chosen, or named in option 54
  no_scope,        // no scope is on the client's network
  no_address,      // its pools are full
  denied,          // by the list or a class
  delayed,         // left to the primary server until its secs grow
  duplicate,       // the same client is being dealt with
  limited,         // too many new clients through one circuit
  unknown_client,  // a request for a lease that we know nothing of, where we are not authoritative
  foreign,         // a DECLINE or RELEASE of somebody else's lease
  nonsense,        // a reply, or addresses that cannot be
};
inline constexpr std::size_t drop_kinds = 10;
[[nodiscard]] std::string_view to_text(Drop why);

struct ScopeStatistics {
  std::string name;
  std::uint64_t addresses = 0;  // in its pools, without exclusions and reservations
  std::uint64_t active = 0;
  std::uint64_t declined = 0;
  std::uint64_t reserved = 0;
};

struct Statistics {
  std::array<std::uint64_t, 9> received{};  // by MessageType
  std::array<std::uint64_t, 9> sent{};      // likewise; none: BOOTP replies
  std::array<std::uint64_t, drop_kinds> drops{};
  std::uint64_t probes = 0;
  std::uint64_t conflicts = 0;
  std::vector<ScopeStatistics> scopes;
};

}  // namespace winsome::dhcp
