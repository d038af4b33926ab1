#include "server/store/database.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace winsome::store {
namespace {

/// Another process that holds the write lock can only be an administrator with a tool of his own; a
/// commit that waited longer for him is tried again by a probe.
constexpr int busy_timeout_ms = 250;

/// The longest value: 25,000 refreshes, the most that wait for a batch, with the longest scopes. A
/// hostile file must not make us allocate more.
constexpr int value_size_max = 8 << 20;

/// Smaller than SQLite's 4096: a registration of a random name writes one page, whatever its size.
/// At a million names 2048 logged 3.3 KB a registration instead of 5.4 and was never slower; 1024
/// gained no more.
constexpr int page_size = 2048;

/// KiB of page cache. No memory mapping: an I/O error in a mapped page is a signal, not an error
/// code.
constexpr int writer_cache = 16384;
constexpr int reader_cache = 2048;

/// What the log shrinks to when it is begun anew after it had grown beyond.
constexpr int log_size_kept = 64 << 20;

StoreFailure failure_of(int code, const std::filesystem::path& file, std::string_view doing,
                        std::string_view reason) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_TOOBIG:
    case SQLITE_NOTADB: return damaged(file, reason);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {StoreError::cannot_open,
              fmt::format("{} {}: {}; check that the directory exists and that the server's user "
                          "may write there",
                          doing, file.string(), reason)};
    default:
      return {StoreError::unavailable, fmt::format("{} {}: {}", doing, file.string(), reason)};
  }
}

}  // namespace

StoreFailure damaged(const std::filesystem::path& file, std::string_view what) {
  std::string reason(what);
  std::ranges::replace(reason, '\n', ' ');  // SQLite's check tells it in several lines
  return {
      StoreError::damaged,
      fmt::format("the name database {} is damaged ({}); stop the server and put a backup in its "
                  "place with `winsome restore FILE`",
                  file.string(), reason)};
}

void Statement::bind(int index, Octets octets) {
  // A null pointer would bind NULL, which is not the empty blob.
  const void* start = octets.empty() ? "" : static_cast<const void*>(octets.data());
  sqlite3_bind_blob64(statement_.get(), index, start, octets.size(), SQLITE_STATIC);
}

void Statement::bind(int index, const std::string& text) {
  sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

Octets Statement::blob(int column) const {
  const auto* start =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  if (start == nullptr) return {};
  return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string Statement::text(int column) const {
  const auto octets = blob(column);
  return {octets.begin(), octets.end()};
}

Database::Database(std::filesystem::path file, std::unique_ptr<SQLite::Database> connection)
    : file_(std::move(file)), connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database, StoreFailure> Database::open(const std::filesystem::path& file, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |= access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
  try {
    Database database(file,
                      std::make_unique<SQLite::Database>(file.string(), flags, busy_timeout_ms));
    if (auto configured = database.configure(access); !configured) {
      return fail(std::move(configured).error());
    }
    return database;
  } catch (const SQLite::Exception& error) {
    return fail(failure_of(error.getErrorCode(), file, "cannot open", error.what()));
  }
}

Result<void, StoreFailure> Database::configure(Access access) {
  auto* connection = handle();
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, value_size_max);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  auto settings = fmt::format(
      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
      "PRAGMA cache_size = -{};",
      access == Access::read ? reader_cache : writer_cache);
  if (access != Access::read) {
    settings += fmt::format(
        "PRAGMA page_size = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = "
        "{};",
        page_size, log_size_kept);
  }
  return run(settings);
}

Result<void, StoreFailure> Database::run(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(failure("cannot use"));
  }
  return {};
}

Result<std::int64_t, StoreFailure> Database::number(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(std::move(statement).error());
  if (statement->step() != SQLITE_ROW) return fail(failure("cannot read"));
  return statement->integer(0);
}

Result<std::string, StoreFailure> Database::text(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return fail(std::move(statement).error());
  if (statement->step() != SQLITE_ROW) return fail(failure("cannot read"));
  return statement->text(0);
}

Result<Statement, StoreFailure> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code == SQLITE_OK) return Statement(statement);
  // Our own statements are right, so a table or a column is missing.
  if (code == SQLITE_ERROR) return fail(damaged(file_, sqlite3_errmsg(handle())));
  return fail(failure("cannot read"));
}

Result<void, StoreFailure> Database::verify() {
  auto verdict = text("PRAGMA quick_check(1)");
  if (!verdict) return fail(std::move(verdict).error());
  if (*verdict != "ok") return fail(damaged(file_, *verdict));
  return {};
}

void Database::keep_log_on_close(bool keep) {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

StoreFailure Database::failure(std::string_view doing) const {
  return failure_of(sqlite3_extended_errcode(handle()), file_, doing, sqlite3_errmsg(handle()));
}

sqlite3* Database::handle() const {
  return connection_->getHandle();
}

}  // namespace winsome::store
