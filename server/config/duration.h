#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/core/instant.h"

namespace winsome::config {

/// `6d`, `40m`, `2h30m`, `500ms`: whole numbers with the units d h m s ms, the longest first, each
/// at most once. Nothing else: no blanks, no signs, no fractions, no bare numbers but `0`.
[[nodiscard]] std::optional<milliseconds> parse_duration(std::string_view text);

/// As an administrator would write it; `parse_duration` reads it back.
[[nodiscard]] std::string to_text(milliseconds duration);

}  // namespace winsome::config
