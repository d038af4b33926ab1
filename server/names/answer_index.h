#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "server/names/actions.h"
#include "server/names/answer.h"

namespace winsome::names {

/// What the answer plane reads: a hash table of ready-made answers. One thread publishes, many look
/// up, and no one ever waits: readers follow atomic pointers, and an answer that was replaced is
/// freed only when every reader has said, by `Reader::quiescent`, that it holds nothing from
/// before.
class AnswerIndex {
 public:
  /// More answer threads than any machine we know has use for.
  static constexpr std::size_t readers_max = 64;

  AnswerIndex();
  ~AnswerIndex();
  AnswerIndex(const AnswerIndex&) = delete;
  AnswerIndex& operator=(const AnswerIndex&) = delete;

  /// A thread's access. What `find` returned is valid until the thread's next `quiescent` or
  /// `offline`.
  class Reader {
   public:
    explicit Reader(AnswerIndex& index);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    [[nodiscard]] const Answer* find(const nbns::ScopedNameView& name) const;

    /// Between two batches of datagrams: nothing that was found before is used any more.
    void quiescent();
    /// Before blocking: publishing need not wait for this thread until its next `quiescent`.
    void offline();

   private:
    AnswerIndex& index_;
    std::atomic<std::uint64_t>& epoch_;
  };

  /// Makes answers visible, one by one, in this order. One thread only.
  void publish(std::span<Publication> publications);
  void publish(Publication publication);

  /// Room for this many names without growing.
  void reserve(std::size_t names);

  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Table;
  struct Retired {
    std::uint64_t epoch;
    AnswerPtr answer;
    std::unique_ptr<Table> table;
  };
  static constexpr std::uint64_t not_reading = 0;

  void put(const nbns::ScopedName& name, AnswerPtr answer);
  void grow(std::size_t slots);
  void retire(AnswerPtr answer, std::unique_ptr<Table> table);
  void reclaim();

  std::atomic<Table*> table_;
  std::unique_ptr<Table> owned_;
  std::atomic<std::size_t> size_ = 0;
  std::size_t used_ = 0;  // slots that are taken, also by names that were erased
  std::atomic<std::uint64_t> epoch_ = 1;
  std::vector<Retired> retired_;
  std::mutex readers_mutex_;  // only for coming and going
  std::array<bool, readers_max> taken_{};
  struct alignas(64) ReaderEpoch {
    std::atomic<std::uint64_t> value = not_reading;
  };
  std::array<ReaderEpoch, readers_max> epochs_{};
};

}  // namespace winsome::names
