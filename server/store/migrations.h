#pragma once

#include <span>
#include <string_view>

#include "server/core/result.h"
#include "server/store/database.h"

namespace winsome::store {

/// One file of schema/, embedded when the program is built. `PRAGMA user_version` counts those that
/// were run.
struct Migration {
  std::string_view name;  // 0001_names.sql
  std::string_view sql;
};

/// Those of this program, in order: the n-th brings a database to version n.
[[nodiscard]] std::span<const Migration> migrations();

/// Brings the database to the last version, or leaves it alone when it is there. Each step is one
/// transaction. A database that holds something is first copied beside itself
/// (`winsome.db.before-2`). One of a later version, or one that is not ours, is refused.
[[nodiscard]] Result<void, StoreFailure> migrate(Database& database,
                                                 std::span<const Migration> steps);

/// Refuses what `migrate` would refuse, and does nothing else. 0: nothing is in it yet.
[[nodiscard]] Result<std::size_t, StoreFailure> schema_version(Database& database,
                                                               std::span<const Migration> steps);

}  // namespace winsome::store
