#include "server/dhcp/octet_text.h"

#include <algorithm>
#include <charconv>

namespace winsome::dhcp {

std::optional<std::vector<std::uint8_t>> parse_octets(std::string_view text) {
  std::vector<std::uint8_t> octets;
  const auto separator = text.find('-') == std::string_view::npos ? ':' : '-';
  for (bool last = false; !last;) {
    const auto end = text.find(separator);
    last = end == std::string_view::npos;
    const auto digits = text.substr(0, end);
    std::uint8_t octet = 0;
    const auto* const stop = digits.data() + digits.size();
    if (digits.empty() || digits.size() > 2) return {};
    if (std::from_chars(digits.data(), stop, octet, 16).ptr != stop) return {};
    octets.push_back(octet);
    if (!last) text.remove_prefix(end + 1);
  }
  return octets;
}

std::string octets_text(Octets octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(octets.size() * 3);
  for (const auto octet : octets) {
    if (!text.empty()) text += ':';
    text += digits[octet >> 4];
    text += digits[octet & 0xf];
  }
  return text;
}

bool printable(Octets octets) {
  return std::ranges::all_of(octets, [](auto octet) { return octet >= 0x20 && octet < 0x7f; });
}

}  // namespace winsome::dhcp
