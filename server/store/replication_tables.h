#pragma once

#include "replication/engine/memory.h"
#include "server/core/result.h"
#include "server/store/database.h"

namespace winsome::store {

/// What the tables of schema/0002_replication.sql hold: owners and pending replicas in the order of
/// their keys. A row that does not decode, or that is not behind the one before it, is `damaged`.
[[nodiscard]] Result<replication::Memory, StoreFailure> read_memory(Database& database);

}  // namespace winsome::store
