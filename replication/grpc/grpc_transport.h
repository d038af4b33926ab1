#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replication/grpc/faults.h"
#include "replication/grpc/grpc_options.h"
#include "replication/transport/transport.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::transport {

/// Replication among Winsome servers (proto/winsome/replication/v1): mutual TLS, plaintext only
/// with partners that are named insecure. A link that we open is a connection of its own; one that
/// a peer opens is one call. The daemon starts it when it can take what is posted. `post` must not
/// call `send`.
class GrpcTransport final : public Transport {
 public:
  /// The error is one sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<GrpcTransport>, std::string> start(
      const GrpcOptions& options, Post post);

  GrpcTransport(const GrpcTransport&) = delete;
  GrpcTransport& operator=(const GrpcTransport&) = delete;
  ~GrpcTransport() override;

  void send(replication::Send&& what) override;

  /// Where it listens, with the ports that were found for 0.
  [[nodiscard]] const std::vector<Endpoint>& listening() const;
  [[nodiscard]] GrpcCounters counters() const;

 private:
  struct Parts;  // keeps gRPC, which is slow to compile, out of the daemon
  explicit GrpcTransport(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace winsome::transport
