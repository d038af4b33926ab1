#include "server/admin/import_call.h"

#include <fmt/format.h>

#include "server/admin/convert.h"
#include "server/admin/outcome.h"

namespace winsome::admin {
namespace {

constexpr std::uint64_t mappings_max = 1'000'000;  // some 300 MB while they are gathered
constexpr int refusals_max = 1'000;                // keeps the reply within gRPC's message limit

}  // namespace

ImportCall::ImportCall(ServiceContext& context, grpc::CallbackServerContext& call,
                       v1::ImportResponse& response, std::atomic<bool>& importing)
    : context_(context), call_(call), response_(response), importing_(importing) {
  if (!importing_.exchange(true)) {
    StartRead(&request_);
  } else {
    Finish({grpc::StatusCode::RESOURCE_EXHAUSTED, "another import is running; try again later"});
  }
}

void ImportCall::OnReadDone(bool ok) {
  if (ok) {
    const auto status = take();
    if (!status.ok()) return finish(status);
    return StartRead(&request_);
  }
  // A read fails at the end of the stream and when the client is gone; only `end` tells them apart.
  if (!ended_) return finish(invalid("the stream ended before its last message"));
  const bool posted = context_.workers.post([this] { finish(add_all()); });
  if (!posted) finish(ServiceContext::busy());
}

void ImportCall::finish(const grpc::Status& status) {
  // Before the client hears of it: it may begin the next import at once.
  importing_ = false;
  Finish(status);
}

void ImportCall::OnDone() {
  delete this;
}

grpc::Status ImportCall::take() {
  if (ended_) return invalid("a message follows the last one");
  if (begun_ == request_.has_options()) {
    return invalid("options belong in the first message, and there only");
  }
  begun_ = true;
  if (request_.has_options()) options_ = request_.options();
  ended_ = request_.end();
  if (mapping_count_ + static_cast<std::uint64_t>(request_.mappings_size()) > mappings_max) {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED,
            fmt::format("more than {} mappings; import them in parts", mappings_max)};
  }
  const auto now = unix_now();
  for (const auto& mapping : request_.mappings()) {
    auto records = to_new_records(mapping, now);
    const auto index = mapping_count_++;
    if (!records) {
      refuse(index, records.error());
      continue;
    }
    for (auto& record : *records) {
      records_.push_back(std::move(record));
      origins_.push_back(static_cast<std::uint32_t>(index));
    }
  }
  return grpc::Status::OK;
}

grpc::Status ImportCall::add_all() {
  names::AddRecords command;
  command.records = std::move(records_);
  command.keep_going = options_.keep_going();
  command.allow_blocked = options_.allow_blocked();
  // What could not be read refuses all the rest as well; it is still tried, to report everything at
  // once.
  const bool spoiled = response_.refused() > 0 && !options_.keep_going();
  const bool dry = options_.dry_run() || spoiled;
  command.dry_run = dry;
  const auto result = context_.backend.execute(std::move(command));

  const bool refused = result.status == names::CommandStatus::refused;
  auto status = refused ? grpc::Status::OK : status_of(result, {});
  for (const auto& refusal : result.refusals) {
    refuse(refusal.index < origins_.size() ? origins_[refusal.index] : 0, refusal.text);
  }
  fill(*response_.mutable_counts(), result);
  response_.set_applied(!dry && status.ok() && (!refused || options_.keep_going()));
  if (!options_.dry_run()) {
    context_.note(call_, fmt::format("import of {} mappings", mapping_count_),
                  status.ok() ? fmt::format("{}: {} added, {} changed, {} refused",
                                            response_.applied() ? "done" : "nothing changed",
                                            result.added, result.changed, response_.refused())
                              : status.error_message());
  }
  return status;
}

void ImportCall::refuse(std::uint64_t index, const std::string& text) {
  if (last_refused_ == index + 1) return;  // one complaint for each mapping
  last_refused_ = index + 1;
  response_.set_refused(response_.refused() + 1);
  if (response_.refusals_size() >= refusals_max) return;
  auto& refusal = *response_.add_refusals();
  refusal.set_index(index);
  refusal.set_text(text);
}

}  // namespace winsome::admin
