#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/nbns/name.h"

namespace winsome::names {

/// Fact base B7; defaults as published deployments have them.
struct Intervals {
  seconds renewal = std::chrono::days(6);     // active → released; also the time to live granted
  seconds extinction = std::chrono::days(4);  // released → tombstone
  seconds extinction_timeout = std::chrono::days(6);  // tombstone → gone
  seconds verification = std::chrono::days(24);       // how long a replica stays active unseen
  seconds tombstone_uptime = std::chrono::days(3);    // no tombstone is deleted earlier after start
};

/// Fact base B4, decision 4.
struct ChallengeOptions {
  unsigned tries = 3;
  milliseconds interval{500};        // doubles with each try
  milliseconds total = seconds(10);  // over all addresses of a record
  std::uint16_t port = 137;          // where the present owner is asked
  std::size_t at_once = 10'000;
  std::size_t at_once_per_requester = 64;
};

/// Fact base B12, decision 1.
struct BurstOptions {
  std::size_t threshold = 500;       // requests waiting, from which on short lives are granted
  std::size_t queue_limit = 25'000;  // beyond it requests are dropped
};

struct AccessOptions {
  std::vector<Ipv4Prefix> query_from = {Ipv4Prefix()};
  std::vector<Ipv4Prefix> register_from = {Ipv4Prefix()};
  std::vector<Ipv4Prefix> register_1b_from = {Ipv4Prefix()};
  std::vector<Ipv4Prefix> register_1c_from = {Ipv4Prefix()};
  std::vector<Ipv4Prefix> register_1d_from = {Ipv4Prefix()};
  std::vector<std::string> blocked_names = {"WPAD",
                                            "ISATAP"};  // text before the suffix; every suffix
  bool register_other_addresses =
      true;                             // a registration may name an address that is not its source
  std::size_t names_per_address = 0;    // 0: no limit
  std::size_t requests_per_second = 0;  // from one address; 0: no limit
};

[[nodiscard]] bool allows(const std::vector<Ipv4Prefix>& networks, Ipv4 address);

struct Options {
  Ipv4 owner;                 // under which partners know our records
  std::string computer_name;  // at most 15 octets; served as <00> and <20>, never stored
  std::array<std::uint8_t, 6> unit_id{};  // of our node status: a hardware address of this host
  Intervals intervals;
  ChallengeOptions challenge;
  BurstOptions burst;
  AccessOptions access;
  bool migrate_on =
      false;  // B9: dynamic registrations may overwrite static unique and multihomed records
  bool defend_fed_names = true;  // decision 7: what a lease brought is defended while it lasts
  bool prepend_1b = true;        // B6: the domain master browser first in a 1C answer
  bool randomize_1c = false;     // B6: the rest of a 1C answer in random order
};

}  // namespace winsome::names
