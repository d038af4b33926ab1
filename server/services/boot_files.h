#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "server/core/result.h"

namespace winsome::services {

enum class FileError : std::uint8_t {
  not_found,
  access,  // not permitted, a link out of the root, or no regular file
  busy,    // of descriptors or memory there are none left
};

/// A regular file that is open for reading.
class BootFile {
 public:
  BootFile(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  BootFile(BootFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}
  BootFile& operator=(BootFile&&) = delete;
  ~BootFile();

  /// When it was opened.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// How many octets were read: fewer than there is room for only at the end of the file.
  [[nodiscard]] Result<std::size_t, FileError> read(std::uint64_t offset,
                                                    std::span<std::uint8_t> room) const;

 private:
  int fd_;
  std::uint64_t size_;
};

/// The files below one directory. The kernel keeps every path inside (openat2), whatever links
/// there are and whoever moves them meanwhile: relative links are followed where they stay inside,
/// absolute ones never. Any thread may open.
class BootFiles {
 public:
  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<BootFiles, std::string> at(const std::string& root);

  /// `path` is relative. The root is looked up each time, so it may be replaced as a whole.
  [[nodiscard]] Result<BootFile, FileError> open(const std::string& path) const;

 private:
  explicit BootFiles(std::string root) : root_(std::move(root)) {}
  std::string root_;
};

}  // namespace winsome::services
