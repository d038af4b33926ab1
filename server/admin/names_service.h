#pragma once

#include <atomic>

#include "server/admin/service_context.h"
#include "winsome/admin/v1/names.grpc.pb.h"

namespace winsome::admin {

/// `winsome.admin.v1.Names` over the daemon's Backend.
class NamesService final : public v1::Names::CallbackService {
 public:
  explicit NamesService(ServiceContext& context) : context_(context) {}

  grpc::ServerWriteReactor<v1::ListResponse>* List(grpc::CallbackServerContext* call,
                                                   const v1::ListRequest* request) override;
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* call, const v1::GetRequest* request,
                                v1::GetResponse* response) override;
  grpc::ServerUnaryReactor* Add(grpc::CallbackServerContext* call, const v1::AddRequest* request,
                                v1::AddResponse* response) override;
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* call,
                                   const v1::DeleteRequest* request,
                                   v1::DeleteResponse* response) override;
  grpc::ServerUnaryReactor* Tombstone(grpc::CallbackServerContext* call,
                                      const v1::TombstoneRequest* request,
                                      v1::TombstoneResponse* response) override;
  grpc::ServerReadReactor<v1::ImportRequest>* Import(grpc::CallbackServerContext* call,
                                                     v1::ImportResponse* response) override;

 private:
  ServiceContext& context_;
  std::atomic<bool> importing_ = false;
};

}  // namespace winsome::admin
