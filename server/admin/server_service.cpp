#include "server/admin/server_service.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "server/admin/convert.h"
#include "server/admin/outcome.h"
#include "server/dhcp/message.h"

namespace winsome::admin {
namespace {

void fill(v1::Registrations& out, const names::Statistics& in) {
  out.set_unique(in.unique_registrations);
  out.set_group(in.group_registrations);
  out.set_unique_renewals(in.unique_renewals);
  out.set_group_renewals(in.group_renewals);
  out.set_unique_conflicts(in.unique_conflicts);
  out.set_group_conflicts(in.group_conflicts);
  out.set_releases_found(in.releases_found);
  out.set_releases_not_found(in.releases_not_found);
  out.set_policy_refusals(in.policy_refusals);
  out.set_burst_grants(in.burst_grants);
}

void fill(v1::Queries& out, const StatisticsReport& in) {
  out.set_received(in.queries);
  out.set_answered(in.queries_answered);
  out.set_not_found(in.queries_not_found);
  out.set_node_status(in.node_status);
}

void fill(v1::Challenges& out, const names::Statistics& in) {
  out.set_begun(in.challenges);
  out.set_defended(in.challenges_defended);
  out.set_denied(in.challenges_denied);
  out.set_silent(in.challenges_silent);
  out.set_pending(in.challenges_pending);
}

void fill(v1::Database& out, const StatisticsReport& in) {
  out.set_records(in.names.records);
  out.set_active(in.names.active);
  out.set_released(in.names.released);
  out.set_tombstones(in.names.tombstones);
  out.set_static_records(in.names.static_records);
  out.set_version(in.names.version);
  out.set_commits(in.commits);
  out.set_commit_failures(in.commit_failures);
  out.set_available(in.store_available);
}

void fill(v1::Scavenging& out, const StatisticsReport& in) {
  out.set_released(in.names.scavenged_released);
  out.set_tombstoned(in.names.scavenged_tombstoned);
  out.set_deleted(in.names.scavenged_deleted);
  if (const auto last = in.names.last_scavenging) {
    *out.mutable_last() = to_timestamp(*last, in.wall_offset);
  }
  if (const auto last = in.names.last_scavenging_by_hand) {
    *out.mutable_last_by_hand() = to_timestamp(*last, in.wall_offset);
  }
}

/// Every counter's name is one word: `bad_label`, `rate_limited`.
void fill(v1::Counter& out, std::string_view name, std::uint64_t value) {
  out.set_name(std::string(name));
  std::ranges::replace(*out.mutable_name(), ' ', '_');
  out.set_value(value);
}

/// `bootp` where there is no type.
std::string word_of(std::size_t type) {
  std::string word(dhcp::to_text(static_cast<dhcp::MessageType>(type)));
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return word;
}

void fill(v1::Dhcp& out, const dhcp::Statistics& in) {
  for (std::size_t i = 0; i < in.received.size(); ++i) {
    fill(*out.add_received(), word_of(i), in.received[i]);
    fill(*out.add_sent(), word_of(i), in.sent[i]);
  }
  for (std::size_t i = 0; i < in.drops.size(); ++i) {
    fill(*out.add_drops(), dhcp::to_text(static_cast<dhcp::Drop>(i)), in.drops[i]);
  }
  out.set_probes(in.probes);
  out.set_conflicts(in.conflicts);
  for (const auto& scope : in.scopes) {
    out.set_addresses(out.addresses() + scope.addresses);
    out.set_active(out.active() + scope.active);
    out.set_declined(out.declined() + scope.declined);
    out.set_reserved(out.reserved() + scope.reserved);
  }
}

void fill(v1::GetStatisticsResponse& out, const StatisticsReport& in) {
  out.set_version(in.version);
  out.mutable_started()->set_seconds(in.started);
  fill(*out.mutable_registrations(), in.names);
  fill(*out.mutable_queries(), in);
  fill(*out.mutable_challenges(), in.names);
  fill(*out.mutable_database(), in);
  fill(*out.mutable_scavenging(), in);
  for (std::size_t i = 0; i < in.malformed.size(); ++i) {
    fill(*out.add_malformed(), nbns::to_text(static_cast<nbns::DecodeError>(i)), in.malformed[i]);
  }
  for (const auto& [reason, count] : in.replication_faults)
    fill(*out.add_replication_faults(), reason, count);
  for (std::size_t i = 0; i < in.names.drops.size(); ++i) {
    fill(*out.add_drops(), names::to_text(static_cast<names::Drop>(i)), in.names.drops[i]);
  }
  if (in.last_pull) *out.mutable_last_pull() = to_timestamp(*in.last_pull, in.wall_offset);
  out.set_receive_drops(in.receive_drops);
  out.set_send_failures(in.send_failures);
  if (in.dhcp) fill(*out.mutable_dhcp(), *in.dhcp);
  for (const auto& [what, count] : in.services) fill(*out.add_services(), what, count);
}

grpc::Status backup(Backend& backend, const std::filesystem::path& file) {
  if (!file.is_absolute()) {
    return invalid("'" + file.native() + "' is not an absolute path on the server");
  }
  const auto written = backend.backup(file);
  if (!written) return {grpc::StatusCode::FAILED_PRECONDITION, written.error()};
  return grpc::Status::OK;
}

}  // namespace

grpc::ServerUnaryReactor* ServerService::GetStatistics(grpc::CallbackServerContext* call,
                                                       const v1::GetStatisticsRequest*,
                                                       v1::GetStatisticsResponse* response) {
  return context_.run(call, [this, response] {
    fill(*response, context_.backend.statistics());
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* ServerService::Scavenge(grpc::CallbackServerContext* call,
                                                  const v1::ScavengeRequest*,
                                                  v1::ScavengeResponse* response) {
  return context_.run(call, [this, call, response] {
    const auto result = context_.backend.execute(names::Scavenge{});
    response->set_released(result.released);
    response->set_tombstoned(result.tombstoned);
    response->set_deleted(result.deleted);
    auto status = status_of(result, {});
    context_.note(*call, "scavenge", outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* ServerService::Backup(grpc::CallbackServerContext* call,
                                                const v1::BackupRequest* request,
                                                v1::BackupResponse*) {
  return context_.run(call, [this, call, request] {
    auto status = backup(context_.backend, request->file());
    context_.note(*call, "backup to " + request->file(), outcome_of(status));
    return status;
  });
}

}  // namespace winsome::admin
