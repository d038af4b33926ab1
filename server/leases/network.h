#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/dhcp/message.h"
#include "server/leases/actions.h"
#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// A sub-option of option 82 as the relay put it; nothing where it is missing or the option is
/// garbage.
[[nodiscard]] std::optional<Octets> relay_sub_option(const Message& message, std::uint8_t code);

/// An address on the client's wire, in this order: link selection (RFC 3527), subnet selection (RFC
/// 3011), giaddr, ciaddr of what was sent to us alone, our own address where it came in.
[[nodiscard]] Ipv4 link_address(const Arrival& arrival, const Message& message);

/// Is it on one of them.
[[nodiscard]] bool lies_in(Ipv4 address, std::span<const Ipv4Prefix> networks);

/// Which scopes there are, by subnet and by wire. Scopes are spoken of by their index in the
/// configuration.
class Networks {
 public:
  explicit Networks(std::span<const Scope> scopes);

  /// The scope whose subnet has `address`.
  [[nodiscard]] std::optional<std::size_t> scope_at(Ipv4 address) const;
  [[nodiscard]] std::size_t network_of(std::size_t scope) const { return network_of_[scope]; }
  /// The scopes on one wire: itself, or all of its shared network.
  [[nodiscard]] std::span<const std::size_t> scopes_on(std::size_t network) const {
    return scopes_on_[network];
  }

 private:
  struct Subnet {
    Ipv4Prefix prefix;
    std::size_t scope = 0;
  };
  std::vector<Subnet> subnets_;  // ascending
  std::vector<std::size_t> network_of_;
  std::vector<std::vector<std::size_t>> scopes_on_;
};

}  // namespace winsome::dhcp
