#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "server/store/database.h"

namespace winsome::store {

/// Moves the write-ahead log into the database on a thread and a connection of its own, so that
/// commits do not wait for it. The connection also keeps the log's index alive while the writer's
/// is closed after a failure: what a failed commit left in the log is then never taken for
/// committed.
class Checkpointer {
 public:
  /// In pages of the log. A longer log means fewer writes of one and the same page, and a slower
  /// look-up in it.
  struct Limits {
    int wake = 16'384;  // 32 MiB
    /// A pass leaves what was committed while it ran, so under steady load it never comes to the
    /// end of the log, which only then begins anew. Beyond this length (256 MiB) the writer waits
    /// for a pass that does.
    int hold = 131'072;
  };

  Checkpointer(Database database, Limits limits);
  ~Checkpointer();

  /// Called by the writer after each commit.
  void log_has(int frames);

 private:
  void work();
  void checkpoint();

  Database database_;
  const Limits limits_;
  std::mutex mutex_;
  std::condition_variable due_;
  std::condition_variable passed_;
  bool is_due_ = false;
  bool running_ = false;
  bool stopping_ = false;
  std::uint64_t passes_ = 0;
  std::thread thread_;
};

}  // namespace winsome::store
