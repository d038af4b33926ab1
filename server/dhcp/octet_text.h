#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/byte_reader.h"

namespace winsome::dhcp {

/// `01:ff:0a`: one or two hexadecimal digits an octet, as people write them; Windows shows `-`
/// instead of `:`. Not for empty texts.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> parse_octets(std::string_view text);
[[nodiscard]] std::string octets_text(Octets octets);  // "01:ff:0a"

/// Letters, digits, blanks and signs of ASCII: what may stand in a line.
[[nodiscard]] bool printable(Octets octets);

[[nodiscard]] inline Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view characters_of(Octets octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace winsome::dhcp
