#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace winsome::dhcp {

/// Why a datagram is no message; each is counted by itself.
enum class DecodeError : std::uint8_t {
  truncated,         // shorter than the fixed fields
  bad_op,            // neither request nor reply
  bad_hardware,      // hlen over 16
  bad_cookie,        // option 53 behind something else than RFC 1048's
  truncated_option,  // a length that points past the end
  bad_overload,      // option 52 that is neither 1, 2 nor 3, or stands in an overloaded field
  bad_type,          // option 53 that is none of 1 to 8, or not one octet
  too_long,          // more than received_size_max
};
inline constexpr std::size_t decode_errors = 8;

[[nodiscard]] std::string_view to_text(DecodeError error);  // "truncated option"

}  // namespace winsome::dhcp
