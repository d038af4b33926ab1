#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::perf {

enum class Mode : std::uint8_t { query, miss, registration, refresh, release, mixed };

struct Options {
  Endpoint server;
  std::vector<Ipv4> from;  // our addresses: each owns its share of the names
  std::size_t ports = 1;   // sockets for each of them
  Mode mode = Mode::query;
  std::uint32_t names = 10'000;  // how many there are
  std::uint32_t first = 0;       // registration, refresh and release go from this one on
  std::uint64_t count = 0;       // requests to send; 0: until `duration`, or each name once
  std::chrono::milliseconds duration{0};
  std::size_t outstanding = 64;  // closed loop: requests without an answer at any time
  double rate = 0;               // open loop: requests a second; 0: closed loop
  std::size_t storm = 0;         // beside it, so many registrations of other names outstanding
  std::chrono::milliseconds timeout{1000};
  unsigned retries = 2;
  std::uint64_t seed = 1;
  bool json = false;
};

[[nodiscard]] std::string usage();

/// The command line without the program's name; else what is wrong with it.
[[nodiscard]] Result<Options, std::string> parse_options(std::span<const char* const> arguments);

}  // namespace winsome::perf
