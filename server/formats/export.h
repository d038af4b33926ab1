#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/nbns/message.h"
#include "server/nbns/name.h"

namespace winsome::formats {

enum class ExportedType : std::uint8_t { unique, normal_group, special_group, multihomed };
enum class ExportedState : std::uint8_t { active, released, tombstone };

/// One record of the database, as the exports need it.
struct ExportedRecord {
  nbns::ScopedName name;
  ExportedType type = ExportedType::unique;
  ExportedState state = ExportedState::active;
  bool is_static = false;
  nbns::NodeType node = nbns::NodeType::h;
  std::vector<Ipv4> addresses;
  Ipv4 owner;
  std::uint64_t version = 0;
  std::int64_t expires = 0;  // Unix seconds; of dynamic records only
};

/// Why a format cannot say what a record is.
enum class NotCarried : std::uint8_t {
  is_dynamic,
  is_not_active,
  has_scope,
  has_no_address,
  has_odd_type,    // LMHOSTS: its suffix would make it another type
  has_odd_octets,  // blank; wins.dat: a NUL or a line end
};
[[nodiscard]] std::string_view to_text(NotCarried reason);

// Each appends the lines of one record, so that a database is written as a stream. What LMHOSTS and
// wins.dat carry, their parsers read back; a record they do not carry leaves `out` as it was.

/// Static records, each by its whole name; nothing goes before them.
[[nodiscard]] Result<void, NotCarried> append_lmhosts(std::string& out,
                                                      const ExportedRecord& record);

/// Active records, dynamic and static; owners and versions are lost.
inline constexpr std::string_view wins_dat_header = "VERSION 1 0\n";
[[nodiscard]] Result<void, NotCarried> append_wins_dat(std::string& out,
                                                       const ExportedRecord& record);

/// Every record, with the columns of the Windows console (fact base D5). For reading, in a
/// spreadsheet too: names are escaped, times are UTC.
inline constexpr std::string_view csv_header =
    "Record Name,Type,IP Address,State,Static,Owner,Version,Expiration\r\n";
void append_csv(std::string& out, const ExportedRecord& record);

}  // namespace winsome::formats
