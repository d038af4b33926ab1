#include "server/store/refresh_copy.h"

#include <string>

#include "server/store/names_table.h"

namespace winsome::store {

Result<void, StoreFailure> RefreshCopy::update(Database& database) {
  // An empty table: older than nothing that will come.
  const auto oldest =
      database.number("SELECT coalesce(min(batch), 9223372036854775807) FROM refreshes");
  if (!oldest) return fail(oldest.error());
  while (!rows_.empty() && rows_.front().batch < static_cast<std::uint64_t>(*oldest)) {
    rows_.pop_front();
  }
  const auto newest = rows_.empty() ? 0 : rows_.back().batch;
  return scan_refreshes(database, newest, [this](std::uint64_t batch, Octets packed) {
    const bool whole = unpack_refreshes(packed, [](const nbns::ScopedNameView&, Instant) {});
    if (whole) rows_.push_back({batch, {packed.begin(), packed.end()}});
    return whole;
  });
}

}  // namespace winsome::store
