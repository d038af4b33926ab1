#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "server/core/result.h"
#include "server/store/database.h"
#include "server/store/refresh_log.h"

namespace winsome::store {

/// A reader's copy of the table `refreshes`. Only what was added since the last call is read,
/// because the table is megabytes under load and a page of the administrator's list is not. As
/// large as the table, which RefreshLog bounds.
class RefreshCopy {
 public:
  /// To be called within the transaction that read the rows.
  [[nodiscard]] Result<void, StoreFailure> update(Database& database);

  /// Calls `sink(batch, ScopedNameView, Instant)` for each refresh, oldest first.
  template <class Sink>
  void for_each(Sink&& sink) const {
    for (const auto& row : rows_) {
      (void)unpack_refreshes(row.packed, [&](const nbns::ScopedNameView& name, Instant due) {
        sink(row.batch, name, due);
      });
    }
  }

 private:
  struct Row {
    std::uint64_t batch = 0;
    std::vector<std::uint8_t> packed;  // whole refreshes
  };
  std::deque<Row> rows_;
};

}  // namespace winsome::store
