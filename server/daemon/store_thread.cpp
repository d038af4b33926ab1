#include "server/daemon/store_thread.h"

#include <utility>

#include "server/daemon/precedence.h"

namespace winsome::daemon {

StoreThread::StoreThread(store::NameStore& store, Mailbox& mailbox)
    : store_(store), mailbox_(mailbox), thread_([this] { run(); }) {}

StoreThread::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void StoreThread::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void StoreThread::run() {
  give_way_to_queries();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    mailbox_.post(perform(work));
    lock.lock();
  }
}

Completion StoreThread::perform(const Work& work) {
  if (work.batch == 0) {
    const auto probed = store_.probe(work.clock);
    failed_ = !probed;
    return {.batch = 0, .durable = probed.has_value(), .text = probed ? "" : probed.error().text};
  }
  if (failed_)
    return {.batch = work.batch, .durable = false, .text = "an earlier batch was not written"};
  if (work.changes.empty() && work.replication.empty() && work.leases.empty() &&
      work.version == version_)
    return {.batch = work.batch, .durable = true, .text = {}};
  const auto committed = store_.commit({.changes = work.changes,
                                        .replication = work.replication,
                                        .leases = work.leases,
                                        .version = work.version,
                                        .clock = work.clock});
  failed_ = !committed;
  if (committed) version_ = work.version;
  return {.batch = work.batch,
          .durable = committed.has_value(),
          .text = committed ? "" : committed.error().text};
}

}  // namespace winsome::daemon
