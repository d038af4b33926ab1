#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replication/winsra/decode_error.h"
#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::winsra {

/// Where servers announce themselves to those that look for partners (fact base C1).
inline constexpr Ipv4 discovery_group(224, 0, 1, 24);

/// Of how many addresses a server may speak at once: as many as a multihomed name can have.
inline constexpr std::size_t announced_max = 25;

/// An autodiscovery datagram (MS-WINSRA 2.2.1): a server came up, or goes down.
struct Announcement {
  bool up = true;
  std::vector<Ipv4> addresses;
  friend bool operator==(const Announcement&, const Announcement&) = default;
};

/// 0.0.0.0 ends the list; a partial address, those that no host can have, and those above
/// `announced_max` are left out.
[[nodiscard]] Result<Announcement, DecodeError> decode_announcement(Octets datagram);

[[nodiscard]] std::vector<std::uint8_t> encode(const Announcement& announcement);

/// `up 192.0.2.1, 192.0.2.2`
[[nodiscard]] std::string to_text(const Announcement& announcement);

}  // namespace winsome::winsra
