#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "replication/transport/transport.h"

namespace winsome::transport {

/// How long a test waits for what must come; nothing waits so long when all is well.
inline constexpr std::chrono::seconds patience{30};

/// Stands where the engine does: what a transport posts.
class Inputs {
 public:
  [[nodiscard]] Post post() {
    return [this](replication::Input&& input) {
      const std::lock_guard lock(mutex_);
      if (full_) return false;
      inputs_.push_back(std::move(input));
      some_.notify_all();
      return true;
    };
  }

  /// The next input, whatever it is; a LinkDown when none comes.
  replication::Input next_of_any() {
    std::unique_lock lock(mutex_);
    if (!some_.wait_for(lock, patience, [this] { return !inputs_.empty(); })) {
      ADD_FAILURE() << "nothing came";
      return replication::LinkDown{};
    }
    auto input = std::move(inputs_.front());
    inputs_.pop_front();
    return input;
  }

  /// The next input, which has to be a `T`.
  template <class T>
  T next() {
    auto input = next_of_any();
    if (!std::holds_alternative<T>(input)) {
      const auto* down = std::get_if<replication::LinkDown>(&input);
      ADD_FAILURE() << "input " << input.index() << " came: " << (down ? down->why : "");
      return {};
    }
    return std::get<T>(std::move(input));
  }

  [[nodiscard]] bool empty() {
    const std::lock_guard lock(mutex_);
    return inputs_.empty();
  }

  /// Whether there is no room.
  void set_full(bool full) {
    const std::lock_guard lock(mutex_);
    full_ = full;
  }

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<replication::Input> inputs_;
  bool full_ = false;
};

/// What a transport tells of its peers, each as `who: what`.
class Faults {
 public:
  [[nodiscard]] NoteFault note() {
    return [this](const std::string& peer, const std::string& what) {
      const std::lock_guard lock(mutex_);
      faults_.push_back(peer + ": " + what);
      some_.notify_all();
    };
  }

  /// The oldest that was not yet looked at.
  [[nodiscard]] std::string next() {
    std::unique_lock lock(mutex_);
    if (!some_.wait_for(lock, patience, [this] { return !faults_.empty(); })) return "none";
    auto fault = std::move(faults_.front());
    faults_.pop_front();
    return fault;
  }

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::deque<std::string> faults_;
};

}  // namespace winsome::transport
