#pragma once

#include <filesystem>
#include <utility>

#include "server/core/result.h"
#include "server/store/name_store.h"

namespace winsome::store {

/// One server, or one `winsome restore`, per data directory. The kernel lets go of it when the
/// process ends, however it ends.
class DataDirLock {
 public:
  [[nodiscard]] static Result<DataDirLock, StoreFailure> take(
      const std::filesystem::path& data_dir);

  DataDirLock(DataDirLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  DataDirLock& operator=(DataDirLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~DataDirLock();

 private:
  explicit DataDirLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// The places of lock and database in a data directory.
[[nodiscard]] std::filesystem::path lock_file(const std::filesystem::path& data_dir);
[[nodiscard]] inline std::filesystem::path database_file(const std::filesystem::path& data_dir) {
  return data_dir / "winsome.db";
}

}  // namespace winsome::store
