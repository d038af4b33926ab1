#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "server/admin/service_context.h"
#include "winsome/admin/v1/replication.grpc.pb.h"

namespace winsome::admin {

/// `winsome.admin.v1.Replication` over the daemon's Backend. What waits for partners has threads of
/// its own, so that everything else is answered meanwhile.
class ReplicationService final : public v1::Replication::CallbackService {
 public:
  static constexpr std::size_t waiting_max = 8;  // each is a thread that sleeps

  explicit ReplicationService(ServiceContext& context)
      : context_(context), waiters_(waiting_max, waiting_max) {}

  grpc::ServerUnaryReactor* ListPartners(grpc::CallbackServerContext* call,
                                         const v1::ListPartnersRequest* request,
                                         v1::ListPartnersResponse* response) override;
  grpc::ServerUnaryReactor* ListOwners(grpc::CallbackServerContext* call,
                                       const v1::ListOwnersRequest* request,
                                       v1::ListOwnersResponse* response) override;
  grpc::ServerUnaryReactor* Pull(grpc::CallbackServerContext* call, const v1::PullRequest* request,
                                 v1::PullResponse* response) override;
  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext* call, const v1::PushRequest* request,
                                 v1::PushResponse* response) override;
  grpc::ServerUnaryReactor* SetPaused(grpc::CallbackServerContext* call,
                                      const v1::SetPausedRequest* request,
                                      v1::SetPausedResponse* response) override;
  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* call,
                                   const v1::VerifyRequest* request,
                                   v1::VerifyResponse* response) override;
  grpc::ServerUnaryReactor* DeleteOwner(grpc::CallbackServerContext* call,
                                        const v1::DeleteOwnerRequest* request,
                                        v1::DeleteOwnerResponse* response) override;
  grpc::ServerUnaryReactor* TombstoneOwner(grpc::CallbackServerContext* call,
                                           const v1::TombstoneOwnerRequest* request,
                                           v1::TombstoneOwnerResponse* response) override;

 private:
  /// Finishes the call with what `work` returns, however long that takes.
  [[nodiscard]] grpc::ServerUnaryReactor* wait(grpc::CallbackServerContext* call,
                                               std::function<grpc::Status()> work);

  ServiceContext& context_;
  std::atomic<std::size_t> waiting_ = 0;
  WorkerPool waiters_;
};

}  // namespace winsome::admin
