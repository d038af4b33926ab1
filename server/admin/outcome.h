#pragma once

#include <grpcpp/support/status.h>

#include <cstdint>
#include <string>

#include "replication/engine/command.h"
#include "server/leases/command.h"
#include "server/names/command.h"
#include "winsome/admin/v1/names.pb.h"

namespace winsome::admin {

[[nodiscard]] grpc::Status invalid(const std::string& text);
[[nodiscard]] grpc::Status no_leases();  // UNIMPLEMENTED
[[nodiscard]] grpc::Status not_found(const nbns::ScopedName& name);

/// The status of a command that succeeds or fails as a whole; `name` is what it was about.
[[nodiscard]] grpc::Status status_of(const names::CommandResult& result,
                                     const nbns::ScopedName& name);

/// The same of a command of replication; `missing` says what was not found.
[[nodiscard]] grpc::Status status_of(const replication::CommandResult& result,
                                     const std::string& missing);

/// The same of a command about leases.
[[nodiscard]] grpc::Status status_of(const dhcp::CommandResult& result, const std::string& missing);

/// For the audit: `done`, or why not.
[[nodiscard]] std::string outcome_of(const grpc::Status& status);

void fill(v1::ChangeCounts& counts, const names::CommandResult& result);

/// Seconds.
[[nodiscard]] std::int64_t unix_now();

}  // namespace winsome::admin
