#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "server/core/result.h"
#include "server/store/database.h"
#include "server/store/lease_tables.h"
#include "server/store/name_store.h"
#include "server/store/refresh_log.h"

namespace winsome::store {

/// The connection that commits, with its statements kept. After any failure it is good for nothing:
/// closing it rolls back what was begun.
class Writer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Writer>, StoreFailure> open(Database database);

  /// Everything of transaction `number` up to COMMIT.
  [[nodiscard]] Result<void, StoreFailure> write(const Batch& batch, std::uint64_t number,
                                                 const RefreshLog::Slice& fold);
  [[nodiscard]] Result<void, StoreFailure> commit();

  /// How long the write-ahead log was after the last commit.
  [[nodiscard]] int log_frames() const { return log_frames_; }
  [[nodiscard]] Database& database() { return database_; }

 private:
  explicit Writer(Database database) : database_(std::move(database)) {}
  [[nodiscard]] Result<void, StoreFailure> prepare();
  [[nodiscard]] Result<void, StoreFailure> run(Statement& statement);

  [[nodiscard]] Result<void, StoreFailure> fold(const RefreshLog::Slice& slice);
  [[nodiscard]] Result<void, StoreFailure> put(Statement& statement, const names::Record& record,
                                               std::uint64_t number);
  [[nodiscard]] Result<void, StoreFailure> erase(const nbns::ScopedName& name);
  [[nodiscard]] Result<void, StoreFailure> remember(const replication::PutOwner& change);
  [[nodiscard]] Result<void, StoreFailure> remember(const replication::EraseOwner& change);
  [[nodiscard]] Result<void, StoreFailure> remember(const replication::PutPending& change);
  [[nodiscard]] Result<void, StoreFailure> remember(const replication::ErasePending& change);
  [[nodiscard]] Result<void, StoreFailure> remember(const replication::PutRecovered& change);
  [[nodiscard]] Result<void, StoreFailure> log_refreshes(std::uint64_t number);
  [[nodiscard]] Result<void, StoreFailure> count(const Batch& batch, std::uint64_t number);

  Database database_;
  Statement begin_;
  Statement commit_;
  Statement put_;
  Statement erase_;
  Statement log_;
  Statement fold_;
  Statement drop_;
  Statement put_owner_;
  Statement erase_owner_;
  Statement put_pending_;
  Statement erase_pending_;
  Statement recovered_;
  Statement count_;
  LeaseWriter leases_;
  std::vector<const names::Change*> ordered_;  // kept between batches for their memory
  std::vector<std::uint8_t> packed_;
  int log_frames_ = 0;
};

}  // namespace winsome::store
