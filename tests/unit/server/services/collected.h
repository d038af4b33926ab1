#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace winsome::services {

/// What another thread delivers, to wait for.
template <class T>
class Collected {
 public:
  void add(std::vector<T>&& more) {
    const std::lock_guard lock(mutex_);
    for (auto& one : more) all_.push_back(std::move(one));
    changed_.notify_all();
  }

  /// All that came, as soon as there are `count`; what there is after five seconds.
  std::vector<T> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(5), [&] { return all_.size() >= count; });
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> all_;
};

}  // namespace winsome::services
