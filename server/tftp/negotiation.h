#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/core/instant.h"
#include "server/tftp/options.h"
#include "server/tftp/packet.h"

namespace winsome::tftp {

/// What one window holds at most: it is read at once, and a socket's buffer takes about as much.
inline constexpr std::size_t window_octets_max = 256 << 10;

/// How a file is transferred. Without options RFC 1350 holds.
struct Terms {
  std::uint16_t blksize = 512;
  std::uint16_t windowsize = 1;
  std::optional<seconds> timeout;  // the client's wish; it is kept as it is
  std::vector<Option> accepted;    // what the OACK says; empty: there is none
};

/// What is asked for, cut down to what we allow. Options that are unknown, come a second time or
/// have senseless values are ignored (RFC 2347: the client goes on as if it had not asked).
/// `size` is that of the file; as netascii has another one, tsize is left out there.
[[nodiscard]] Terms negotiate(const Request& request, const Options& options, std::uint64_t size);

}  // namespace winsome::tftp
