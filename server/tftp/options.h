#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::tftp {

inline constexpr std::uint16_t server_port = 69;

/// What the RFCs allow, and so what the configuration does.
inline constexpr std::uint16_t blksize_min = 8;           // RFC 2348
inline constexpr std::uint16_t blksize_limit = 65464;     // likewise
inline constexpr std::uint16_t timeout_limit = 255;       // seconds, RFC 2349
inline constexpr std::uint16_t windowsize_limit = 65535;  // RFC 7440

/// The table `[tftp]` of the configuration.
struct Options {
  bool enabled = false;
  std::vector<Endpoint> listen = {{Ipv4(), server_port}};  // 0.0.0.0: every address
  std::string root = "/srv/tftp";  // absolute; nothing outside it is served, not by links either
  /// A client that asks for more gets this: 1500 octets of Ethernet less the headers of IP, UDP and
  /// TFTP, so that no block comes in fragments, which boot ROMs cannot put together.
  std::uint16_t blksize_max = 1468;
  std::uint16_t windowsize_max = 64;
  /// Before a block is sent again; doubled with each try, unless the client chose it (RFC 2349).
  seconds timeout{1};
  unsigned tries = 6;  // of one window; then the client is given up
  /// More are not answered, so the client asks again. A transfer takes two file descriptors, of
  /// which a program has 1,024 by default.
  std::size_t transfers_max = 256;
  std::size_t transfers_per_client_max = 8;  // by address; more are refused
};

}  // namespace winsome::tftp
