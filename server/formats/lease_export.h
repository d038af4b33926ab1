#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/leases/configuration.h"

namespace winsome::formats {

/// One lease as a spreadsheet shows it; texts are as the tools print them.
struct ExportedLease {
  std::string address;
  std::string hardware;
  std::string client;
  std::string host_name;
  std::string scope;
  std::string state;
  std::int64_t granted = 0;             // Unix seconds
  std::optional<std::int64_t> expires;  // none: never
  std::string netbios_name;
  std::string name_state;
  std::string dns_name;
};

inline constexpr std::string_view lease_csv_header =
    "Address,Hardware,Client,Host Name,Scope,State,Granted,Expiration,NetBIOS Name,Name State,"
    "DNS Name\r\n";
void append_lease_csv(std::string& out, const ExportedLease& lease);

/// A table of winsome.toml, to stand below that of its scope.
void append_reservation_toml(std::string& out, const dhcp::Reservation& reservation);

}  // namespace winsome::formats
