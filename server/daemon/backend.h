#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <unordered_map>

#include "server/admin/backend.h"
#include "server/daemon/mailbox.h"
#include "server/names/record_reader.h"
#include "server/store/name_store.h"

namespace winsome::daemon {

/// The admin service's way to the decision plane: posts a command, waits for its reply.
class Backend final : public admin::Backend {
 public:
  /// `report` and `status` run on the decision plane: what it and the answer plane counted, and how
  /// replication stands.
  Backend(Mailbox& mailbox, store::NameStore& store, names::RecordReader& reader,
          std::function<admin::StatisticsReport()> report,
          std::function<replication::Status()> status)
      : mailbox_(mailbox),
        store_(store),
        reader_(reader),
        report_(std::move(report)),
        status_(std::move(status)) {}

  [[nodiscard]] names::CommandResult execute(names::Command command) override;
  [[nodiscard]] replication::CommandResult replicate(replication::Command command) override;
  [[nodiscard]] replication::Status replication_status() override;
  [[nodiscard]] names::RecordReader& records() override { return reader_; }
  [[nodiscard]] admin::StatisticsReport statistics() override;
  [[nodiscard]] Result<void, std::string> backup(const std::filesystem::path& file) override;

  /// The decision plane's: hands a result to whoever waits for it.
  void reply(std::uint64_t ticket, names::CommandResult&& result);
  void reply(std::uint64_t ticket, replication::CommandResult&& result);

  /// Nobody waits for partners any longer.
  void stop();

 private:
  Mailbox& mailbox_;
  store::NameStore& store_;
  names::RecordReader& reader_;
  std::function<admin::StatisticsReport()> report_;
  std::function<replication::Status()> status_;
  std::mutex mutex_;
  std::uint64_t last_ticket_ = 0;
  bool stopping_ = false;
  std::unordered_map<std::uint64_t, std::promise<names::CommandResult>> waiting_;
  std::unordered_map<std::uint64_t, std::promise<replication::CommandResult>> replicating_;
};

}  // namespace winsome::daemon
