#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/dhcp/message.h"

namespace winsome::dhcp {

/// Option 81 (RFC 4702 2), read leniently.
struct ClientFqdn {
  static constexpr std::uint8_t server_updates = 0x01;  // S
  static constexpr std::uint8_t overridden = 0x02;      // O
  static constexpr std::uint8_t encoded = 0x04;         // E: as in DNS, not in ASCII
  static constexpr std::uint8_t no_updates = 0x08;      // N

  std::uint8_t flags = 0;
  std::string name;  // with dots, without the last one
};
[[nodiscard]] std::optional<ClientFqdn> client_fqdn(const Message& message);
/// The value of the answer's option 81: `name` in the form the client used.
[[nodiscard]] std::string fqdn_value(std::uint8_t flags, std::string_view name);

/// What the client calls itself: option 81, else 12; empty where it has no name, or one with
/// octets that are no letters, digits or signs of ASCII.
[[nodiscard]] std::string host_name_of(const Message& message);

/// The NetBIOS name of a host: its first label in upper case, cut after 15 octets, as Windows makes
/// it. Nothing where it has a character that such a name may not have (MS-NBTE 2.2.1, KB 909264).
[[nodiscard]] std::optional<std::string> netbios_name_of(std::string_view host_name);

/// The host's first label beneath `domain`, in lower case; nothing where that is no host name of
/// RFC 1123 2.1.
[[nodiscard]] std::optional<std::string> dns_name_of(std::string_view host_name,
                                                     std::string_view domain);

}  // namespace winsome::dhcp
