#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "replication/grpc/grpc_transport.h"
#include "replication/tcp42/winsra_transport.h"
#include "replication/transport/transport.h"
#include "server/config/settings.h"
#include "server/core/result.h"

namespace winsome::daemon {

/// Both carriers of replication. A link's number tells which of them it uses.
class Carriers {
 public:
  /// Listens where the settings say so. The error is one sentence that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<Carriers>, std::string> start(
      const config::Settings& settings, const transport::Post& post);

  void send(replication::Send&& what);

  /// What peers did wrong, by reason; of any thread.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> faults() const;

 private:
  Carriers() = default;
  std::unique_ptr<transport::GrpcTransport> grpc_;
  std::unique_ptr<transport::WinsraTransport> winsra_;
};

}  // namespace winsome::daemon
