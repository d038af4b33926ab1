#pragma once

#include <absl/container/btree_map.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "server/core/result.h"
#include "server/names/actions.h"
#include "server/store/database.h"

namespace winsome::store {

/// A refresh that is in the table `refreshes` and not yet in its name's row.
struct LoggedRefresh {
  Instant due;
  std::uint64_t batch = 0;
};

/// Appends one refresh to the `packed` column of its batch.
void pack_refresh(std::vector<std::uint8_t>& packed, const names::TouchRecord& touch);

inline constexpr std::size_t refresh_name_size = 16;

/// Calls `sink(ScopedNameView, Instant)` for each refresh in `packed`; false where it does not end
/// with a whole one.
template <class Sink>
[[nodiscard]] bool unpack_refreshes(Octets packed, Sink&& sink) {
  ByteReader in(packed);
  while (in.remaining() > 0) {
    nbns::ScopedNameView name;
    const auto octets = in.take(refresh_name_size);
    const Instant due(milliseconds(static_cast<std::int64_t>(in.u64())));
    const auto scope = in.take(in.u8());
    if (!in.ok() || scope.size() > nbns::scope_length_max) return false;
    std::ranges::copy(octets, name.name.octets.begin());
    name.scope = {reinterpret_cast<const char*>(scope.data()), scope.size()};
    sink(name, due);
  }
  return in.ok();
}

/// Decides which logged refreshes are folded into their rows, and when. A random name lies on a
/// page of its own, so writing `due` in place costs a page per refresh; folded in the order of
/// names, some ten refreshes share one.
///
/// Refreshes gather until there are `generation_size`. Then those gathered become the generation
/// that is folded, a slice with each batch that brings new ones, twice as fast as they come; once
/// it is through, its part of the table goes. So the table never holds more than one and a half
/// generations. Folding a refresh twice changes nothing (the row knows its batch), so a crash
/// between two slices costs only the work.
///
/// What a transaction uses is `slice`; only `committed` changes the log, so a failed transaction
/// leaves it as it was.
class RefreshLog {
 public:
  using Refreshes = absl::btree_map<nbns::ScopedName, LoggedRefresh>;

  /// 6.5 MB of table, at most 18 MB of memory while it is folded.
  static constexpr std::size_t generation_size = 262'144;

  explicit RefreshLog(std::size_t generation = generation_size) : generation_(generation) {}

  /// Takes what the table held when the database was opened, oldest batch first; false: damaged.
  [[nodiscard]] bool restore(std::uint64_t batch, Octets packed);

  struct Slice {
    Refreshes::const_iterator begin;
    Refreshes::const_iterator end;
    std::uint64_t through = 0;  // once the slice is folded, batches up to this one go; 0: none
  };
  /// What to fold beside `arriving` new refreshes.
  [[nodiscard]] Slice slice(std::size_t arriving) const;

  void committed(std::uint64_t batch, std::span<const names::Change> changes, const Slice& folded);

  /// The newest refresh of `name` that is not folded; null: none.
  [[nodiscard]] const LoggedRefresh* find(const nbns::ScopedName& name) const;

 private:
  void add(const nbns::ScopedName& name, Instant due, std::uint64_t batch);

  std::size_t generation_;
  Refreshes gathered_;
  std::size_t gathered_count_ = 0;  // in the table: repeated names count
  std::uint64_t gathered_through_ = 0;
  Refreshes folding_;
  std::uint64_t folding_through_ = 0;
};

}  // namespace winsome::store
