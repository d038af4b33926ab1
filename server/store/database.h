#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "server/core/byte_reader.h"
#include "server/core/result.h"
#include "server/store/name_store.h"

namespace SQLite {
class Database;
}

namespace winsome::store {

/// A prepared statement that is kept for the life of its connection. On the commit path and in the
/// scan of a million rows SQLiteCpp's reference counts and exceptions cost too much, so this is the
/// C API, owned.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  void bind(int index, std::int64_t value) { sqlite3_bind_int64(statement_.get(), index, value); }
  void bind(int index, std::nullptr_t) { sqlite3_bind_null(statement_.get(), index); }
  /// `octets` must live until the next reset.
  void bind(int index, Octets octets);
  void bind(int index, const std::string& text);

  /// SQLITE_ROW, SQLITE_DONE, or what failed.
  [[nodiscard]] int step() { return sqlite3_step(statement_.get()); }
  void reset() { sqlite3_reset(statement_.get()); }

  [[nodiscard]] bool is_integer(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
  }
  [[nodiscard]] bool is_blob(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
  }
  [[nodiscard]] bool is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
  }
  /// Lives until the next step or reset.
  [[nodiscard]] Octets blob(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection, used by one thread at a time. Exceptions of SQLiteCpp end here.
class Database {
 public:
  enum class Access { create, write, read };

  /// Opens `file` with our settings: WAL, every commit synced, no checkpoint on the commit path,
  /// and nothing that a hostile file brings along (triggers, views) is run.
  [[nodiscard]] static Result<Database, StoreFailure> open(const std::filesystem::path& file,
                                                           Access access);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs statements that give no rows.
  [[nodiscard]] Result<void, StoreFailure> run(const std::string& sql);
  /// The first column of the first row.
  [[nodiscard]] Result<std::int64_t, StoreFailure> number(const std::string& sql);
  [[nodiscard]] Result<std::string, StoreFailure> text(const std::string& sql);
  [[nodiscard]] Result<Statement, StoreFailure> prepare(std::string_view sql);

  /// PRAGMA quick_check. A database that fails it is `damaged`.
  [[nodiscard]] Result<void, StoreFailure> verify();

  /// A database that is refused stays as it was found, its log included.
  void keep_log_on_close(bool keep);

  /// What failed last on this connection, as `doing`: "cannot write the name database".
  [[nodiscard]] StoreFailure failure(std::string_view doing) const;

  [[nodiscard]] sqlite3* handle() const;
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

 private:
  Database(std::filesystem::path file, std::unique_ptr<SQLite::Database> connection);
  [[nodiscard]] Result<void, StoreFailure> configure(Access access);

  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> connection_;
};

/// One sentence that says what is wrong with `file`, and how to restore it.
[[nodiscard]] StoreFailure damaged(const std::filesystem::path& file, std::string_view what);

}  // namespace winsome::store
