#include "server/admin/outcome.h"

#include <chrono>

namespace winsome::admin {
namespace {

constexpr std::size_t refusals_in_text_max = 3;  // a status travels in a header

constexpr const char* store_refuses =
    "the store cannot write now; nothing changed (see the server's log)";

template <class Refusal>
std::string joined(const std::vector<Refusal>& refusals) {
  std::string text;
  for (std::size_t i = 0; i < refusals.size(); ++i) {
    if (i == refusals_in_text_max) return text + "; …";
    if (i > 0) text += "; ";
    text += refusals[i].text;
  }
  return text.empty() ? "refused" : text;
}

}  // namespace

grpc::Status invalid(const std::string& text) {
  return {grpc::StatusCode::INVALID_ARGUMENT, text};
}

grpc::Status no_leases() {
  return {grpc::StatusCode::UNIMPLEMENTED,
          "this server gives no addresses: there is no [dhcp] in its configuration"};
}

grpc::Status not_found(const nbns::ScopedName& name) {
  return {grpc::StatusCode::NOT_FOUND, nbns::to_text(name) + " is not in the database"};
}

grpc::Status status_of(const names::CommandResult& result, const nbns::ScopedName& name) {
  switch (result.status) {
    case names::CommandStatus::done: return grpc::Status::OK;
    case names::CommandStatus::not_found: return not_found(name);
    case names::CommandStatus::refused:
      return {grpc::StatusCode::FAILED_PRECONDITION, joined(result.refusals)};
    case names::CommandStatus::unavailable: return {grpc::StatusCode::UNAVAILABLE, store_refuses};
    case names::CommandStatus::starting:
      return {
          grpc::StatusCode::UNAVAILABLE,
          "the server still asks its partners what they know of it; nothing changed, try again"};
  }
  return {grpc::StatusCode::INTERNAL, "unknown outcome"};
}

grpc::Status status_of(const replication::CommandResult& result, const std::string& missing) {
  switch (result.outcome) {
    case replication::Outcome::done: return grpc::Status::OK;
    case replication::Outcome::not_found: return {grpc::StatusCode::NOT_FOUND, missing};
    case replication::Outcome::refused: return {grpc::StatusCode::FAILED_PRECONDITION, result.text};
    case replication::Outcome::failed: return {grpc::StatusCode::ABORTED, result.text};
    case replication::Outcome::unavailable:
      return {grpc::StatusCode::UNAVAILABLE,
              "the store cannot write now; try again (see the server's log)"};
  }
  return {grpc::StatusCode::INTERNAL, "unknown outcome"};
}

grpc::Status status_of(const dhcp::CommandResult& result, const std::string& missing) {
  switch (result.status) {
    case dhcp::CommandStatus::done: return grpc::Status::OK;
    case dhcp::CommandStatus::not_found: return {grpc::StatusCode::NOT_FOUND, missing};
    case dhcp::CommandStatus::refused:
      return {grpc::StatusCode::FAILED_PRECONDITION, joined(result.refusals)};
    case dhcp::CommandStatus::unavailable: return {grpc::StatusCode::UNAVAILABLE, store_refuses};
  }
  return {grpc::StatusCode::INTERNAL, "unknown outcome"};
}

std::string outcome_of(const grpc::Status& status) {
  return status.ok() ? "done" : status.error_message();
}

void fill(v1::ChangeCounts& counts, const names::CommandResult& result) {
  counts.set_added(result.added);
  counts.set_changed(result.changed);
  counts.set_unchanged(result.unchanged);
}

std::int64_t unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace winsome::admin
