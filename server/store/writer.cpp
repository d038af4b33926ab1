#include "server/store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/store/names_table.h"
#include "server/store/record_codec.h"

namespace winsome::store {
namespace {

const nbns::ScopedName& name_of(const names::Change& change) {
  struct Visitor {
    const nbns::ScopedName& operator()(const names::PutRecord& put) { return put.record.name; }
    const nbns::ScopedName& operator()(const names::TouchRecord& touch) { return touch.name; }
    const nbns::ScopedName& operator()(const names::EraseRecord& erase) { return erase.name; }
  };
  return std::visit(Visitor{}, change);
}

Octets octets_of(const nbns::Scope& scope) {
  const auto text = scope.view();
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Result<std::unique_ptr<Writer>, StoreFailure> Writer::open(Database database) {
  std::unique_ptr<Writer> writer(new Writer(std::move(database)));
  if (auto prepared = writer->prepare(); !prepared) return fail(std::move(prepared).error());
  sqlite3_wal_hook(
      writer->database_.handle(),
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<Writer*>(self)->log_frames_ = frames;
        return SQLITE_OK;
      },
      writer.get());
  return writer;
}

Result<void, StoreFailure> Writer::prepare() {
  const auto put = fmt::format(
      "INSERT INTO names ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
      "ON CONFLICT DO UPDATE SET type = ?3, state = ?4, node = ?5, static = ?6, owner = ?7, "
      "version = ?8, due = ?9, batch = ?10, members = ?11, fed = ?12",
      record_columns);
  const std::pair<Statement*, std::string_view> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&put_, put},
      {&erase_, "DELETE FROM names WHERE name = ?1 AND scope = ?2"},
      {&log_, "INSERT INTO refreshes (batch, packed) VALUES (?1, ?2)"},
      // The only member of a list loses its own due and shares the row's: 16 octets become 8.
      {&fold_,
       "UPDATE names SET due = ?3, batch = ?4, members = "
       "CASE length(members) WHEN 16 THEN substr(members, 1, 8) ELSE members END "
       "WHERE name = ?1 AND scope = ?2 AND batch < ?4"},
      {&drop_, "DELETE FROM refreshes WHERE batch <= ?1"},
      {&put_owner_,
       "INSERT INTO owners (owner, known, filtered) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET "
       "known = ?2, filtered = ?3"},
      {&erase_owner_, "DELETE FROM owners WHERE owner = ?1"},
      {&put_pending_,  // as `put`, without the batch
       "REPLACE INTO pending (name, scope, type, state, node, static, owner, version, due, "
       "members) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11)"},
      {&erase_pending_, "DELETE FROM pending WHERE name = ?1 AND scope = ?2 AND owner = ?3"},
      {&recovered_, "UPDATE counters SET recovered_restores = restores"},
      {&count_, "UPDATE counters SET version = ?1, batch = ?2, clock_now = ?3, clock_wall = ?4"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = database_.prepare(sql);
    if (!prepared) return fail(std::move(prepared).error());
    *statement = *std::move(prepared);
  }
  return leases_.prepare(database_);
}

Result<void, StoreFailure> Writer::run(Statement& statement) {
  const int code = statement.step();
  if (code != SQLITE_DONE) {
    auto failure = database_.failure("cannot write");
    statement.reset();
    return fail(std::move(failure));
  }
  statement.reset();
  return {};
}

Result<void, StoreFailure> Writer::write(const Batch& batch, std::uint64_t number,
                                         const RefreshLog::Slice& fold_slice) {
  // In the order of the key, so that neighbours are written while their page is at hand.
  ordered_.clear();
  for (const auto& change : batch.changes) ordered_.push_back(&change);
  std::ranges::sort(ordered_, {}, [](const auto* change) { return name_of(*change).view(); });

  packed_.clear();
  auto done = run(begin_);
  if (done) done = fold(fold_slice);
  for (const auto* change : ordered_) {
    if (!done) return done;
    if (const auto* put_record = std::get_if<names::PutRecord>(change)) {
      done = put(put_, put_record->record, number);
    } else if (const auto* touch = std::get_if<names::TouchRecord>(change)) {
      pack_refresh(packed_, *touch);
    } else {
      done = erase(name_of(*change));
    }
  }
  for (const auto& change : batch.replication) {
    if (done) done = std::visit([this](const auto& one) { return remember(one); }, change);
  }
  for (const auto& change : batch.leases) {
    if (done) done = run(leases_.bind(change));
  }
  if (done && !packed_.empty()) done = log_refreshes(number);
  if (done) done = count(batch, number);
  return done;
}

Result<void, StoreFailure> Writer::commit() {
  return run(commit_);
}

Result<void, StoreFailure> Writer::fold(const RefreshLog::Slice& slice) {
  for (auto refresh = slice.begin; refresh != slice.end; ++refresh) {
    const auto& [name, logged] = *refresh;
    fold_.bind(1, Octets(name.name.octets));
    fold_.bind(2, octets_of(name.scope));
    fold_.bind(3, logged.due.time_since_epoch().count());
    fold_.bind(4, static_cast<std::int64_t>(logged.batch));
    if (auto done = run(fold_); !done) return done;
  }
  if (slice.through == 0) return {};
  drop_.bind(1, static_cast<std::int64_t>(slice.through));
  return run(drop_);
}

Result<void, StoreFailure> Writer::put(Statement& statement, const names::Record& record,
                                       std::uint64_t number) {
  MembersBuffer members;
  const auto row = encode_record(record, number, members);
  statement.bind(1, row.name);
  statement.bind(2, row.scope);
  statement.bind(3, row.type);
  statement.bind(4, row.state);
  statement.bind(5, row.node);
  statement.bind(6, row.is_static);
  statement.bind(7, row.owner);
  statement.bind(8, row.version);
  statement.bind(9, row.due);
  statement.bind(10, row.batch);
  statement.bind(11, row.members);
  if (&statement == &put_) statement.bind(12, row.fed);  // no replica that waits is fed
  return run(statement);
}

Result<void, StoreFailure> Writer::erase(const nbns::ScopedName& name) {
  erase_.bind(1, Octets(name.name.octets));
  erase_.bind(2, octets_of(name.scope));
  return run(erase_);
}

Result<void, StoreFailure> Writer::remember(const replication::PutOwner& change) {
  put_owner_.bind(1, change.owner.value());
  put_owner_.bind(2, static_cast<std::int64_t>(change.known));
  put_owner_.bind(3, change.filtered ? 1 : 0);
  return run(put_owner_);
}

Result<void, StoreFailure> Writer::remember(const replication::EraseOwner& change) {
  erase_owner_.bind(1, change.owner.value());
  return run(erase_owner_);
}

Result<void, StoreFailure> Writer::remember(const replication::PutPending& change) {
  return put(put_pending_, change.replica, 0);
}

Result<void, StoreFailure> Writer::remember(const replication::ErasePending& change) {
  erase_pending_.bind(1, Octets(change.name.name.octets));
  erase_pending_.bind(2, octets_of(change.name.scope));
  erase_pending_.bind(3, change.owner.value());
  return run(erase_pending_);
}

Result<void, StoreFailure> Writer::remember(const replication::PutRecovered& /*change*/) {
  return run(recovered_);
}

Result<void, StoreFailure> Writer::log_refreshes(std::uint64_t number) {
  log_.bind(1, static_cast<std::int64_t>(number));
  log_.bind(2, Octets(packed_));
  return run(log_);
}

Result<void, StoreFailure> Writer::count(const Batch& batch, std::uint64_t number) {
  count_.bind(1, static_cast<std::int64_t>(batch.version));
  count_.bind(2, static_cast<std::int64_t>(number));
  count_.bind(3, batch.clock.now.time_since_epoch().count());
  count_.bind(4, batch.clock.wall);
  return run(count_);
}

}  // namespace winsome::store
