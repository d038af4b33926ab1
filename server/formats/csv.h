#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace winsome::formats {

/// RFC 4180. Names are for clients to choose: one that begins like a formula gets an apostrophe, or
/// a spreadsheet would compute it.
[[nodiscard]] std::string csv_field(std::string_view text);

/// UTC. A date the calendar has no year for is a number.
[[nodiscard]] std::string csv_time(std::int64_t unix_seconds);

}  // namespace winsome::formats
