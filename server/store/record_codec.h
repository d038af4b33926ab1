#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "server/core/byte_reader.h"
#include "server/core/result.h"
#include "server/names/record.h"

namespace winsome::store {

/// The columns of a row of `names` (schema/0001_names.sql, 0003_leases.sql). The spans are
/// borrowed.
struct RecordRow {
  Octets name;
  Octets scope;
  std::int64_t type = 0;
  std::int64_t state = 0;
  std::int64_t node = 0;
  std::int64_t is_static = 0;
  std::int64_t owner = 0;
  std::int64_t version = 0;
  std::int64_t due = 0;
  std::int64_t batch = 0;
  Octets members;
  std::int64_t fed = 0;
};

inline constexpr std::size_t packed_member_size = 16;

/// Where `encode_record` puts the members.
using MembersBuffer = std::array<std::uint8_t, names::members_max * packed_member_size>;

/// The row of `record`, which the row borrows from, as it does from `members`. A record that
/// `decode_record` would refuse is our own mistake and stops the server before it spoils the
/// database.
[[nodiscard]] RecordRow encode_record(const names::Record& record, std::uint64_t batch,
                                      MembersBuffer& members);

/// Trusts nothing: the file may have been edited by anybody (CVE-2008-1451). The error says what is
/// wrong with it.
[[nodiscard]] Result<names::Record, std::string_view> decode_record(const RecordRow& row);

/// What a TouchRecord does to a record.
void apply_touch(names::Record& record, Instant due);

}  // namespace winsome::store
