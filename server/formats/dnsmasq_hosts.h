#pragma once

#include <string_view>

#include "server/formats/reservations.h"
#include "server/formats/sources.h"

namespace winsome::formats {

/// The reservations of dnsmasq (dnsmasq(8), --dhcp-host): a configuration file with its
/// `dhcp-host=` lines and the files that `conf-file=` and `dhcp-hostsfile=` name, or one of the
/// latter by itself. Everything else is skipped.
///
///     dhcp-host=00:1b:44:11:3a:b7,laser,192.0.2.7,infinite
///     id:01:02:03:04,192.0.2.8
[[nodiscard]] ParsedReservations parse_dnsmasq_hosts(std::string_view text, std::string_view file,
                                                     const ReadFile& read);

}  // namespace winsome::formats
