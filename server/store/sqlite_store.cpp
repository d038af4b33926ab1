#include "server/store/sqlite_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/core/check.h"
#include "server/store/backup.h"
#include "server/store/lease_tables.h"
#include "server/store/migrations.h"
#include "server/store/names_table.h"
#include "server/store/record_codec.h"
#include "server/store/replication_tables.h"
#include "server/store/restore.h"

namespace winsome::store {

Result<std::unique_ptr<SqliteStore>, StoreFailure> SqliteStore::open(
    const std::filesystem::path& data_dir) {
  return open(data_dir, Pace{});
}

Result<std::unique_ptr<SqliteStore>, StoreFailure> SqliteStore::open(
    const std::filesystem::path& data_dir, const Pace& pace) {
  auto lock = DataDirLock::take(data_dir);
  if (!lock) return fail(std::move(lock).error());
  if (auto finished = refuse_half_restored(data_dir); !finished) {
    return fail(std::move(finished).error());
  }
  std::unique_ptr<SqliteStore> store(
      new SqliteStore(*std::move(lock), database_file(data_dir), pace));
  if (auto opened = store->open_database(); !opened) return fail(std::move(opened).error());
  return store;
}

Result<void, StoreFailure> SqliteStore::open_database() {
  auto database = Database::open(file_, Database::Access::create);
  if (!database) return fail(std::move(database).error());
  database->keep_log_on_close(true);

  // quick_check reads every page, the leaves too, and accounts for each: 0.4 s of the 3 s at a
  // million names. What it does not look at, the values, `load` decodes one by one.
  auto ready = database->verify();
  if (ready) ready = migrate(*database, migrations());
  if (!ready) return ready;
  const auto counters = read_counters(*database);
  if (!counters) return fail(counters.error());
  counters_ = counters->counters;
  owner_ = counters->owner;
  batch_ = counters->batch;
  auto restored = scan_refreshes(*database, 0, [&](std::uint64_t batch, Octets packed) {
    return refreshes_.restore(batch, packed);
  });
  if (!restored) return restored;

  auto writer = Writer::open(*std::move(database));
  if (!writer) return fail(std::move(writer).error());
  writer_ = *std::move(writer);
  return {};
}

Result<Loaded, StoreFailure> SqliteStore::load(const Sink& sink) {
  if (auto open = reopen(); !open) return fail(std::move(open).error());
  auto scanned = scan_names(writer_->database(), [&](StoredRecord&& stored) {
    const auto* refresh = refreshes_.find(stored.record.name);
    if (refresh != nullptr && refresh->batch > stored.batch) {
      apply_touch(stored.record, refresh->due);
    }
    sink(std::move(stored.record));
  });
  if (!scanned) return fail(std::move(scanned).error());
  auto memory = read_memory(writer_->database());
  if (!memory) return fail(std::move(memory).error());
  auto leases = read_leases(writer_->database());
  if (!leases) return fail(std::move(leases).error());
  Loaded loaded{counters_, owner_, *std::move(memory), *std::move(leases)};
  if (checkpointer_) return loaded;

  auto started = writer_->database().run("UPDATE counters SET starts = starts + 1");
  if (!started) return fail(std::move(started).error());
  writer_->database().keep_log_on_close(false);
  auto database = Database::open(file_, Database::Access::write);
  if (!database) return fail(std::move(database).error());
  checkpointer_.emplace(*std::move(database), checkpoint_limits_);
  return loaded;
}

Result<void, StoreFailure> SqliteStore::commit(const Batch& batch) {
  check(checkpointer_.has_value(), "a database is loaded before it is written");
  if (auto open = reopen(); !open) return open;
  auto written = write(batch);
  if (writer_) checkpointer_->log_has(writer_->log_frames());
  return written;
}

Result<void, StoreFailure> SqliteStore::probe(const ClockMark& clock) {
  return commit({.changes = {}, .version = counters_.version, .clock = clock});
}

Result<void, StoreFailure> SqliteStore::set_owner(Ipv4 owner) {
  check(checkpointer_.has_value(), "a database is loaded before it is written");
  if (auto open = reopen(); !open) return open;
  auto written =
      writer_->database().run(fmt::format("UPDATE counters SET owner = {}", owner.value()));
  if (written) owner_ = owner;
  return written;
}

Result<void, StoreFailure> SqliteStore::backup(const std::filesystem::path& file) {
  return back_up(file_, file);
}

Result<void, StoreFailure> SqliteStore::write(const Batch& batch) {
  const auto number = batch_ + 1;
  const auto touches = std::ranges::count_if(batch.changes, [](const names::Change& change) {
    return std::holds_alternative<names::TouchRecord>(change);
  });
  const auto fold = refreshes_.slice(static_cast<std::size_t>(touches));
  auto written = writer_->write(batch, number, fold);
  if (!written) {
    writer_.reset();
    return written;
  }
  if (auto committed = writer_->commit(); !committed) {
    writer_.reset();
    if (!turned_out_durable(number)) return committed;
  }
  batch_ = number;
  counters_ = {batch.version, batch.clock};
  refreshes_.committed(number, batch.changes, fold);
  return {};
}

/// What became of a transaction whose COMMIT failed: its pages may stand in the log, complete, and
/// not be synced.
bool SqliteStore::turned_out_durable(std::uint64_t number) {
  auto database = Database::open(file_, Database::Access::write);
  if (!database) return false;
  const auto found = read_counters(*database);
  if (!found) return false;
  if (found->batch == number) {
    // Readable is not synced, and a sync that failed once may say nothing the next time. Pages
    // written anew tell.
    return sqlite3_wal_checkpoint_v2(database->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                     nullptr, nullptr) == SQLITE_OK;
  }
  // Not committed. Another transaction overwrites what it left, so that no crash can bring it back.
  auto writer = Writer::open(*std::move(database));
  if (!writer) return false;
  const Batch nothing{.changes = {}, .version = counters_.version, .clock = counters_.clock};
  if (!(*writer)->write(nothing, number, refreshes_.slice(0)) || !(*writer)->commit()) return false;
  batch_ = number;
  writer_ = *std::move(writer);
  return false;
}

Result<void, StoreFailure> SqliteStore::reopen() {
  if (writer_) return {};
  auto database = Database::open(file_, Database::Access::write);
  if (!database) {
    auto failure = std::move(database).error();
    // It could be opened once, so another try may succeed.
    if (failure.error == StoreError::cannot_open) failure.error = StoreError::unavailable;
    return fail(std::move(failure));
  }
  const auto found = read_counters(*database);
  if (!found) return fail(found.error());
  if (found->batch != batch_) {
    return fail(StoreFailure{
        StoreError::unavailable,
        fmt::format("{} was changed by something else; restart the server", file_.string())});
  }
  auto writer = Writer::open(*std::move(database));
  if (!writer) return fail(std::move(writer).error());
  writer_ = *std::move(writer);
  return {};
}

}  // namespace winsome::store
