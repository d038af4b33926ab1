#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::bootstrap {

/// [bootstrap.router_discovery] (RFC 1256 4.1).
struct RouterDiscoveryOptions {
  bool enabled = false;
  seconds interval_max{600};    // 4 s to 1,800 s
  seconds interval_min{450};    // 3 s to interval_max
  seconds lifetime{1800};       // interval_max to 9,000 s
  std::int32_t preference = 0;  // the highest is chosen; the lowest number there is: never
  bool multicast = true;        // else to 255.255.255.255
  std::vector<Ipv4> routers;    // empty: ourselves
  friend bool operator==(const RouterDiscoveryOptions&, const RouterDiscoveryOptions&) = default;
};

/// [bootstrap]: what machines asked before there was BOOTP (B4).
struct Options {
  std::vector<std::string> interfaces;  // empty: all
  bool rarp = false;
  bool address_mask = false;
  RouterDiscoveryOptions router_discovery;
  friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace winsome::bootstrap
