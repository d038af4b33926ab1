#include "server/store/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace winsome::store {
namespace {

StoreFailure failure(std::string_view doing, const std::filesystem::path& path, int code) {
  return {StoreError::unavailable, fmt::format("cannot {} {}: {}", doing, path.string(),
                                               std::generic_category().message(code))};
}

Result<void, StoreFailure> sync_path(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(failure("open", path, errno));
  const int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (code != 0) return fail(failure("sync", path, code));
  return {};
}

}  // namespace

Result<void, StoreFailure> sync_directory(const std::filesystem::path& directory) {
  return sync_path(directory, O_DIRECTORY);
}

Result<void, StoreFailure> publish_file(const std::filesystem::path& from,
                                        const std::filesystem::path& to, IfPresent if_present) {
  if (auto synced = sync_path(from, 0); !synced) return synced;
  const unsigned flags = if_present == IfPresent::refuse ? RENAME_NOREPLACE : 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0) {
    const int code = errno;
    if (code == EEXIST) {
      return fail(StoreFailure{
          StoreError::cannot_open,
          fmt::format("{} exists and is not overwritten; name another file", to.string())});
    }
    return fail(failure("create", to, code));
  }
  return sync_directory(directory_of(to));
}

}  // namespace winsome::store
