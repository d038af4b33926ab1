#pragma once

#include "server/admin/service_context.h"
#include "winsome/admin/v1/server.grpc.pb.h"

namespace winsome::admin {

/// `winsome.admin.v1.Server` over the daemon's Backend.
class ServerService final : public v1::Server::CallbackService {
 public:
  explicit ServerService(ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* GetStatistics(grpc::CallbackServerContext* call,
                                          const v1::GetStatisticsRequest* request,
                                          v1::GetStatisticsResponse* response) override;
  grpc::ServerUnaryReactor* Scavenge(grpc::CallbackServerContext* call,
                                     const v1::ScavengeRequest* request,
                                     v1::ScavengeResponse* response) override;
  grpc::ServerUnaryReactor* Backup(grpc::CallbackServerContext* call,
                                   const v1::BackupRequest* request,
                                   v1::BackupResponse* response) override;

 private:
  ServiceContext& context_;
};

}  // namespace winsome::admin
