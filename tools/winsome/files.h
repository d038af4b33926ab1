#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "server/core/result.h"

namespace winsome::cli {

/// The whole of a file, `-` standard input. The error says what the system said.
[[nodiscard]] Result<std::string, std::string> read_file(const std::filesystem::path& path);

/// A file that appears under its name only when it is whole.
class NewFile {
 public:
  /// Empty or `-`: standard output.
  [[nodiscard]] static Result<NewFile, std::string> create(const std::filesystem::path& path);
  NewFile(NewFile&& other) noexcept;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();  // takes an unfinished file away

  void write(std::string_view text);
  [[nodiscard]] Result<void, std::string> finish();

 private:
  NewFile(std::filesystem::path path, std::filesystem::path draft, std::FILE* stream)
      : path_(std::move(path)), draft_(std::move(draft)), stream_(stream) {}

  std::filesystem::path path_;  // empty: standard output
  std::filesystem::path draft_;
  std::FILE* stream_;
  int error_ = 0;
};

}  // namespace winsome::cli
