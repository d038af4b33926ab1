#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/core/instant.h"
#include "server/leases/actions.h"
#include "server/leases/configuration.h"
#include "server/leases/lease_server.h"
#include "server/leases/parameters.h"

namespace winsome::dhcp {

/// What an answer is made of. References live as long as the answer is being made.
struct ReplyParts {
  const Configuration& configuration;
  const Scope& scope;
  const ClientParameters& parameters;
  const Reservation* reservation = nullptr;
  Ipv4 server;  // as the client knows us
  Ipv4 address;
  std::optional<seconds> lease;  // none: neither times nor an address of ours (INFORM, BOOTP)
  std::string fqdn;              // value of option 81; empty: not answered
};

/// OFFER, ACK or, to a request without option 53, a BOOTP reply: fields and options as RFC 2131
/// table 3 has them, and where it goes.
[[nodiscard]] Outgoing reply(const ClientMessage& request, MessageType type,
                             const ReplyParts& parts);

/// RFC 2131 4.3.2. `routed`: the client's renewal came from another wire by unicast, so that only
/// there the answer is heard.
[[nodiscard]] Outgoing nak(const ClientMessage& request, Ipv4 server, std::string_view why,
                           bool routed);

/// The value of options 51, 58 and 59: all ones for ever.
[[nodiscard]] std::uint32_t wire_seconds(seconds time);

}  // namespace winsome::dhcp
