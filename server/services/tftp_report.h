#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::services {

/// What became of a request.
enum class TftpEnd : std::uint8_t {
  complete,
  aborted,       // by an ERROR of the client
  silent,        // the client acknowledges no more
  replaced,      // the client began anew from the same port
  unreadable,    // while the file was sent
  not_found,     // ERROR 1
  access,        // ERROR 2: not permitted, or outside the root
  bad_path,      // ERROR 2: it climbs, is empty or too long
  write,         // ERROR 2: nobody writes here
  malformed,     // ERROR 4
  client_limit,  // ERROR 0: the client has too many transfers
  full,          // no answer: there are too many transfers in all, or no descriptors left
};
inline constexpr std::size_t tftp_end_kinds = 12;

[[nodiscard]] std::string_view to_text(TftpEnd end);

/// For the log, once a request; those with TftpEnd::malformed and full come as fast as anybody
/// likes to send them.
struct TftpReport {
  Endpoint client;
  std::string file;  // as the client named it; empty where that could not be read
  TftpEnd end = TftpEnd::complete;
  std::uint64_t octets = 0;  // sent, with what was sent again
  milliseconds took{0};
};

/// Called by the threads of the service, by several at once; must not take long.
using TftpObserver = std::function<void(const TftpReport&)>;

struct TftpStatistics {
  std::uint64_t requests = 0;
  std::uint64_t duplicates = 0;                      // of requests whose transfer goes on
  std::uint64_t octets = 0;                          // of files, with what was sent again
  std::uint64_t transfers = 0;                       // at present
  std::array<std::uint64_t, tftp_end_kinds> ends{};  // by TftpEnd
};

}  // namespace winsome::services
