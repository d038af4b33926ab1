#include "server/store/data_dir_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace winsome::store {
namespace {

StoreFailure cannot_use(const std::filesystem::path& data_dir, int code) {
  const auto dir = data_dir.string();
  switch (code) {
    case ENOENT:
      return {StoreError::cannot_open,
              fmt::format("the data directory {} does not exist; create it for the user that runs "
                          "the server, or set data_dir to another",
                          dir)};
    case ENOTDIR:
      return {StoreError::cannot_open,
              fmt::format("{} is not a directory; set data_dir to a directory", dir)};
    case EACCES:
    case EPERM:
    case EROFS:
      return {StoreError::cannot_open,
              fmt::format("no permission to write in {}; give the directory to the user that runs "
                          "the server, or set data_dir to another",
                          dir)};
    default:
      return {StoreError::cannot_open, fmt::format("cannot lock the data directory {}: {}", dir,
                                                   std::generic_category().message(code))};
  }
}

}  // namespace

std::filesystem::path lock_file(const std::filesystem::path& data_dir) {
  return data_dir / "winsome.lock";
}

Result<DataDirLock, StoreFailure> DataDirLock::take(const std::filesystem::path& data_dir) {
  const auto file = lock_file(data_dir);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0) return fail(cannot_use(data_dir, errno));
  DataDirLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return fail(cannot_use(data_dir, errno));
  return fail(StoreFailure{
      StoreError::cannot_open,
      fmt::format("another server uses {}; stop it, or set data_dir to another directory",
                  data_dir.string())});
}

DataDirLock::~DataDirLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace winsome::store
