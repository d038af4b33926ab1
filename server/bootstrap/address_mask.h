#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"

namespace winsome::bootstrap {

/// ICMP types 17 and 18 (RFC 950, appendix I).
inline constexpr std::uint8_t address_mask_request_type = 17;
inline constexpr std::uint8_t address_mask_reply_type = 18;

/// What an answer repeats.
struct AddressMaskRequest {
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  friend bool operator==(const AddressMaskRequest&, const AddressMaskRequest&) = default;
};

inline constexpr std::size_t address_mask_length = 12;

/// `message` begins with the ICMP type.
[[nodiscard]] std::optional<AddressMaskRequest> decode_address_mask_request(Octets message);
[[nodiscard]] std::array<std::uint8_t, address_mask_length> encode_address_mask_reply(
    const AddressMaskRequest& request, Ipv4 mask);

}  // namespace winsome::bootstrap
