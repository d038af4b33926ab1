#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/net/ethernet.h"
#include "server/net/netlink.h"

namespace winsome::net {

enum class NeighbourResult : std::uint8_t {
  done,
  full,     // the kernel's table, which is shared by all namespaces; the client gets on without
  refused,  // no such interface, or no capability
};

/// Entries of the kernel's neighbour table for clients that answer no ARP (B3, decision 23). Ours
/// bear a mark, so that those of an administrator stay. They are permanent: it is for us to remove
/// them, also those of an earlier run. Needs NET_ADMIN. Belongs to one thread.
class Neighbours {
 public:
  [[nodiscard]] static Result<Neighbours, std::string> open();

  /// Adds an entry, or replaces the one that is there.
  NeighbourResult add(Ipv4 address, const EthernetAddress& hardware, std::uint32_t interface);
  /// Removes the entries of ours for these addresses, on any interface; returns how many.
  std::size_t remove(std::span<const Ipv4> addresses);

 private:
  explicit Neighbours(Netlink netlink) : netlink_(std::move(netlink)) {}

  Netlink netlink_;
};

}  // namespace winsome::net
