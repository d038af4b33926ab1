#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/core/random.h"

namespace winsome::store {

/// The disk as it would be found after a power cut: what was synced, and of the rest whatever the
/// caches had happened to write.
class DiskImage {
 public:
  void write(const std::string& file, std::uint64_t offset, std::string octets);
  void truncate(const std::string& file, std::uint64_t size);
  void sync(const std::string& file);
  void remove(const std::string& file) { files_.erase(file); }

  /// Puts the files into `directory`. Each write that was not synced is there, torn, or missing, as
  /// `random` has it.
  void materialise(const std::filesystem::path& directory, Random& random) const;

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::string octets;
    bool truncates = false;
  };
  struct File {
    std::string synced;
    std::vector<Change> pending;
  };
  static void apply(std::string& content, const Change& change);

  std::map<std::string, File> files_;  // by name, without the directory
};

/// While it lives, SQLite's default way to the disk: counts the calls that write, sync, truncate or
/// open, makes some of them fail, and keeps a DiskImage.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  /// Of the calls from now on, the `first`-th and those behind it fail, `count` in all.
  void fail_calls(std::uint64_t first, std::uint64_t count);
  void heal() { fail_calls(1, 0); }
  /// Since the last `fail_calls`.
  [[nodiscard]] std::uint64_t calls() const;

  /// A power cut at one moment, and what had been promised by then.
  struct Cut {
    DiskImage image;
    std::uint64_t promised = 0;
  };
  /// Keeps a cut before every `interval`-th call.
  void cut_every(std::uint64_t interval);
  void promise(std::uint64_t promised);
  [[nodiscard]] std::vector<Cut> cuts() const;

 private:
  struct File;
  struct Methods;
  /// Counts a call; true: it must fail.
  [[nodiscard]] bool count();
  template <class F>
  void record(F change);

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  mutable std::mutex mutex_;
  std::uint64_t calls_ = 0;
  std::uint64_t first_ = 1;
  std::uint64_t failing_ = 0;
  std::uint64_t interval_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t promised_ = 0;
  DiskImage image_;
  std::vector<Cut> cuts_;
};

}  // namespace winsome::store
