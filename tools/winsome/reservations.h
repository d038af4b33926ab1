#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/core/result.h"
#include "server/formats/reservations.h"
#include "tools/winsome/output.h"
#include "winsome/admin/v1/leases.pb.h"

namespace winsome::cli {

/// `winsome reservation list`.
[[nodiscard]] std::string reservation_header(const Style& style);
[[nodiscard]] std::string reservation_row(const admin::v1::Reservation& reservation,
                                          const Style& style);

struct ReservationFlags {
  std::string address;
  std::string hardware;
  std::string client_id;
  std::string circuit;
  std::string name;
  std::string scope;
  std::vector<std::string> options;  // NAME=VALUE
  std::string boot_file;
  std::string boot_server;
  std::string boot_server_name;
  std::string lease;
  bool dry_run = false;
};

/// The error says which flag is wrong, and how.
[[nodiscard]] Result<admin::v1::Reservation, std::string> reservation_request(
    const ReservationFlags& flags);

/// A reservation of a file as it travels to the server.
void fill(admin::v1::Reservation& out, const formats::ReservationRow& row);

/// As the export wants it; nothing when a server of a later version sends what we cannot read.
[[nodiscard]] std::optional<dhcp::Reservation> to_reservation(
    const admin::v1::Reservation& message);

}  // namespace winsome::cli
