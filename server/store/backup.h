#pragma once

#include <filesystem>

#include "server/core/result.h"
#include "server/store/name_store.h"

namespace winsome::store {

/// Copies the database `from`, as of the moment the copy begins, into the new file `to`, which
/// appears whole and synced or not at all. May run beside commits, on any thread: it reads on a
/// connection of its own.
[[nodiscard]] Result<void, StoreFailure> back_up(const std::filesystem::path& from,
                                                 const std::filesystem::path& to);

}  // namespace winsome::store
