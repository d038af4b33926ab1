#pragma once

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/core/byte_reader.h"

namespace winsome::dhcp {

/// The field chaddr with its type and length (RFC 2131 2). Octets beyond the length are zero.
struct HardwareAddress {
  static constexpr std::uint8_t ethernet = 1;

  std::uint8_t type = ethernet;  // RFC 1700, "hardware type"
  std::uint8_t length = 0;       // at most 16; 0: none
  std::array<std::uint8_t, 16> octets{};

  [[nodiscard]] Octets view() const { return Octets(octets).first(length); }
  friend constexpr auto operator<=>(const HardwareAddress&, const HardwareAddress&) = default;
};

/// `00:1b:44:11:3a:b7`, Ethernet; also with `-`. Another type, or another length than six, has its
/// type before it: `6/00:1b:...`, `32/` (no address).
[[nodiscard]] std::optional<HardwareAddress> parse_hardware(std::string_view text);
[[nodiscard]] std::string to_text(const HardwareAddress& hardware);

/// Whom a lease belongs to (RFC 2131 4.2): the octets of option 61, or, where it is missing, the
/// hardware type and address, which is what most clients put into the option.
struct ClientId {
  absl::InlinedVector<std::uint8_t, 16> octets;

  [[nodiscard]] static ClientId of(const HardwareAddress& hardware);
  [[nodiscard]] static ClientId of(Octets option);  // the first 255 octets
  friend bool operator==(const ClientId&, const ClientId&) = default;
  friend auto operator<=>(const ClientId& a, const ClientId& b) {
    return std::lexicographical_compare_three_way(a.octets.begin(), a.octets.end(),
                                                  b.octets.begin(), b.octets.end());
  }
  template <class H>
  friend H AbslHashValue(H h, const ClientId& id) {
    return H::combine(std::move(h), id.octets);
  }
};

/// The longest option 61 that is kept; RFC 2132 9.14 allows 255, and no client sends half of it.
inline constexpr std::size_t client_id_max = 255;

/// `01:00:1b:44:11:3a:b7`, or `"printer-7"` where all octets after a leading 0 can be printed
/// (and none is a quotation mark). Never empty.
[[nodiscard]] std::optional<ClientId> parse_client_id(std::string_view text);
[[nodiscard]] std::string to_text(const ClientId& id);

}  // namespace winsome::dhcp
