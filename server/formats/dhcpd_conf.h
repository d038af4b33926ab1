#pragma once

#include <string_view>

#include "server/formats/reservations.h"
#include "server/formats/sources.h"

namespace winsome::formats {

/// The reservations of ISC dhcpd (dhcpd.conf(5)): its `host` blocks with a fixed address, wherever
/// they stand, and the options, boot file and server that they or the `group` around them name.
/// Everything else there belongs to scopes and is skipped. `file` is the name for messages and
/// against cycles.
///
///     host laser {
///       hardware ethernet 00:1b:44:11:3a:b7;
///       fixed-address 192.0.2.7;
///       option host-name "laser";
///     }
[[nodiscard]] ParsedReservations parse_dhcpd_conf(std::string_view text, std::string_view file,
                                                  const ReadFile& read);

}  // namespace winsome::formats
