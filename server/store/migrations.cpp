#include "server/store/migrations.h"

#include <fmt/format.h>

#include <string>
#include <system_error>

#include "server/store/durable_file.h"

namespace winsome::store {
namespace {

/// "WINS": tells our databases from anybody's.
constexpr std::int64_t application_id = 0x57494e53;

/// The copy of a database as it was before the step to `version`.
Result<void, StoreFailure> copy_aside(Database& database, std::size_t version) {
  auto copy = database.file();
  copy += fmt::format(".before-{}", version);
  auto partial = copy;
  partial += ".partial";
  std::error_code ignored;
  std::filesystem::remove(partial, ignored);

  auto vacuum = database.prepare("VACUUM INTO ?");
  if (!vacuum) return fail(std::move(vacuum).error());
  vacuum->bind(1, partial.native());
  if (vacuum->step() != SQLITE_DONE) return fail(database.failure("cannot copy before migrating"));
  return publish_file(partial, copy, IfPresent::replace);
}

/// One transaction: the statements, the version they lead to and whose file it is.
Result<void, StoreFailure> run_step(Database& database, const Migration& migration,
                                    std::size_t version) {
  const auto transaction = fmt::format(
      "BEGIN IMMEDIATE; {}\n; PRAGMA user_version = {}; PRAGMA application_id = {}; COMMIT",
      migration.sql, version, application_id);
  auto done = database.run(transaction);
  if (done) return done;
  // The message is of what failed first.
  if (sqlite3_get_autocommit(database.handle()) == 0) (void)database.run("ROLLBACK");
  done.error().text = fmt::format("migration {}: {}", migration.name, done.error().text);
  return done;
}

}  // namespace

Result<std::size_t, StoreFailure> schema_version(Database& database,
                                                 std::span<const Migration> steps) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  const auto application = database.number("PRAGMA application_id");
  if (!application) return fail(application.error());
  const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());

  if (*version == 0 && *application == 0 && *tables == 0) return std::size_t{0};
  if (*application != application_id || *version < 1) {
    return fail(damaged(database.file(), "it is a database of another program"));
  }
  if (static_cast<std::size_t>(*version) > steps.size()) {
    return fail(StoreFailure{
        StoreError::newer_schema,
        fmt::format("{} was written by a later version of winsome (its schema is {}, this program "
                    "knows {}); run that version, or restore an older backup",
                    database.file().string(), *version, steps.size())});
  }
  return static_cast<std::size_t>(*version);
}

Result<void, StoreFailure> migrate(Database& database, std::span<const Migration> steps) {
  const auto present = schema_version(database, steps);
  if (!present) return fail(present.error());
  if (*present > 0 && *present < steps.size()) {
    if (auto copied = copy_aside(database, *present + 1); !copied) return copied;
  }
  for (std::size_t version = *present + 1; version <= steps.size(); ++version) {
    if (auto done = run_step(database, steps[version - 1], version); !done) return done;
  }
  return {};
}

}  // namespace winsome::store
