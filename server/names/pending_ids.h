#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace winsome::names {

/// Transaction ids of the challenges that wait for an answer, readable by every answer thread: a
/// response with any other id is not worth a place in a queue, so a flood of responses starves
/// nobody (decision 4).
class PendingIds {
 public:
  [[nodiscard]] bool contains(std::uint16_t id) const {
    return (words_[id / 64].load(std::memory_order_relaxed) >> (id % 64) & 1) != 0;
  }
  void insert(std::uint16_t id) {
    words_[id / 64].fetch_or(std::uint64_t{1} << (id % 64), std::memory_order_relaxed);
  }
  void erase(std::uint16_t id) {
    words_[id / 64].fetch_and(~(std::uint64_t{1} << (id % 64)), std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, 1024> words_{};
};

}  // namespace winsome::names
