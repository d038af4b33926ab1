#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "server/admin/audit.h"
#include "server/admin/backend.h"
#include "server/admin/lease_backend.h"
#include "server/admin/unix_listener.h"
#include "server/admin/worker_pool.h"

namespace winsome::admin {

/// What every service of the admin socket works with. Outlives them and their calls.
struct ServiceContext {
  Backend& backend;
  LeaseBackend* leases;  // null: there is no [dhcp] in the configuration
  WorkerPool& workers;
  const UnixListener& listener;
  Audit audit;

  void note(const grpc::CallbackServerContext& call, std::string command,
            std::string outcome) const {
    audit({listener.who(call.peer()), std::move(command), std::move(outcome)});
  }

  [[nodiscard]] static grpc::Status busy() {
    return {grpc::StatusCode::RESOURCE_EXHAUSTED,
            "the admin service has too many calls waiting; try again"};
  }

  /// Finishes a unary call with the status that `work` returns, off gRPC's threads.
  template <class Work>
  [[nodiscard]] grpc::ServerUnaryReactor* run(grpc::CallbackServerContext* call, Work work) {
    auto* reactor = call->DefaultReactor();
    const bool posted =
        workers.post([reactor, work = std::move(work)] { reactor->Finish(work()); });
    if (!posted) reactor->Finish(busy());
    return reactor;
  }
};

}  // namespace winsome::admin
