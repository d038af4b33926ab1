#pragma once

#include <cstdint>

#include "server/core/byte_reader.h"

namespace winsome {

/// The ones' complement sum of RFC 1071, complemented; a block that carries its own checksum gives
/// 0. `start` is a sum to go on from, not complemented.
[[nodiscard]] constexpr std::uint16_t internet_checksum(Octets octets, std::uint32_t start = 0) {
  std::uint64_t sum = start;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
    sum += static_cast<std::uint32_t>(octets[i] << 8 | octets[i + 1]);
  if (octets.size() % 2 == 1) sum += static_cast<std::uint32_t>(octets.back() << 8);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace winsome
