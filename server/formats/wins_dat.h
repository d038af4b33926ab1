#pragma once

#include <cstdint>
#include <string_view>

#include "server/formats/mapping.h"

namespace winsome::formats {

/// The least a record of nmbd must have left to live to be worth taking, as nmbd's own loader has
/// it.
inline constexpr std::int64_t life_left_min = 60;  // seconds

/// nmbd's wins.dat (fact base D3): every record a `dynamic` mapping with its exact name. `now_unix`
/// decides which of them are too near their end.
[[nodiscard]] Parsed parse_wins_dat(std::string_view text, std::string_view file,
                                    std::int64_t now_unix);

}  // namespace winsome::formats
