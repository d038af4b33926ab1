#pragma once

#include <cstdint>
#include <string_view>

namespace winsome::cli {

/// What a suffix usually means (fact base B1); empty when nobody knows.
[[nodiscard]] std::string_view suffix_meaning(std::uint8_t suffix, bool group);

}  // namespace winsome::cli
