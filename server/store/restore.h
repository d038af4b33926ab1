#pragma once

#include <filesystem>

#include "server/core/result.h"
#include "server/store/name_store.h"

namespace winsome::store {

/// Puts `backup` in the place of the database of `data_dir`, which no server may be using. The
/// backup is checked wholly before anything is touched; what was there is renamed to
/// `winsome.db.replaced-<UTC>`, its log with it.
///
/// The version counter goes back with the rest, so partners may hold records of ours that are newer
/// than any we now know. That is why the copy keeps the identity of its origin, counts one restore
/// more, and no start: the server that loads it first must learn from its partners how far its
/// versions had come before it gives out any.
[[nodiscard]] Result<void, StoreFailure> restore(const std::filesystem::path& backup,
                                                 const std::filesystem::path& data_dir);

/// A restore that was cut off between taking the old database away and putting the copy in place
/// must not look like an empty database to the next start.
[[nodiscard]] Result<void, StoreFailure> refuse_half_restored(
    const std::filesystem::path& data_dir);

}  // namespace winsome::store
