#pragma once

#include <grpcpp/support/status.h>

#include <string>

namespace winsome::transport {

/// Why a call to a partner failed, in words for an operator. What the partner wrote itself is cut
/// and cleaned.
[[nodiscard]] std::string words_for_failure(const grpc::Status& status);

/// Whether the partner ended the connection, and did not say why.
[[nodiscard]] bool hung_up(const grpc::Status& status);

}  // namespace winsome::transport
