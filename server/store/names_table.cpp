#include "server/store/names_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "server/store/record_codec.h"

namespace winsome::store {
namespace {

constexpr int integers_first = 2;  // of record_columns
constexpr int integers_last = 9;

StoreFailure unreadable(const Database& database) {
  return database.failure("cannot read the name database");
}

/// Enough of a broken row's name to find it by.
std::string label(Octets name) {
  std::string text;
  for (const auto octet : name.first(std::min<std::size_t>(name.size(), 16))) {
    text += fmt::format("{:02x}", octet);
  }
  return text;
}

}  // namespace

Result<StoredRecord, std::string> read_record(const Statement& row) {
  bool typed = row.is_blob(0) && row.is_blob(1) && row.is_blob(10) && row.is_integer(11);
  for (int column = integers_first; column <= integers_last; ++column) {
    typed = typed && row.is_integer(column);
  }
  if (!typed) return fail(std::string("a record holds a value of a wrong kind"));

  const RecordRow columns{
      .name = row.blob(0),
      .scope = row.blob(1),
      .type = row.integer(2),
      .state = row.integer(3),
      .node = row.integer(4),
      .is_static = row.integer(5),
      .owner = row.integer(6),
      .version = row.integer(7),
      .due = row.integer(8),
      .batch = row.integer(9),
      .members = row.blob(10),
      .fed = row.integer(11),
  };
  auto record = decode_record(columns);
  if (!record) {
    return fail(fmt::format("the row of name {}: {}", label(columns.name), record.error()));
  }
  return StoredRecord{*std::move(record), static_cast<std::uint64_t>(columns.batch)};
}

Result<void, StoreFailure> scan_names(Database& database,
                                      const std::function<void(StoredRecord&&)>& sink) {
  auto rows =
      database.prepare(fmt::format("SELECT {} FROM names ORDER BY name, scope", record_columns));
  if (!rows) return fail(std::move(rows).error());
  std::optional<nbns::ScopedName> last;
  int code = rows->step();
  for (; code == SQLITE_ROW; code = rows->step()) {
    auto stored = read_record(*rows);
    if (!stored) return fail(damaged(database.file(), stored.error()));
    if (last && *last >= stored->record.name) {
      return fail(damaged(database.file(), "names are out of order or there twice"));
    }
    last = stored->record.name;
    sink(*std::move(stored));
  }
  if (code != SQLITE_DONE) return fail(unreadable(database));
  return {};
}

Result<void, StoreFailure> scan_refreshes(
    Database& database, std::uint64_t after,
    const std::function<bool(std::uint64_t batch, Octets packed)>& sink) {
  auto rows =
      database.prepare("SELECT batch, packed FROM refreshes WHERE batch > ?1 ORDER BY batch");
  if (!rows) return fail(std::move(rows).error());
  rows->bind(1, static_cast<std::int64_t>(after));
  int code = rows->step();
  for (; code == SQLITE_ROW; code = rows->step()) {
    if (!rows->is_blob(1) || !sink(static_cast<std::uint64_t>(rows->integer(0)), rows->blob(1))) {
      return fail(damaged(database.file(), "a row of the table refreshes does not decode"));
    }
  }
  if (code != SQLITE_DONE) return fail(unreadable(database));
  return {};
}

Result<CountersRow, StoreFailure> read_counters(Database& database) {
  auto row = database.prepare("SELECT version, batch, clock_now, clock_wall, owner FROM counters");
  if (!row) return fail(std::move(row).error());
  const int code = row->step();
  if (code == SQLITE_DONE) return fail(damaged(database.file(), "its counters are missing"));
  if (code != SQLITE_ROW) return fail(unreadable(database));
  for (int column = 0; column < 5; ++column) {
    if (!row->is_integer(column)) {
      return fail(damaged(database.file(), "its counters are not numbers"));
    }
  }
  const auto owner = row->integer(4);
  if (owner < 0 || owner > std::numeric_limits<std::uint32_t>::max()) {
    return fail(damaged(database.file(), "its owner is no address"));
  }
  CountersRow read;
  read.owner = Ipv4(static_cast<std::uint32_t>(owner));
  read.counters.version = static_cast<std::uint64_t>(row->integer(0));
  read.batch = static_cast<std::uint64_t>(row->integer(1));
  read.counters.clock = {Instant(milliseconds(row->integer(2))), row->integer(3)};
  return read;
}

}  // namespace winsome::store
