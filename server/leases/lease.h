#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/dhcp/client.h"

namespace winsome::dhcp {

enum class LeaseState : std::uint8_t {
  active = 0,    // acknowledged, until `due`
  ended = 1,     // expired or released; kept until `due`, so that the client finds it again
  declined = 2,  // somebody else answered there; nobody gets it until `due`
};

/// What became of the names of a lease (decision 21). A lease that is `pending` is resumed at
/// start.
enum class NameState : std::uint8_t {
  none = 0,        // it has no usable name, or feeds none
  pending = 1,     // the present owner is asked
  registered = 2,  // in the name database, as fed by this lease
  refused = 3,     // another host has it, or policy forbids it
  client = 4,      // the client itself registered it: no longer ours to withdraw
};

/// One address given to one client: what is durable. There is at most one row an address.
struct Lease {
  Ipv4 address;
  LeaseState state = LeaseState::active;
  ClientId client;
  HardwareAddress hardware;
  Instant granted{};
  Instant due = never;                // never: an infinite lease
  std::string scope;                  // by name; that of a scope which is gone stays
  std::string host_name;              // as the client or the reservation says; may be empty
  std::vector<std::uint8_t> circuit;  // sub-option 1 of option 82
  bool bootp = false;
  bool neighbour = false;  // a neighbour entry was made for it (decision 23)
  NameState name_state = NameState::none;
  std::string netbios_name;            // what was fed or is pending: at most 15 octets, upper case
  std::vector<std::uint8_t> suffixes;  // with which suffixes
  std::string dns_name;                // fully qualified, as DNS was told; empty: it was not
  friend bool operator==(const Lease&, const Lease&) = default;
};

[[nodiscard]] std::string_view to_text(LeaseState state);  // "active"
[[nodiscard]] std::string_view to_text(NameState state);

}  // namespace winsome::dhcp
