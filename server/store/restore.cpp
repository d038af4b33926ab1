#include "server/store/restore.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>

#include "server/store/backup.h"
#include "server/store/data_dir_lock.h"
#include "server/store/database.h"
#include "server/store/durable_file.h"
#include "server/store/lease_tables.h"
#include "server/store/migrations.h"
#include "server/store/names_table.h"
#include "server/store/refresh_log.h"
#include "server/store/replication_tables.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;

/// The checked copy while it waits to be put in place; its presence says that a restore is under
/// way.
fs::path waiting_copy(const fs::path& data_dir) {
  return data_dir / "winsome.db.restoring";
}

fs::path with_suffix(fs::path file, std::string_view suffix) {
  return file += suffix;
}

/// Everything a start checks, and every page and row at once.
Result<void, StoreFailure> check_wholly(Database& database) {
  const auto version = schema_version(database, migrations());
  if (!version) return fail(version.error());
  if (*version == 0) return fail(damaged(database.file(), "it is empty"));
  const auto verdict = database.text("PRAGMA integrity_check(1)");
  if (!verdict) return fail(verdict.error());
  if (*verdict != "ok") return fail(damaged(database.file(), *verdict));
  // An older schema is decoded when it has been migrated, at the next start.
  if (*version < migrations().size()) return {};
  if (const auto counters = read_counters(database); !counters) return fail(counters.error());
  if (auto scanned = scan_names(database, [](StoredRecord&&) {}); !scanned) return scanned;
  if (const auto memory = read_memory(database); !memory) return fail(memory.error());
  if (const auto leases = read_leases(database); !leases) return fail(leases.error());
  return scan_refreshes(database, 0, [](std::uint64_t, Octets packed) {
    return unpack_refreshes(packed, [](const nbns::ScopedNameView&, Instant) {});
  });
}

/// A copy of the backup beside the database: checked, marked as restored, synced.
Result<void, StoreFailure> make_copy(const fs::path& backup, const fs::path& copy) {
  if (auto copied = back_up(backup, copy); !copied) return copied;
  auto database = Database::open(copy, Database::Access::write);
  if (!database) return fail(std::move(database).error());
  if (auto checked = check_wholly(*database); !checked) return checked;
  return database->run(
      "UPDATE counters SET starts = 0, restores = restores + 1; PRAGMA journal_mode = DELETE");
}

struct Ownership {
  uid_t user = 0;
  gid_t group = 0;
  mode_t mode = 0;
};

/// Whose the database is: as the one that was there, else as the directory.
Result<Ownership, StoreFailure> ownership(const fs::path& data_dir) {
  constexpr mode_t file_bits = 0666;
  struct stat found{};
  if (::stat(database_file(data_dir).c_str(), &found) != 0 &&
      ::stat(data_dir.c_str(), &found) != 0) {
    return fail(StoreFailure{StoreError::cannot_open,
                             fmt::format("cannot look at {}: {}", data_dir.string(),
                                         std::generic_category().message(errno))});
  }
  return Ownership{found.st_uid, found.st_gid, found.st_mode & file_bits};
}

/// What root makes in the data directory belongs to the user who runs the server.
Result<void, StoreFailure> hand_over(const fs::path& file, const Ownership& to) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  const bool done = descriptor >= 0 && ::fchown(descriptor, to.user, to.group) == 0 &&
                    ::fchmod(descriptor, to.mode) == 0;
  const int code = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (done) return {};
  return fail(StoreFailure{StoreError::unavailable,
                           fmt::format("cannot give {} to the user that runs the server: {}",
                                       file.string(), std::generic_category().message(code))});
}

Result<void, StoreFailure> hand_over_all(const fs::path& data_dir, const fs::path& copy) {
  if (::geteuid() != 0) return {};
  const auto owner = ownership(data_dir);
  if (!owner) return fail(owner.error());
  if (auto given = hand_over(lock_file(data_dir), *owner); !given) return given;
  return hand_over(copy, *owner);
}

/// A damaged backup is no reason to restore a backup.
StoreFailure about_backup(StoreFailure failure, const fs::path& backup) {
  if (failure.error == StoreError::damaged) {
    failure.text = fmt::format(
        "{} is not a backup that can be restored: {}; nothing was changed, name another backup",
        backup.string(), failure.text);
  }
  return failure;
}

Result<void, StoreFailure> rename_if_there(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error || error == std::errc::no_such_file_or_directory) return {};
  return fail(StoreFailure{
      StoreError::unavailable,
      fmt::format("cannot rename {} to {}: {}", from.string(), to.string(), error.message())});
}

/// Renames the database and what belongs to it, under a name that is free.
Result<void, StoreFailure> move_aside(const fs::path& database) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const auto dated =
      fmt::format("{}.replaced-{:%Y%m%dT%H%M%SZ}", database.string(), fmt::gmtime(now));
  auto aside = dated;
  std::error_code ignored;
  for (int count = 2; fs::exists(aside, ignored) || fs::exists(aside + "-wal", ignored); ++count) {
    aside = fmt::format("{}-{}", dated, count);
  }
  for (const auto* suffix : {"-shm", "-wal", ""}) {
    if (auto moved = rename_if_there(with_suffix(database, suffix), aside + suffix); !moved) {
      return moved;
    }
  }
  return sync_directory(directory_of(database));
}

}  // namespace

Result<void, StoreFailure> restore(const fs::path& backup, const fs::path& data_dir) {
  const auto lock = DataDirLock::take(data_dir);
  if (!lock) return fail(lock.error());
  std::error_code error;
  if (!fs::exists(backup, error)) {
    return fail(
        StoreFailure{StoreError::cannot_open, fmt::format("there is no file {}", backup.string())});
  }
  const auto database = database_file(data_dir);
  if (fs::equivalent(backup, database, error)) {
    return fail(StoreFailure{StoreError::cannot_open,
                             fmt::format("{} is the database itself", backup.string())});
  }

  const auto unchecked = with_suffix(database, ".unchecked");
  fs::remove(unchecked, error);
  auto made = make_copy(backup, unchecked);
  if (made) made = hand_over_all(data_dir, unchecked);
  if (made) made = publish_file(unchecked, waiting_copy(data_dir), IfPresent::replace);
  if (!made) {
    fs::remove(unchecked, error);
    return fail(about_backup(std::move(made).error(), backup));
  }
  if (auto moved = move_aside(database); !moved) return moved;
  return publish_file(waiting_copy(data_dir), database, IfPresent::refuse);
}

Result<void, StoreFailure> refuse_half_restored(const fs::path& data_dir) {
  std::error_code error;
  if (!fs::exists(waiting_copy(data_dir), error)) return {};
  return fail(
      StoreFailure{StoreError::cannot_open,
                   fmt::format("a restore in {} was interrupted; run `winsome restore FILE` again",
                               data_dir.string())});
}

}  // namespace winsome::store
