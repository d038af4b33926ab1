#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "server/core/result.h"
#include "server/names/record.h"
#include "server/store/database.h"

namespace winsome::store {

/// What `read_record` expects a statement to select.
inline constexpr std::string_view record_columns =
    "name, scope, type, state, node, static, owner, version, due, batch, members, fed";

/// A record as its row has it, and the batch that wrote it.
struct StoredRecord {
  names::Record record;
  std::uint64_t batch = 0;
};

/// The row that `row` stands on; the error says what is wrong with it.
[[nodiscard]] Result<StoredRecord, std::string> read_record(const Statement& row);

/// Hands over every row of `names`, in the order of names. A row that does not decode, or that is
/// not behind the one before it, ends the scan as `damaged`.
[[nodiscard]] Result<void, StoreFailure> scan_names(
    Database& database, const std::function<void(StoredRecord&&)>& sink);

/// Hands over the rows of `refreshes` behind batch `after`, oldest first. `sink` is false for a row
/// that does not decode, which ends the scan as `damaged`.
[[nodiscard]] Result<void, StoreFailure> scan_refreshes(
    Database& database, std::uint64_t after,
    const std::function<bool(std::uint64_t batch, Octets packed)>& sink);

/// The one row of `counters`.
struct CountersRow {
  Counters counters;
  std::uint64_t batch = 0;
  Ipv4 owner;
};
[[nodiscard]] Result<CountersRow, StoreFailure> read_counters(Database& database);

}  // namespace winsome::store
