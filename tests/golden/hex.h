#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace winsome::golden {

/// Octets from pairs of hexadecimal digits; anything else between them is skipped.
inline std::vector<std::uint8_t> from_hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::vector<std::uint8_t> octets;
  bool half = false;
  for (const auto character : text) {
    const auto value = digits.find(character);
    if (value == std::string_view::npos) continue;
    if (half) {
      octets.back() = static_cast<std::uint8_t>(octets.back() << 4 | value);
    } else {
      octets.push_back(static_cast<std::uint8_t>(value));
    }
    half = !half;
  }
  return octets;
}

}  // namespace winsome::golden
