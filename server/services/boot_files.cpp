#include "server/services/boot_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace winsome::services {
namespace {

/// The kernel gives up (EAGAIN) when directories are moved while it looks.
constexpr int attempts_max = 8;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

int open_root(const std::string& root) {
  return ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/// -1 and errno, like the system call, for which there is no function.
int open_below(int root, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 1;; ++attempt) {
    const auto fd = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
    if (fd >= 0 || errno != EAGAIN || attempt == attempts_max) return fd;
  }
}

FileError to_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG: return FileError::not_found;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN: return FileError::busy;
    default: return FileError::access;
  }
}

}  // namespace

BootFile::~BootFile() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::size_t, FileError> BootFile::read(std::uint64_t offset,
                                              std::span<std::uint8_t> room) const {
  std::size_t size = 0;
  while (size < room.size()) {
    const auto count =
        ::pread(fd_, room.data() + size, room.size() - size, static_cast<off_t>(offset + size));
    if (count == 0) break;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(to_error(errno));
    size += static_cast<std::size_t>(count);
  }
  return size;
}

Result<BootFiles, std::string> BootFiles::at(const std::string& root) {
  const Descriptor directory(open_root(root));
  if (directory.fd() < 0) {
    const int error = errno;
    return fail("cannot open the directory " + root + " (tftp.root): " + std::strerror(error) +
                "; make it, or change tftp.root");
  }
  const Descriptor probe(open_below(directory.fd(), ".", O_PATH));
  if (probe.fd() < 0) {
    const int error = errno;
    return fail("cannot serve files below " + root + ": openat2: " + std::strerror(error) +
                "; Linux 5.6 or later is needed, and the system call must be allowed");
  }
  return BootFiles(root);
}

Result<BootFile, FileError> BootFiles::open(const std::string& path) const {
  const Descriptor directory(open_root(root_));
  if (directory.fd() < 0) return fail(to_error(errno));
  // Non-blocking, lest a FIFO keeps the thread.
  Descriptor file(open_below(directory.fd(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (file.fd() < 0) return fail(to_error(errno));
  struct stat status{};
  if (::fstat(file.fd(), &status) < 0 || !S_ISREG(status.st_mode)) return fail(FileError::access);
  ::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_SEQUENTIAL);  // twice the read-ahead
  return BootFile(file.release(), static_cast<std::uint64_t>(status.st_size));
}

}  // namespace winsome::services
