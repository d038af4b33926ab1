#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "server/core/journaled_map.h"
#include "server/leases/actions.h"

namespace winsome::dhcp {

/// What DNS has yet to be told, oldest first. Changes in batches, as the leases do.
class DnsQueue {
 public:
  /// Two records each of 50,000 leases; while DNS is away beyond that, leases are given without
  /// telling it, and told at a renewal.
  static constexpr std::size_t additions_max = 100'000;
  /// Room for taking back all that was added; what is lost beyond it stays in DNS until its owner
  /// comes again.
  static constexpr std::size_t removals_max = 2 * additions_max;

  void load(DnsWork work);

  /// False when there is no room; gives it the next id.
  bool add(DnsWork work);
  void erase(std::uint64_t id) { work_.erase(id); }
  [[nodiscard]] const DnsWork* find(std::uint64_t id) const { return work_.find(id); }
  [[nodiscard]] bool empty() const { return work_.size() == 0; }
  [[nodiscard]] bool room() const { return work_.size() + 2 <= additions_max; }

  /// The first `most` that are durable, of those behind `after`.
  [[nodiscard]] std::vector<DnsWork> first(std::size_t most, std::uint64_t after) const;

  void begin_batch();
  void changes(std::vector<Change>& changes) const;
  [[nodiscard]] bool grew() const { return next_ != from_.back(); }
  void commit_oldest();
  void undo_all();

 private:
  JournaledMap<std::uint64_t, DnsWork> work_;
  std::uint64_t next_ = 1;          // ids are never given twice, also when undone
  std::deque<std::uint64_t> from_;  // for each batch in flight: its own begin here
};

}  // namespace winsome::dhcp
