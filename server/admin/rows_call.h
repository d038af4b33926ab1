#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/admin/lease_messages.h"
#include "server/admin/outcome.h"
#include "server/admin/service_context.h"
#include "server/core/printable.h"

namespace winsome::admin {

/// One running Leases.AddReservations or ImportLeases: gathers the whole stream, then adds it as
/// one `Command`. Only one at a time, because it may hold a million rows. Deletes itself.
template <class Request, class Response, class Command>
class RowsCall final : public grpc::ServerReadReactor<Request> {
 public:
  static constexpr std::uint64_t rows_max = 1'000'000;
  static constexpr int refusals_max = 1'000;  // keeps the reply within gRPC's message limit

  /// `what` is for the audit: `add reservations`.
  RowsCall(ServiceContext& context, grpc::CallbackServerContext& call, Response& response,
           std::atomic<bool>& running, const char* what)
      : context_(context), call_(call), response_(response), running_(running), what_(what) {
    holds_ = context_.leases != nullptr && !running_.exchange(true);
    if (holds_) {
      this->StartRead(&request_);
    } else if (context_.leases == nullptr) {
      this->Finish(no_leases());
    } else {
      this->Finish(
          {grpc::StatusCode::RESOURCE_EXHAUSTED, "another import is running; try again later"});
    }
  }

  void OnReadDone(bool ok) override {
    if (ok) {
      const auto status = take();
      if (!status.ok()) return finish(status);
      return this->StartRead(&request_);
    }
    // A read fails at the end of the stream and when the client is gone; only `end` tells which.
    if (!ended_) return finish(invalid("the stream ended before its last message"));
    const bool posted = context_.workers.post([this] { finish(add_all()); });
    if (!posted) finish(ServiceContext::busy());
  }
  void OnDone() override { delete this; }

 private:
  void finish(const grpc::Status& status) {
    // Before the client hears of it: it may begin the next one at once.
    if (std::exchange(holds_, false)) running_ = false;
    this->Finish(status);
  }

  [[nodiscard]] grpc::Status take() {
    if (ended_) return invalid("a message follows the last one");
    if (begun_ == request_.has_options()) {
      return invalid("options belong in the first message, and there only");
    }
    begun_ = true;
    if (request_.has_options()) options_ = request_.options();
    ended_ = request_.end();
    if (row_count_ + static_cast<std::uint64_t>(request_.rows_size()) > rows_max) {
      return {grpc::StatusCode::RESOURCE_EXHAUSTED,
              fmt::format("more than {} rows; send them in parts", rows_max)};
    }
    const auto now = unix_now();
    for (const auto& message : request_.rows()) {
      const auto index = row_count_++;
      if (auto row = to_row(message, now)) {
        command_.rows.push_back(std::move(*row));
        origins_.push_back(static_cast<std::uint32_t>(index));
      } else {
        refuse(index, row.error());
      }
    }
    return grpc::Status::OK;
  }

  [[nodiscard]] grpc::Status add_all() {
    // What could not be read refuses all the rest as well; it is still tried, to report everything
    // at once.
    const bool spoiled = response_.refused() > 0 && !options_.keep_going();
    command_.dry_run = options_.dry_run() || spoiled;
    command_.keep_going = options_.keep_going();
    const bool dry = command_.dry_run;
    const auto result = context_.leases->execute(std::move(command_));
    const bool refused = result.status == dhcp::CommandStatus::refused;
    auto status = refused ? grpc::Status::OK : status_of(result, "there is no such scope");
    for (const auto& refusal : result.refusals) {
      refuse(refusal.index < origins_.size() ? origins_[refusal.index] : 0, refusal.text);
    }
    response_.set_added(result.changed);
    response_.set_applied(!dry && !refused && status.ok());
    if (!options_.dry_run()) note(status);
    return status;
  }

  void note(const grpc::Status& status) {
    context_.note(
        call_, fmt::format("{} ({} rows)", what_, row_count_),
        status.ok() ? fmt::format("{}: {} added, {} refused",
                                  response_.applied() ? "done" : "nothing changed",
                                  response_.applied() ? response_.added() : 0, response_.refused())
                    : status.error_message());
  }

  void refuse(std::uint64_t index, const std::string& text) {
    response_.set_refused(response_.refused() + 1);
    if (response_.refusals_size() == refusals_max) return;
    auto& refusal = *response_.add_refusals();
    refusal.set_index(index);
    refusal.set_text(printable(text));
  }

  ServiceContext& context_;
  grpc::CallbackServerContext& call_;
  Response& response_;
  std::atomic<bool>& running_;
  const char* what_;
  bool holds_ = false;  // it is the one that runs
  bool begun_ = false;
  bool ended_ = false;
  v1::RowOptions options_;
  Request request_;
  std::uint64_t row_count_ = 0;
  Command command_;
  std::vector<std::uint32_t> origins_;  // of each row of the command: its index in the call
};

}  // namespace winsome::admin
