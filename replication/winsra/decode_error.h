#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace winsome::winsra {

/// Why octets are not a message we can use. Each is a counter of its own.
enum class DecodeError : std::uint8_t {
  truncated,            // ends before what it claims
  too_short,            // a frame without room for its header
  too_long,             // a frame above what may come at this moment
  no_association_bits,  // what Windows takes for something else (fact base C2)
  unknown_type,         // none of MS-WINSRA 2.2.2
  unknown_opcode,       // none of MS-WINSRA 2.2.6 to 2.2.10
  too_many_owners,      // above replication::owners_max
  name_too_long,        // above 255 octets; Windows throws the whole response away
  bad_signature,        // not an autodiscovery datagram
};
inline constexpr std::size_t decode_error_count = 9;

/// `truncated`, `too short`, …: for counters and logs.
[[nodiscard]] std::string_view to_text(DecodeError error);

}  // namespace winsome::winsra
