#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/formats/reports.h"
#include "server/leases/command.h"

namespace winsome::formats {

/// An address that a file keeps for a client. Which scope it belongs to follows from the address.
struct ReservationRow {
  dhcp::Reservation reservation;
  std::string file;
  std::size_t line = 0;
  friend bool operator==(const ReservationRow&, const ReservationRow&) = default;
};

struct ParsedReservations : Reported {
  std::vector<ReservationRow> rows;
};

/// Can an administrator choose its value; false for what the protocol itself says with it.
[[nodiscard]] bool may_be_configured(std::uint8_t code);

/// Gathers the reservations of a file and the files it includes, one for each address. Knows the
/// rules that hold for every file.
class ReservationGatherer : public Reports {
 public:
  /// An address that one host can have; else the reason is reported.
  [[nodiscard]] std::optional<Ipv4> address(const Place& place, std::string_view word);

  /// A host name: up to 253 octets of ASCII without blanks and controls; else the reason is
  /// reported. It is the server's to judge whether a name server would take it.
  [[nodiscard]] std::optional<std::string> host_name(const Place& place, std::string_view text);

  void add(const Place& place, dhcp::Reservation reservation);

  /// What came after the first `count`, to be completed.
  [[nodiscard]] std::span<ReservationRow> rows_after(std::size_t count) {
    return std::span(rows_).subspan(count);
  }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

  [[nodiscard]] ParsedReservations finish() &&;

 private:
  std::vector<ReservationRow> rows_;
  absl::flat_hash_map<Ipv4, std::size_t> places_;  // in rows_
};

}  // namespace winsome::formats
