#include "server/names/answer_index.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <bit>

#include "server/core/check.h"

namespace winsome::names {
namespace {

// A slot holds the address of an answer and, in the 16 bits that x86-64 and arm64 leave free, a
// part of the hash, so that a look-up that meets another name does not have to visit its answer.
constexpr std::uint64_t empty_slot = 0;
constexpr std::uint64_t erased_slot = 1;
constexpr std::size_t slots_min = 1024;
constexpr std::size_t retired_before_reclaim = 256;

std::uint64_t hash_of(const nbns::ScopedNameView& name) {
  return absl::Hash<nbns::ScopedNameView>{}(name);
}

constexpr std::uint64_t tag_of(std::uint64_t hash) {
  return hash & 0xffff'0000'0000'0000U;
}

const Answer* answer_in(std::uint64_t slot) {
  return reinterpret_cast<const Answer*>(slot & 0x0000'ffff'ffff'ffffU);  // NOLINT: see above
}

std::uint64_t slot_for(const Answer* answer, std::uint64_t hash) {
  const auto address = reinterpret_cast<std::uint64_t>(answer);
  check((address >> 48) == 0, "user-space addresses have 48 bits");
  return address | tag_of(hash);
}

}  // namespace

struct AnswerIndex::Table {
  explicit Table(std::size_t count) : slots(count), mask(count - 1) {}

  /// The slot that holds `name`, or the first empty one of its run.
  [[nodiscard]] std::size_t locate(const nbns::ScopedNameView& name, std::uint64_t hash) const {
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const auto slot = slots[at].load();
      if (slot == empty_slot) return at;
      if (slot != erased_slot && tag_of(slot) == tag_of(hash) && answer_in(slot)->name() == name)
        return at;
    }
  }

  std::vector<std::atomic<std::uint64_t>> slots;
  std::size_t mask;
};

AnswerIndex::AnswerIndex() : owned_(std::make_unique<Table>(slots_min)) {
  table_ = owned_.get();
}

AnswerIndex::~AnswerIndex() {
  for (auto& slot : owned_->slots) {
    const auto value = slot.load();
    if (value != empty_slot && value != erased_slot) AnswerPtr(answer_in(value));
  }
}

AnswerIndex::Reader::Reader(AnswerIndex& index)
    : index_(index), epoch_([&index]() -> std::atomic<std::uint64_t>& {
        const std::lock_guard lock(index.readers_mutex_);
        const auto free = std::ranges::find(index.taken_, false);
        check(free != index.taken_.end(), "there are at most readers_max answer threads");
        *free = true;
        return index.epochs_[static_cast<std::size_t>(free - index.taken_.begin())].value;
      }()) {
  quiescent();
}

AnswerIndex::Reader::~Reader() {
  offline();
  const std::lock_guard lock(index_.readers_mutex_);
  for (std::size_t i = 0; i < readers_max; ++i) {
    if (&index_.epochs_[i].value == &epoch_) index_.taken_[i] = false;
  }
}

const Answer* AnswerIndex::Reader::find(const nbns::ScopedNameView& name) const {
  const auto* table = index_.table_.load();
  const auto slot = table->slots[table->locate(name, hash_of(name))].load();
  // Between the two loads the publisher may have filled the empty slot with another name, or erased
  // this one.
  if (slot == empty_slot || slot == erased_slot) return nullptr;
  const auto* answer = answer_in(slot);
  return answer->name() == name ? answer : nullptr;
}

void AnswerIndex::Reader::quiescent() {
  // This, the look-ups and the publisher's stores are sequentially consistent: a reader that comes
  // back while the publisher looks for readers either is seen by it, or sees what it unlinked.
  epoch_.store(index_.epoch_.load());
}

void AnswerIndex::Reader::offline() {
  epoch_.store(not_reading, std::memory_order_release);
}

void AnswerIndex::publish(std::span<Publication> publications) {
  for (auto& publication : publications) put(publication.name, std::move(publication.answer));
  reclaim();
}

void AnswerIndex::publish(Publication publication) {
  publish(std::span(&publication, 1));
}

void AnswerIndex::put(const nbns::ScopedName& name, AnswerPtr answer) {
  const auto hash = hash_of(name.view());
  auto at = owned_->locate(name.view(), hash);
  const auto before = owned_->slots[at].load(std::memory_order_relaxed);
  if (before == empty_slot) {
    if (!answer) return;
    if ((used_ + 1) * 4 > owned_->slots.size() * 3) {
      grow(std::bit_ceil(std::max(size() * 2 + 2, slots_min)));
      at = owned_->locate(name.view(), hash);
    }
    ++used_;
  }
  if (before == empty_slot) size_.store(size() + 1, std::memory_order_relaxed);
  if (!answer) size_.store(size() - 1, std::memory_order_relaxed);
  const auto slot = answer ? slot_for(answer.release(), hash) : erased_slot;
  owned_->slots[at].store(slot);
  if (before != empty_slot) retire(AnswerPtr(answer_in(before)), nullptr);
}

void AnswerIndex::reserve(std::size_t names) {
  const auto slots = std::bit_ceil(std::max(names * 3 / 2, slots_min));
  if (slots > owned_->slots.size()) grow(slots);
}

void AnswerIndex::grow(std::size_t slots) {
  auto table = std::make_unique<Table>(slots);
  used_ = 0;
  for (const auto& slot : owned_->slots) {
    const auto value = slot.load(std::memory_order_relaxed);
    if (value == empty_slot || value == erased_slot) continue;
    const auto hash = hash_of(answer_in(value)->name());
    auto at = hash & table->mask;
    while (table->slots[at].load(std::memory_order_relaxed) != empty_slot)
      at = (at + 1) & table->mask;
    table->slots[at].store(value, std::memory_order_relaxed);
    ++used_;
  }
  table_.store(table.get());
  std::swap(owned_, table);
  retire(nullptr, std::move(table));
}

void AnswerIndex::retire(AnswerPtr answer, std::unique_ptr<Table> table) {
  retired_.push_back({epoch_.load(), std::move(answer), std::move(table)});
}

void AnswerIndex::reclaim() {
  if (retired_.size() < retired_before_reclaim) return;
  // What was retired up to this epoch was unlinked before a reader could announce the next one.
  epoch_.fetch_add(1);
  auto oldest = epoch_.load();
  for (const auto& reader : epochs_) {
    const auto seen = reader.value.load();
    if (seen != not_reading) oldest = std::min(oldest, seen);
  }
  const auto keep =
      std::ranges::find_if(retired_, [oldest](const Retired& r) { return r.epoch >= oldest; });
  retired_.erase(retired_.begin(), keep);
}

}  // namespace winsome::names
