#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/admin/backend.h"

namespace winsome::admin {

/// A daemon that holds a sorted list of records and answers commands as the test says.
class FakeBackend final : public Backend, private names::RecordReader {
 public:
  std::function<names::CommandResult(const names::Command&)> on_execute =
      [](const names::Command&) { return names::CommandResult{}; };
  std::function<replication::CommandResult(const replication::Command&)> on_replicate =
      [](const replication::Command&) { return replication::CommandResult{}; };
  std::function<Result<void, std::string>(const std::filesystem::path&)> on_backup =
      [](const std::filesystem::path&) { return Result<void, std::string>{}; };
  std::vector<names::Record> stored;  // in the order of names
  std::optional<std::string> read_error;
  StatisticsReport report;
  replication::Status replication;

  names::CommandResult execute(names::Command command) override {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(command);
    }
    return on_execute(command);
  }
  replication::CommandResult replicate(replication::Command command) override {
    {
      const std::lock_guard lock(mutex_);
      replications_.push_back(command);
    }
    return on_replicate(command);
  }
  replication::Status replication_status() override { return replication; }
  names::RecordReader& records() override { return *this; }
  StatisticsReport statistics() override { return report; }
  Result<void, std::string> backup(const std::filesystem::path& file) override {
    return on_backup(file);
  }

  /// What was executed so far.
  [[nodiscard]] std::vector<names::Command> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  [[nodiscard]] std::vector<replication::Command> replications() const {
    const std::lock_guard lock(mutex_);
    return replications_;
  }

 private:
  Result<std::vector<names::Record>, std::string> page(const names::RecordFilter& filter,
                                                       const std::optional<nbns::ScopedName>& after,
                                                       std::size_t limit) override {
    if (read_error) return fail(*read_error);
    std::vector<names::Record> found;
    for (const auto& record : stored) {
      if (after && record.name <= *after) continue;
      if (filter.suffix && record.name.name.suffix() != *filter.suffix) continue;
      if (filter.state && record.state != *filter.state) continue;
      if (found.size() == limit) break;
      found.push_back(record);
    }
    return found;
  }

  Result<std::optional<names::Record>, std::string> find(const nbns::ScopedName& name) override {
    if (read_error) return fail(*read_error);
    const auto found = std::ranges::find(stored, name, &names::Record::name);
    if (found == stored.end()) return std::nullopt;
    return *found;
  }

  mutable std::mutex mutex_;
  std::vector<names::Command> commands_;
  std::vector<replication::Command> replications_;
};

}  // namespace winsome::admin
