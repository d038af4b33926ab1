#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/config/values.h"
#include "server/leases/configuration.h"

namespace winsome::config {

// As in values.h, for what only [dhcp] and the tables after it have.

/// `"50%"`, with a fraction if need be; more than nothing and less than all.
void read(const Value& value, const Limits& limits, double& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, Ipv4Prefix& out, Complaints& complaints);
void read(const Value& value, const Limits& limits, std::optional<bool>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::optional<dhcp::HardwareAddress>& out,
          Complaints& complaints);
/// Octets such as `"01:ff"`, or any other text; `"\"ff\""` is a text too.
void read(const Value& value, const Limits& limits, std::optional<dhcp::ClientId>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<dhcp::HardwareAddress>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<std::uint16_t>& out,
          Complaints& complaints);
void read(const Value& value, const Limits& limits, std::vector<dhcp::Range>& out,
          Complaints& complaints);
/// Ranges, or tables of a range and classes.
void read(const Value& value, const Limits& limits, std::vector<dhcp::Pool>& out,
          Complaints& complaints);
/// A table by names; what only the server itself can say is refused.
void read(const Value& value, const Limits& limits, dhcp::OptionValues& out,
          Complaints& complaints);

/// A duration, or `"infinite"`.
void read_lease(const Value& value, const Limits& limits, std::optional<seconds>& out,
                Complaints& complaints);
/// A whole number of per cents, `"90%"`.
void read_percent(const Value& value, const Limits& limits, unsigned& out, Complaints& complaints);
/// A text that fits a field of `limits.max` octets.
void read_field(const Value& value, const Limits& limits, std::string& out, Complaints& complaints);
/// Texts that are not empty.
void read_texts(const Value& value, const Limits& limits, std::vector<std::string>& out,
                Complaints& complaints);
/// An absolute path.
void read_directory(const Value& value, const Limits& limits, std::string& out,
                    Complaints& complaints);
/// Of TSIG (RFC 8945 6).
void read_algorithm(const Value& value, const Limits& limits, std::string& out,
                    Complaints& complaints);
/// Of a router (RFC 1256 4.1): a number of 32 bits, or `"never"`.
void read_preference(const Value& value, const Limits& limits, std::int32_t& out,
                     Complaints& complaints);
/// The names of network interfaces.
void read_interfaces(const Value& value, const Limits& limits, std::vector<std::string>& out,
                     Complaints& complaints);
/// `["00", "20"]`
void read_suffixes(const Value& value, const Limits& limits, std::vector<std::uint8_t>& out,
                   Complaints& complaints);
/// Likewise.
void read_octets(const Value& value, const Limits& limits, std::vector<std::uint8_t>& out,
                 Complaints& complaints);
/// The beginnings of hardware addresses.
void read_prefixes(const Value& value, const Limits& limits,
                   std::vector<std::vector<std::uint8_t>>& out, Complaints& complaints);

[[nodiscard]] std::string print(double share);
[[nodiscard]] std::string print(const Ipv4Prefix& network);
[[nodiscard]] std::string print(const std::optional<bool>& flag);
[[nodiscard]] std::string print(const std::optional<dhcp::HardwareAddress>& hardware);
[[nodiscard]] std::string print(const std::optional<dhcp::ClientId>& client);
[[nodiscard]] std::string print(const std::vector<dhcp::HardwareAddress>& addresses);
[[nodiscard]] std::string print(const std::vector<std::uint16_t>& numbers);
[[nodiscard]] std::string print(const dhcp::Range& range);
[[nodiscard]] std::string print(const std::vector<dhcp::Range>& ranges);
[[nodiscard]] std::string print(const std::vector<dhcp::Pool>& pools);
[[nodiscard]] std::string print(const dhcp::OptionValues& options);
[[nodiscard]] std::string print_lease(const std::optional<seconds>& lease);
[[nodiscard]] std::string print_percent(unsigned percent);
[[nodiscard]] std::string print_preference(std::int32_t preference);
[[nodiscard]] std::string print_suffixes(const std::vector<std::uint8_t>& suffixes);
[[nodiscard]] std::string print_octets(const std::vector<std::uint8_t>& octets);
[[nodiscard]] std::string print_prefixes(const std::vector<std::vector<std::uint8_t>>& prefixes);

}  // namespace winsome::config
