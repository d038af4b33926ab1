#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "server/names/record_reader.h"
#include "server/store/database.h"

namespace winsome::store {

/// Reads the database that a SqliteStore of the same process keeps. Each call has a connection of
/// its own while it runs, and sees the moment it began at.
class SqliteRecordReader final : public names::RecordReader {
 public:
  explicit SqliteRecordReader(const std::filesystem::path& data_dir);
  ~SqliteRecordReader() override;

  [[nodiscard]] Result<std::vector<names::Record>, std::string> page(
      const names::RecordFilter& filter, const std::optional<nbns::ScopedName>& after,
      std::size_t limit) override;
  [[nodiscard]] Result<std::optional<names::Record>, std::string> find(
      const nbns::ScopedName& name) override;

 private:
  struct Connection;
  [[nodiscard]] Result<std::unique_ptr<Connection>, std::string> borrow();
  void give_back(std::unique_ptr<Connection> connection);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace winsome::store
