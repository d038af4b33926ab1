#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/core/ipv4.h"
#include "tools/winsome-perf/latencies.h"

namespace winsome::perf {

enum class LeaseMode : std::uint8_t {
  exchange,  // DISCOVER, OFFER, REQUEST, ACK
  renew,     // REQUEST and ACK for the leases in the file
};

/// Clients behind a relay agent, which is us: with plain UDP, as perfdhcp does it.
struct LeaseOptions {
  Ipv4 server;
  Ipv4 from;  // giaddr: answers come to its port 67
  LeaseMode mode = LeaseMode::exchange;
  std::uint32_t clients = 10'000;  // each once, or in turn until `duration`
  std::uint32_t first = 0;         // number of the first; the hardware address comes from it
  std::chrono::milliseconds duration{0};
  std::size_t outstanding = 64;  // closed loop
  double rate = 0;               // open loop: exchanges begun a second
  std::chrono::milliseconds timeout{1000};
  unsigned retries = 2;
  std::string leases;  // file: number and address a line, written by exchanges, read by renewals
  bool json = false;
};

struct LeaseOutcome {
  std::uint64_t begun = 0;
  std::uint64_t done = 0;
  std::uint64_t lost = 0;      // no answer, in spite of repetitions
  std::uint64_t repeated = 0;  // messages
  std::uint64_t refused = 0;   // NAK
  std::uint64_t doubled = 0;   // an address that another client of ours has
  std::chrono::duration<double> elapsed{0};
  Latencies latencies;  // from the first message to the ACK
};

/// Runs the load in this thread. Throws std::system_error when the socket or the file cannot be
/// used.
[[nodiscard]] LeaseOutcome load_leases(const LeaseOptions& options);

[[nodiscard]] std::string to_text(const LeaseOutcome& outcome);
[[nodiscard]] std::string to_json(const LeaseOutcome& outcome);

}  // namespace winsome::perf
