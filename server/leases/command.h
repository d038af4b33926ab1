#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/leases/configuration.h"

namespace winsome::dhcp {

/// Ends leases as if their clients had released them. Declined addresses are free again.
struct ReleaseLease {
  Ipv4 address;
};
/// Forgets leases that have ended and addresses that were declined; with `active` every lease.
struct FlushLeases {
  std::string scope;  // empty: all
  bool active = false;
};
/// Adds all, or, where any is refused and not `keep_going`, none.
struct AddReservations {
  struct Row {
    std::string scope;  // empty: the one whose subnet has the address
    Reservation reservation;
  };
  std::vector<Row> rows;
  bool dry_run = false;
  bool keep_going = false;
};
struct DeleteReservation {
  Ipv4 address;
};
/// Leases brought along from another server; those of addresses that are leased here are refused.
struct ImportLeases {
  struct Row {
    Ipv4 address;
    HardwareAddress hardware;
    std::optional<ClientId> client;
    seconds left{0};  // forever: infinite
    std::string host_name;
  };
  std::vector<Row> rows;
  bool dry_run = false;
  bool keep_going = false;
};

using Command =
    std::variant<ReleaseLease, FlushLeases, AddReservations, DeleteReservation, ImportLeases>;

enum class CommandStatus : std::uint8_t { done, not_found, refused, unavailable };

struct Refusal {
  std::size_t index = 0;  // into rows
  std::string text;
};

struct CommandResult {
  CommandStatus status = CommandStatus::done;
  std::size_t changed = 0;
  std::vector<Refusal> refusals{};
};

}  // namespace winsome::dhcp
