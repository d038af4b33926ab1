#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace winsome::nbns {

/// Why a datagram is not a message we can use. Each is a counter of its own.
enum class DecodeError : std::uint8_t {
  truncated,       // ends before what it claims
  bad_label,       // length over 63, reserved bits, odd first label, letters outside A to P
  bad_pointer,     // forward, to itself, into the header, or too many hops
  name_too_long,   // more than 272 characters, dots included
  bad_counts,      // sections that this message cannot have, or lacks
  bad_type,        // question or record type that does not belong here
  bad_class,       // not IN
  bad_rdata,       // length not a whole number of entries, or none
  unknown_opcode,  // not one of RFC 1002 4.2.1.1, nor 15
};
inline constexpr std::size_t decode_error_count = 9;

/// `truncated`, `bad label`, …: for counters and logs.
[[nodiscard]] std::string_view to_text(DecodeError error);

}  // namespace winsome::nbns
