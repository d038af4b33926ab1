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
  std::unique_lock lock(mutex_);
  is_due_ = true;
  due_.notify_one();
  if (frames < limits_.hold) return;
  // One that runs already may have begun before the last commit. Whatever comes of the passes,
  // there is no third: a reader that still needs old pages must not stop the writer.
  const auto enough = passes_ + (running_ ? 2 : 1);
  passed_.wait(lock, [&] { return passes_ >= enough; });
}

void Checkpointer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    due_.wait(lock, [this] { return is_due_ || stopping_; });
    if (stopping_) return;
    is_due_ = false;
    running_ = true;
    lock.unlock();
    checkpoint();
    lock.lock();
    running_ = false;
    ++passes_;
    passed_.notify_one();
  }
}

void Checkpointer::checkpoint() {
  // A failure leaves the log as it was, and the next commit brings us back here.
  (void)sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                  nullptr);
}

}  // namespace winsome::store
