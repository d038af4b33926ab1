#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/net/ethernet.h"
#include "server/net/netlink.h"

namespace winsome::net {

struct InterfaceAddress {
  Ipv4 address;
  Ipv4Prefix network;
  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;

  /// The one with all host bits set; none on networks of one or two addresses (RFC 3021).
  [[nodiscard]] std::optional<Ipv4> broadcast() const;
  [[nodiscard]] Ipv4 mask() const;
};

struct Interface {
  std::uint32_t index = 0;
  std::string name;
  std::optional<EthernetAddress> hardware;  // none: no Ethernet
  bool up = false;
  std::vector<InterfaceAddress> addresses;  // those that were there first, first
  friend bool operator==(const Interface&, const Interface&) = default;

  /// Our address on the network of `peer`; where there is none, the first; unspecified if there
  /// are no addresses.
  [[nodiscard]] Ipv4 address_for(Ipv4 peer) const;
};

/// The interfaces as the kernel has them, and a descriptor that tells of changes, so that one that
/// comes up late is served too. Belongs to one thread.
class Interfaces {
 public:
  [[nodiscard]] static Result<Interfaces, std::string> open();

  /// Readable when something changed; call `refresh` then.
  [[nodiscard]] int fd() const { return changes_.fd(); }
  /// Reads the tables anew if the kernel told of a change; says whether they differ.
  bool refresh();

  [[nodiscard]] std::span<const Interface> all() const { return all_; }
  [[nodiscard]] const Interface* find(std::uint32_t index) const;
  [[nodiscard]] bool is_ours(Ipv4 address) const;
  /// To everybody here: 255.255.255.255, or the broadcast address of a network of ours.
  [[nodiscard]] bool is_broadcast(Ipv4 address) const;

 private:
  Interfaces(Netlink changes, Netlink requests)
      : changes_(std::move(changes)), requests_(std::move(requests)) {}
  bool read();

  Netlink changes_;
  Netlink requests_;
  std::vector<Interface> all_;
};

/// Whether `name` is among those configured; nothing configured means all.
[[nodiscard]] bool is_chosen(std::span<const std::string> configured, std::string_view name);

}  // namespace winsome::net
