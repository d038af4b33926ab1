#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace winsome::admin {

/// A few threads for calls that wait for the daemon or the disk, so that gRPC's own never do.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t queue_length_max);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();  // after what is queued has run

  /// False, and the task is dropped, when too many wait already.
  [[nodiscard]] bool post(std::function<void()> task);

 private:
  void work();

  const std::size_t queue_length_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace winsome::admin
