#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "server/core/result.h"
#include "server/store/database.h"

namespace winsome::store {

/// Calls `read` on every row that `sql` selects; it says what is wrong with the row, empty:
/// nothing. What is wrong makes the database `damaged`.
template <class F>
[[nodiscard]] Result<void, StoreFailure> each_row(Database& database, std::string_view sql,
                                                  F read) {
  auto rows = database.prepare(sql);
  if (!rows) return fail(std::move(rows).error());
  int code = rows->step();
  for (; code == SQLITE_ROW; code = rows->step()) {
    if (const std::string wrong = read(*rows); !wrong.empty()) {
      return fail(damaged(database.file(), wrong));
    }
  }
  if (code != SQLITE_DONE) return fail(database.failure("cannot read the name database"));
  return {};
}

}  // namespace winsome::store
