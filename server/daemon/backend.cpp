#include "server/daemon/backend.h"

#include <utility>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"

namespace winsome::daemon {

names::CommandResult Backend::execute(names::Command command) {
  std::future<names::CommandResult> result;
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    result = waiting_[ticket].get_future();
  }
  if (!mailbox_.post(names::CommandRequest{ticket, std::move(command)})) {
    reply(ticket, {.status = names::CommandStatus::unavailable});
  }
  return result.get();
}

void Backend::reply(std::uint64_t ticket, names::CommandResult&& result) {
  const std::lock_guard lock(mutex_);
  const auto waiting = waiting_.find(ticket);
  waiting->second.set_value(std::move(result));
  waiting_.erase(waiting);
}

replication::CommandResult Backend::replicate(replication::Command command) {
  std::future<replication::CommandResult> result;
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return {.outcome = replication::Outcome::unavailable};
    ticket = ++last_ticket_;
    result = replicating_[ticket].get_future();
  }
  if (!mailbox_.post(replication::CommandRequest{ticket, std::move(command)}))
    reply(ticket, replication::CommandResult{.outcome = replication::Outcome::unavailable});
  return result.get();
}

void Backend::reply(std::uint64_t ticket, replication::CommandResult&& result) {
  const std::lock_guard lock(mutex_);
  const auto waiting = replicating_.find(ticket);
  if (waiting == replicating_.end()) return;
  waiting->second.set_value(std::move(result));
  replicating_.erase(waiting);
}

void Backend::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& [ticket, waiting] : replicating_)
    waiting.set_value({.outcome = replication::Outcome::unavailable});
  replicating_.clear();
}

replication::Status Backend::replication_status() {
  std::promise<replication::Status> status;
  auto filled = status.get_future();
  mailbox_.post([this, &status] { status.set_value(status_()); });
  return filled.get();
}

admin::StatisticsReport Backend::statistics() {
  std::promise<admin::StatisticsReport> report;
  auto filled = report.get_future();
  mailbox_.post([this, &report] { report.set_value(report_()); });
  return filled.get();
}

Result<void, std::string> Backend::backup(const std::filesystem::path& file) {
  const auto written = store_.backup(file);
  if (!written) return fail(written.error().text);
  log(messages::backup_written, file.string());
  return {};
}

}  // namespace winsome::daemon
