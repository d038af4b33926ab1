#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "server/store/checkpointer.h"
#include "server/store/data_dir_lock.h"
#include "server/store/name_store.h"
#include "server/store/refresh_log.h"
#include "server/store/writer.h"

namespace winsome::store {

/// The name database in `winsome.db` of a data directory (see schema/).
class SqliteStore final : public NameStore {
 public:
  /// When work that is put off is done. Small values make a test meet in a second what takes a
  /// server hours.
  struct Pace {
    std::size_t refresh_generation = RefreshLog::generation_size;
    Checkpointer::Limits checkpoint = {};
  };

  /// Locks the directory, makes or migrates the database, and checks its structure. A database that
  /// is refused is left as it was.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>, StoreFailure> open(
      const std::filesystem::path& data_dir);
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>, StoreFailure> open(
      const std::filesystem::path& data_dir, const Pace& pace);

  [[nodiscard]] Result<Loaded, StoreFailure> load(const Sink& sink) override;
  [[nodiscard]] Result<void, StoreFailure> commit(const Batch& batch) override;
  [[nodiscard]] Result<void, StoreFailure> probe(const ClockMark& clock) override;
  [[nodiscard]] Result<void, StoreFailure> set_owner(Ipv4 owner) override;
  [[nodiscard]] Result<void, StoreFailure> backup(const std::filesystem::path& file) override;

 private:
  SqliteStore(DataDirLock lock, std::filesystem::path file, const Pace& pace)
      : lock_(std::move(lock)),
        file_(std::move(file)),
        checkpoint_limits_(pace.checkpoint),
        refreshes_(pace.refresh_generation) {}

  [[nodiscard]] Result<void, StoreFailure> open_database();
  [[nodiscard]] Result<void, StoreFailure> reopen();
  [[nodiscard]] Result<void, StoreFailure> write(const Batch& batch);
  [[nodiscard]] bool turned_out_durable(std::uint64_t number);

  DataDirLock lock_;
  std::filesystem::path file_;
  Checkpointer::Limits checkpoint_limits_;
  Counters counters_;  // as last committed
  Ipv4 owner_;
  std::uint64_t batch_ = 0;  // likewise
  RefreshLog refreshes_;
  std::unique_ptr<Writer> writer_;            // null after a failure
  std::optional<Checkpointer> checkpointer_;  // once loaded
};

}  // namespace winsome::store
