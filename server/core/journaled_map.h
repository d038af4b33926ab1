#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

namespace winsome {

/// A map whose changes can be taken back as long as their batch is not durable. A batch is opened
/// for every step of the engine; at most two are in flight.
template <class Key, class Value>
class JournaledMap {
 public:
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto found = map_.find(key);
    return found == map_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const std::map<Key, Value>& all() const { return map_; }
  [[nodiscard]] std::size_t size() const { return map_.size(); }

  /// Fills the map at start: nothing is noted for undoing.
  void load(const Key& key, Value value) { map_.insert_or_assign(key, std::move(value)); }

  void put(const Key& key, Value value) {
    note(key);
    map_.insert_or_assign(key, std::move(value));
  }
  void erase(const Key& key) {
    if (!map_.contains(key)) return;
    note(key);
    map_.erase(key);
  }

  void begin_batch() { batches_.emplace_back(); }
  void commit_oldest() { batches_.pop_front(); }
  void undo_all() {
    for (auto& batch : batches_ | std::views::reverse) {
      for (auto& [key, before] : batch) {
        if (before) {
          map_.insert_or_assign(key, std::move(*before));
        } else {
          map_.erase(key);
        }
      }
    }
    batches_.clear();
  }

  /// Each key that the open batch changed, in order, and its value now; null: it is gone.
  template <class Visit>
  void changes(Visit visit) const {
    for (const auto& [key, before] : batches_.back()) {
      const auto* now = find(key);
      if (now || before) visit(key, now);
    }
  }

 private:
  void note(const Key& key) {
    auto& batch = batches_.back();
    if (batch.contains(key)) return;
    const auto found = map_.find(key);
    batch.emplace(key, found == map_.end() ? std::nullopt : std::optional(found->second));
  }

  std::map<Key, Value> map_;
  std::deque<std::map<Key, std::optional<Value>>> batches_;
};

}  // namespace winsome
