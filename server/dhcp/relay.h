#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/result.h"
#include "server/dhcp/delivery.h"

namespace winsome::dhcp {

/// [relay]: carries messages between clients of some interfaces and servers elsewhere (RFC 1542 4).
struct RelayOptions {
  std::vector<std::string> interfaces{};  // where the clients are
  std::vector<Ipv4> servers{};
  bool append_option = true;  // option 82, with the interface's name as circuit id (RFC 3046)
  std::string remote_id{};    // its sub-option 2; empty: none
  std::uint8_t hops_max = 4;  // RFC 1542 4.1.1; at most 16
  friend bool operator==(const RelayOptions&, const RelayOptions&) = default;
};

/// What a remote id is cut to, so that with any interface's name it fits one option.
inline constexpr std::size_t remote_id_max = 200;

/// Why a message goes no further; each is counted by itself.
enum class RelayDrop : std::uint8_t {
  malformed,         // shorter than its fixed fields, or an option points past the end
  not_a_request,     // from the clients' side
  not_a_reply,       // from a server
  hops,              // it went through too many relays
  untrusted_option,  // a client brings option 82 itself (RFC 3046 2.1.1)
  spoofed,           // a request that says it was relayed by us
  foreign,           // a reply that was relayed by somebody else
};
inline constexpr std::size_t relay_drops = 7;
[[nodiscard]] std::string_view to_text(RelayDrop why);  // "too many hops"

/// The interface by which a request came.
struct RelayPlace {
  std::string_view name;
  Ipv4 address;
};

/// What the servers get. Everything but hops, giaddr and option 82 is left as the client, or the
/// relay before us, wrote it. `ours`: all our addresses.
[[nodiscard]] Result<std::vector<std::uint8_t>, RelayDrop> relay_request(
    Octets datagram, const RelayPlace& place, std::span<const Ipv4> ours,
    const RelayOptions& options);

/// What the client gets, and how (RFC 1542 4.1.2, RFC 2131 4.1).
struct RelayedReply {
  std::vector<std::uint8_t> octets;
  Ipv4 giaddr;  // ours, on the client's network
  Delivery delivery = Delivery::broadcast;
  Endpoint to;
  HardwareAddress hardware;
};
[[nodiscard]] Result<RelayedReply, RelayDrop> relay_reply(Octets datagram,
                                                          std::span<const Ipv4> ours);

}  // namespace winsome::dhcp
