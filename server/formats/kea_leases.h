#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/formats/reports.h"
#include "server/leases/command.h"

namespace winsome::formats {

/// A lease that another server gave.
struct LeaseRow {
  dhcp::ImportLeases::Row lease;
  std::string file;
  std::size_t line = 0;
};

struct ParsedLeases : Reported {
  std::vector<LeaseRow> rows;
};

/// Kea's kea-leases4.csv: its first line names the columns, a later row of an address replaces the
/// one before. Leases that are declined, given back or over at `now_unix` are skipped.
[[nodiscard]] ParsedLeases parse_kea_leases(std::string_view text, std::string_view file,
                                            std::int64_t now_unix);

}  // namespace winsome::formats
