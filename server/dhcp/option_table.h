#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/result.h"

namespace winsome::dhcp {

/// Codes that the engine itself speaks of (RFC 2132, 3004, 3011, 3046, 3396, 4361, 4578).
namespace option {
inline constexpr std::uint8_t subnet_mask = 1;
inline constexpr std::uint8_t routers = 3;
inline constexpr std::uint8_t host_name = 12;
inline constexpr std::uint8_t domain_name = 15;
inline constexpr std::uint8_t broadcast_address = 28;
inline constexpr std::uint8_t vendor_specific = 43;
inline constexpr std::uint8_t netbios_name_servers = 44;
inline constexpr std::uint8_t netbios_node_type = 46;
inline constexpr std::uint8_t requested_address = 50;
inline constexpr std::uint8_t lease_time = 51;
inline constexpr std::uint8_t overload = 52;
inline constexpr std::uint8_t message_type = 53;
inline constexpr std::uint8_t server_identifier = 54;
inline constexpr std::uint8_t parameter_request_list = 55;
inline constexpr std::uint8_t message = 56;
inline constexpr std::uint8_t message_size = 57;
inline constexpr std::uint8_t renewal_time = 58;    // T1
inline constexpr std::uint8_t rebinding_time = 59;  // T2
inline constexpr std::uint8_t vendor_class = 60;
inline constexpr std::uint8_t client_identifier = 61;
inline constexpr std::uint8_t tftp_server_name = 66;
inline constexpr std::uint8_t boot_file_name = 67;
inline constexpr std::uint8_t user_class = 77;
inline constexpr std::uint8_t client_fqdn = 81;
inline constexpr std::uint8_t relay_agent_information = 82;
inline constexpr std::uint8_t architecture = 93;
inline constexpr std::uint8_t subnet_selection = 118;
}  // namespace option

/// Sub-options of option 82.
namespace relay {
inline constexpr std::uint8_t circuit_id = 1;
inline constexpr std::uint8_t remote_id = 2;
inline constexpr std::uint8_t link_selection = 5;  // RFC 3527
}  // namespace relay

enum class OptionType : std::uint8_t {
  flag,  // one octet, 0 or 1: "true", "false"
  u8,
  u16,
  u32,
  i32,       // seconds east of UTC
  duration,  // 32 bits of seconds, written "90m", "infinite"
  address,
  addresses,      // one or more
  address_pairs,  // destination and router: "192.0.2.0 192.0.2.1"
  text,
  texts,  // RFC 3004: each with its length before it
  u8s,
  u16s,
  node_type,  // option 46: "B-node", "P-node", "M-node", "H-node"; or 1, 2, 4, 8
  domains,    // option 119: names compressed as in DNS (RFC 3397), encoded without compression
  routes,     // option 121: "192.0.2.0/24 192.0.2.1" (RFC 3442)
  octets,     // "01:ff:0a"; options without a row are so too
};

struct OptionRow {
  std::uint8_t code = 0;
  std::string_view name;  // as in configuration and tools: "domain-name-servers"
  OptionType type = OptionType::octets;
};

/// All rows, by code.
[[nodiscard]] std::span<const OptionRow> option_rows();
[[nodiscard]] const OptionRow* find_option(std::uint8_t code);
[[nodiscard]] const OptionRow* find_option(std::string_view name);
/// "routers"; "option-224" for one without a row.
[[nodiscard]] std::string option_name(std::uint8_t code);
/// The opposite: a name of the table, "option-224" or "224".
[[nodiscard]] std::optional<std::uint8_t> option_code(std::string_view name);

/// The octets of `values`, the elements of an option's list as text (a single one for most types).
/// The failure is one sentence: "expected an address, found '10.0.0'".
[[nodiscard]] Result<std::vector<std::uint8_t>, std::string> parse_option(
    std::uint8_t code, std::span<const std::string> values);
/// The elements as text; octets where the value does not fit its type.
[[nodiscard]] std::vector<std::string> format_option(std::uint8_t code, Octets value);
/// "routers 192.0.2.1, 192.0.2.2"
[[nodiscard]] std::string option_text(std::uint8_t code, Octets value);

/// The sub-options of an option such as 82 or 43; false when a length points past the end.
struct SubOption {
  std::uint8_t code = 0;
  Octets value;
};
[[nodiscard]] std::optional<std::vector<SubOption>> sub_options(Octets value);

}  // namespace winsome::dhcp
