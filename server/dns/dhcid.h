#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "server/dhcp/client.h"

namespace winsome::dns {

/// The RDATA of a DHCID record (RFC 4701 3): who has a name, without telling it. `name` is fully
/// qualified, at most 255 octets on the wire; a name that cannot be encoded gives nothing.
[[nodiscard]] std::vector<std::uint8_t> dhcid(const dhcp::ClientId& client,
                                              const dhcp::HardwareAddress& hardware,
                                              std::string_view name);

}  // namespace winsome::dns
