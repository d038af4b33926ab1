#include "server/store/sqlite_record_reader.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "server/store/data_dir_lock.h"
#include "server/store/name_pattern.h"
#include "server/store/names_table.h"
#include "server/store/record_codec.h"
#include "server/store/refresh_copy.h"

namespace winsome::store {
namespace {

using names::Record;
using names::RecordFilter;

/// Kept open with its copy of the refreshes; callers beside it get connections that are closed
/// again.
constexpr std::size_t idle_max = 1;

/// The 15 octets of the name as they are printed, without the suffix.
std::string printed(const nbns::Name& name) {
  auto text = to_text(name);
  text.resize(text.rfind('<'));
  return text;
}

/// What is left to ask of a row that SQL let through.
bool passes(const RecordFilter& filter, const Record& record) {
  if (filter.address && std::ranges::find(record.members, *filter.address,
                                          &names::Member::address) == record.members.end()) {
    return false;
  }
  return filter.name_pattern.empty() || matches(filter.name_pattern, printed(record.name.name));
}

template <class T, class F>
void bind_optional(Statement& statement, int index, const std::optional<T>& value, F number) {
  if (value) {
    statement.bind(index, static_cast<std::int64_t>(number(*value)));
  } else {
    statement.bind(index, nullptr);
  }
}

void bind_key(Statement& statement, const nbns::ScopedName& name) {
  const auto scope = name.scope.view();
  statement.bind(1, Octets(name.name.octets));
  statement.bind(2, {reinterpret_cast<const std::uint8_t*>(scope.data()), scope.size()});
}

}  // namespace

struct SqliteRecordReader::Connection {
  Database database;
  Statement begin;
  Statement end;
  Statement page;
  Statement find;
  RefreshCopy refreshes;

  [[nodiscard]] Result<void, StoreFailure> prepare();
  /// Appends the records that `rows` selects, `limit` at most.
  [[nodiscard]] Result<void, std::string> collect(Statement& rows, const RecordFilter& filter,
                                                  std::size_t limit,
                                                  std::vector<StoredRecord>& found);
  /// Brings the records to what the unfolded refreshes say; `found` is in the order of names.
  [[nodiscard]] Result<void, std::string> refresh(std::vector<StoredRecord>& found);

  /// Runs `read` within one transaction, so that rows and refreshes are of one moment.
  template <class F>
  [[nodiscard]] Result<void, std::string> at_one_moment(F read) {
    if (begin.step() != SQLITE_DONE) return fail(database.failure("cannot read").text);
    begin.reset();
    auto done = read();
    page.reset();
    find.reset();
    (void)end.step();
    end.reset();
    return done;
  }
};

Result<void, StoreFailure> SqliteRecordReader::Connection::prepare() {
  const std::pair<Statement*, std::string> statements[] = {
      {&begin, "BEGIN"},
      {&end, "COMMIT"},
      {&page, fmt::format("SELECT {} FROM names WHERE (name, scope) > (?1, ?2) "
                          "AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR state = ?4) "
                          "AND (?5 IS NULL OR static = ?5) AND (?6 IS NULL OR owner = ?6) "
                          "AND (?7 IS NULL OR substr(name, 16, 1) = ?7) ORDER BY name, scope",
                          record_columns)},
      {&find, fmt::format("SELECT {} FROM names WHERE name = ?1 AND scope = ?2", record_columns)},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = database.prepare(sql);
    if (!prepared) return fail(std::move(prepared).error());
    *statement = *std::move(prepared);
  }
  return {};
}

Result<void, std::string> SqliteRecordReader::Connection::collect(
    Statement& rows, const RecordFilter& filter, std::size_t limit,
    std::vector<StoredRecord>& found) {
  while (found.size() < limit) {
    const int code = rows.step();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return fail(database.failure("cannot read").text);
    auto stored = read_record(rows);
    if (!stored) return fail(damaged(database.file(), stored.error()).text);
    if (passes(filter, stored->record)) found.push_back(*std::move(stored));
  }
  return {};
}

Result<void, std::string> SqliteRecordReader::Connection::refresh(
    std::vector<StoredRecord>& found) {
  if (found.empty()) return {};
  absl::flat_hash_map<nbns::ScopedNameView, StoredRecord*> by_name;
  for (auto& stored : found) by_name.emplace(stored.record.name.view(), &stored);
  const auto& first = found.front().record.name.name;
  const auto& last = found.back().record.name.name;

  if (auto updated = refreshes.update(database); !updated) return fail(updated.error().text);
  refreshes.for_each([&](std::uint64_t batch, const nbns::ScopedNameView& name, Instant due) {
    if (name.name < first || last < name.name) return;
    const auto hit = by_name.find(name);
    if (hit != by_name.end() && batch > hit->second->batch) apply_touch(hit->second->record, due);
  });
  return {};
}

SqliteRecordReader::SqliteRecordReader(const std::filesystem::path& data_dir)
    : file_(database_file(data_dir)) {}

SqliteRecordReader::~SqliteRecordReader() = default;

Result<std::vector<Record>, std::string> SqliteRecordReader::page(
    const RecordFilter& filter, const std::optional<nbns::ScopedName>& after, std::size_t limit) {
  auto connection = borrow();
  if (!connection) return fail(std::move(connection).error());
  auto& reader = **connection;
  const std::array<std::uint8_t, 1> suffix{filter.suffix.value_or(0)};

  if (after) {
    bind_key(reader.page, *after);
  } else {
    reader.page.bind(1, Octets());  // before every name
    reader.page.bind(2, Octets());
  }
  const auto number = [](auto value) { return value; };
  bind_optional(reader.page, 3, filter.type, number);
  bind_optional(reader.page, 4, filter.state, number);
  bind_optional(reader.page, 5, filter.is_static, number);
  bind_optional(reader.page, 6, filter.owner, [](Ipv4 owner) { return owner.value(); });
  if (filter.suffix) {
    reader.page.bind(7, Octets(suffix));
  } else {
    reader.page.bind(7, nullptr);
  }

  std::vector<StoredRecord> found;
  auto read = reader.at_one_moment([&] {
    auto done = reader.collect(reader.page, filter, limit, found);
    return done ? reader.refresh(found) : done;
  });
  if (!read) return fail(std::move(read).error());
  give_back(*std::move(connection));
  std::vector<Record> records;
  records.reserve(found.size());
  for (auto& stored : found) records.push_back(std::move(stored.record));
  return records;
}

Result<std::optional<Record>, std::string> SqliteRecordReader::find(const nbns::ScopedName& name) {
  auto connection = borrow();
  if (!connection) return fail(std::move(connection).error());
  auto& reader = **connection;
  bind_key(reader.find, name);
  std::vector<StoredRecord> found;
  auto read = reader.at_one_moment([&] {
    auto done = reader.collect(reader.find, {}, 1, found);
    return done ? reader.refresh(found) : done;
  });
  if (!read) return fail(std::move(read).error());
  give_back(*std::move(connection));
  if (found.empty()) return std::nullopt;
  return std::move(found.front().record);
}

Result<std::unique_ptr<SqliteRecordReader::Connection>, std::string> SqliteRecordReader::borrow() {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto database = Database::open(file_, Database::Access::read);
  if (!database) return fail(std::move(database).error().text);
  auto connection =
      std::make_unique<Connection>(Connection{*std::move(database), {}, {}, {}, {}, {}});
  if (auto prepared = connection->prepare(); !prepared) return fail(prepared.error().text);
  return connection;
}

void SqliteRecordReader::give_back(std::unique_ptr<Connection> connection) {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < idle_max) idle_.push_back(std::move(connection));
}

}  // namespace winsome::store
