#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "server/bootstrap/options.h"
#include "server/core/byte_reader.h"
#include "server/core/random.h"

namespace winsome::bootstrap {

/// ICMP types 9 and 10 (RFC 1256 3).
inline constexpr std::uint8_t router_advertisement_type = 9;
inline constexpr std::uint8_t router_solicitation_type = 10;
inline constexpr Ipv4 all_systems{224, 0, 0, 1};
inline constexpr Ipv4 all_routers{224, 0, 0, 2};

/// `message` begins with the ICMP type. Who may ask is for the caller to see: a neighbour, or
/// somebody without an address (RFC 1256 4.2).
[[nodiscard]] bool is_router_solicitation(Octets message);

/// More than fit into one message (255) are left out.
[[nodiscard]] std::vector<std::uint8_t> encode_router_advertisement(std::span<const Ipv4> routers,
                                                                    std::int32_t preference,
                                                                    seconds lifetime);

/// When one interface advertises (RFC 1256 4.2): at random intervals, a few times soon after the
/// start, and soon after somebody asked. Answers go to everybody, so that many who ask at once, as
/// after a power cut, cost one message.
class AdvertisementSchedule {
 public:
  AdvertisementSchedule(const RouterDiscoveryOptions& options, std::uint64_t seed, Instant now);

  [[nodiscard]] Instant due() const { return due_; }
  /// An advertisement was sent.
  void advertised(Instant now);
  /// Somebody asked.
  void solicited(Instant now);

 private:
  /// A random moment from `least` to `most` after `now`.
  Instant after(Instant now, milliseconds least, milliseconds most);

  milliseconds interval_min_;
  milliseconds interval_max_;
  Random random_;
  unsigned initial_left_;
  Instant due_;
};

}  // namespace winsome::bootstrap
