#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/core/result.h"
#include "server/store/database.h"

namespace winsome::store {

/// Moves the write-ahead log into the database on a thread and a connection of its own, so that no
/// commit waits for it. The connection also keeps the log's index alive while the writer's is
/// closed after a failure: what a failed commit left in the log is then never taken for committed.
class Checkpointer {
 public:
  /// In pages of the log. A longer log means fewer writes of one and the same page, and a slower
  /// look-up in it.
  struct Limits {
    int wake = 16'384;  // 32 MiB
    /// The longest log under steady load: a checkpoint only ends it when it catches up with the
    /// writer, so beyond this length commits wait while the rest, which is short by then, is moved.
    int hold = 131'072;  // 256 MiB
  };

  Checkpointer(Database database, Limits limits);
  ~Checkpointer();

  /// Held by the writer while it writes.
  [[nodiscard]] std::mutex& turn() { return turn_; }

  /// Called after each commit.
  void log_has(int frames);

 private:
  void work();
  /// How many frames the log has, and how many of them are not yet in the database, afterwards.
  struct Log {
    int frames = 0;
    int left = 0;
  };
  [[nodiscard]] Log checkpoint();

  Database database_;
  const Limits limits_;
  std::mutex turn_;
  std::mutex mutex_;
  std::condition_variable due_;
  bool is_due_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace winsome::store
