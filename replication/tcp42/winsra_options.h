#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "replication/transport/transport.h"
#include "replication/winsra/association.h"
#include "server/core/ipv4.h"

namespace winsome::transport {

/// What peers of TCP 42 may cost us (fact base C2, E). Tests shorten them; nobody else has to.
struct WinsraLimits {
  std::size_t incoming_max = 1024;
  std::size_t incoming_max_of_one_address = 16;
  /// What waits for one peer to read. Above `answer_octets_max`, for an answer is begun only when
  /// nothing waits.
  std::size_t waiting_octets_max = std::size_t{72} << 20;
  /// What all peers together keep us holding: 50 of the largest answers that Windows would take.
  std::size_t held_octets_max = std::size_t{256} << 20;

  /// From the first packet to an established association.
  std::chrono::milliseconds handshake{15'000};
  /// Whoever is in the middle of a frame gets this long, and then a second for each
  /// `slowest_octets_a_second`.
  std::chrono::milliseconds frame{30'000};
  std::size_t slowest_octets_a_second = 2048;
  /// A write that makes no progress.
  std::chrono::milliseconds stalled{30'000};
  /// For the peer to close its side after we said farewell.
  std::chrono::milliseconds farewell{2'000};
};

struct WinsraOptions {
  Ipv4 us;                       // the owner whose records are our own
  std::vector<Endpoint> listen;  // empty: only outgoing connections
  NoteFault fault;
  WinsraLimits limits;
};

/// What went wrong with connections, since the start.
struct WinsraCounters {
  std::uint64_t turned_away = 0;  // one connection too many
  std::uint64_t too_slow = 0;     // handshakes, frames, and answers that nobody reads
  std::array<std::uint64_t, winsra::decode_error_count> malformed{};
  std::array<std::uint64_t, winsra::ignored_count> ignored{};
};

}  // namespace winsome::transport
