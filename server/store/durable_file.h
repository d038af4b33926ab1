#pragma once

#include <cstdint>
#include <filesystem>

#include "server/core/result.h"
#include "server/store/name_store.h"

namespace winsome::store {

enum class IfPresent : std::uint8_t { refuse, replace };

/// Renames `from` to `to` in the same directory. The file's content and its name outlive a power
/// cut when this returns.
[[nodiscard]] Result<void, StoreFailure> publish_file(const std::filesystem::path& from,
                                                      const std::filesystem::path& to,
                                                      IfPresent if_present);

/// Makes what was created, renamed or removed in `directory` outlive a power cut.
[[nodiscard]] Result<void, StoreFailure> sync_directory(const std::filesystem::path& directory);

/// The directory that `file` lies in.
[[nodiscard]] inline std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

}  // namespace winsome::store
