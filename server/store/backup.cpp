#include "server/store/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "server/store/database.h"
#include "server/store/durable_file.h"

namespace winsome::store {
namespace {

/// An empty file beside `to` that nobody else writes.
Result<std::filesystem::path, StoreFailure> make_partial(const std::filesystem::path& to) {
  auto name = to.string() + ".XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) {
    return fail(StoreFailure{StoreError::cannot_open,
                             fmt::format("cannot write in {}: {}", directory_of(to).string(),
                                         std::generic_category().message(errno))});
  }
  ::close(descriptor);
  return name;
}

Result<void, StoreFailure> copy_pages(const std::filesystem::path& from,
                                      const std::filesystem::path& to) {
  try {
    SQLite::Database source(from.string(), SQLite::OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
    SQLite::Database copy(to.string(), SQLite::OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
    // Nothing reads the copy before it is whole and synced.
    copy.exec("PRAGMA synchronous = OFF");
    // In one go: the log keeps a reader's pages for it, so commits do not wait, and a copy in steps
    // would begin anew with each of them.
    if (const int code = SQLite::Backup(copy, source).executeStep(-1); code != SQLITE_DONE) {
      return fail(
          StoreFailure{StoreError::unavailable,
                       fmt::format("cannot copy {}: {}", from.string(), sqlite3_errstr(code))});
    }
    // One file without a log beside it, readable where nobody can write.
    copy.exec("PRAGMA journal_mode = DELETE");
    return {};
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode();
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) return fail(damaged(from, error.what()));
    return fail(StoreFailure{
        StoreError::unavailable,
        fmt::format("cannot copy {} to {}: {}", from.string(), to.string(), error.what())});
  }
}

}  // namespace

Result<void, StoreFailure> back_up(const std::filesystem::path& from,
                                   const std::filesystem::path& to) {
  auto partial = make_partial(to);
  if (!partial) return fail(std::move(partial).error());
  auto done = copy_pages(from, *partial);
  if (done) done = publish_file(*partial, to, IfPresent::refuse);
  if (!done) ::unlink(partial->c_str());
  return done;
}

}  // namespace winsome::store
