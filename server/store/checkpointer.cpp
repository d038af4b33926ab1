#include "server/store/checkpointer.h"

#include <utility>

namespace winsome::store {

Checkpointer::Checkpointer(Database database, Limits limits)
    : database_(std::move(database)), limits_(limits), thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  due_.notify_one();
  thread_.join();
}

void Checkpointer::log_has(int frames) {
  if (frames < limits_.wake) return;
  {
    const std::scoped_lock lock(mutex_);
    is_due_ = true;
  }
  due_.notify_one();
}

void Checkpointer::work() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      due_.wait(lock, [this] { return is_due_ || stopping_; });
      if (stopping_) return;
      is_due_ = false;
    }
    const auto log = checkpoint();
    if (log.left == 0 || log.frames < limits_.hold) continue;
    const std::scoped_lock turn(turn_);
    (void)checkpoint();
  }
}

Checkpointer::Log Checkpointer::checkpoint() {
  // A failure leaves the log as it was, and the next commit brings us back here. A reader that
  // still needs the old pages does the same.
  Log log;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &log.frames, &moved);
  if (code != SQLITE_OK) return {};
  log.left = log.frames - moved;
  return log;
}

}  // namespace winsome::store
