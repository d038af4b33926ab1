#include "server/store/refresh_log.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "server/core/byte_writer.h"
#include "server/core/check.h"

namespace winsome::store {
namespace {

constexpr std::size_t packed_size_max = refresh_name_size + 8 + 1 + nbns::scope_length_max;

}  // namespace

void pack_refresh(std::vector<std::uint8_t>& packed, const names::TouchRecord& touch) {
  std::array<std::uint8_t, packed_size_max> buffer;
  ByteWriter out(buffer);
  const auto scope = touch.name.scope.view();
  out.put(touch.name.name.octets);
  out.u64(static_cast<std::uint64_t>(touch.due.time_since_epoch().count()));
  out.u8(static_cast<std::uint8_t>(scope.size()));
  out.put({reinterpret_cast<const std::uint8_t*>(scope.data()), scope.size()});
  check(out.ok(), "a scope is too long to be stored");
  packed.insert(packed.end(), out.written().begin(), out.written().end());
}

bool RefreshLog::restore(std::uint64_t batch, Octets packed) {
  return unpack_refreshes(packed, [&](const nbns::ScopedNameView& name, Instant due) {
    add(nbns::ScopedName(name), due, batch);
  });
}

RefreshLog::Slice RefreshLog::slice(std::size_t arriving) const {
  const auto count = std::min(2 * arriving, folding_.size());
  const auto end = std::next(folding_.begin(), static_cast<std::ptrdiff_t>(count));
  const bool last = folding_through_ > 0 && end == folding_.end();
  return {folding_.begin(), end, last ? folding_through_ : 0};
}

void RefreshLog::committed(std::uint64_t batch, std::span<const names::Change> changes,
                           const Slice& folded) {
  folding_.erase(folded.begin, folded.end);
  if (folded.through > 0) folding_through_ = 0;

  for (const auto& change : changes) {
    if (const auto* touch = std::get_if<names::TouchRecord>(&change)) {
      add(touch->name, touch->due, batch);
    }
  }
  if (gathered_count_ < generation_ || folding_through_ > 0) return;
  folding_ = std::exchange(gathered_, {});
  folding_through_ = gathered_through_;
  gathered_count_ = 0;
}

const LoggedRefresh* RefreshLog::find(const nbns::ScopedName& name) const {
  for (const auto* refreshes : {&gathered_, &folding_}) {
    if (const auto found = refreshes->find(name); found != refreshes->end()) return &found->second;
  }
  return nullptr;
}

void RefreshLog::add(const nbns::ScopedName& name, Instant due, std::uint64_t batch) {
  gathered_.insert_or_assign(name, LoggedRefresh{due, batch});
  gathered_through_ = batch;
  ++gathered_count_;
}

}  // namespace winsome::store
