#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace winsome::services {

/// A directory `root` inside a temporary one, which goes with the test.
class BootDirectory {
 public:
  BootDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "winsome-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    top_ = name;
    std::filesystem::create_directory(root());
  }
  BootDirectory(const BootDirectory&) = delete;
  BootDirectory& operator=(const BootDirectory&) = delete;
  ~BootDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(top_, ignored);
  }

  [[nodiscard]] std::string root() const { return (top_ / "root").string(); }

  /// `path` is relative to the root.
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(place(path), std::ios::binary) << text;
  }
  void link(const std::string& target, const std::string& path) const {
    std::filesystem::create_symlink(target, place(path));
  }

 private:
  [[nodiscard]] std::filesystem::path place(const std::string& path) const {
    auto whole = std::filesystem::path(root()) / path;
    std::filesystem::create_directories(whole.parent_path());
    return whole;
  }
  std::filesystem::path top_;
};

}  // namespace winsome::services
