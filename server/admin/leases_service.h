#pragma once

#include <atomic>

#include "server/admin/service_context.h"
#include "winsome/admin/v1/leases.grpc.pb.h"

namespace winsome::admin {

/// `winsome.admin.v1.Leases` over the daemon's LeaseBackend.
class LeasesService final : public v1::Leases::CallbackService {
 public:
  explicit LeasesService(ServiceContext& context) : context_(context) {}

  grpc::ServerUnaryReactor* ListScopes(grpc::CallbackServerContext* call,
                                       const v1::ListScopesRequest* request,
                                       v1::ListScopesResponse* response) override;
  grpc::ServerUnaryReactor* GetScope(grpc::CallbackServerContext* call,
                                     const v1::GetScopeRequest* request,
                                     v1::GetScopeResponse* response) override;
  grpc::ServerWriteReactor<v1::ListLeasesResponse>* ListLeases(
      grpc::CallbackServerContext* call, const v1::ListLeasesRequest* request) override;
  grpc::ServerUnaryReactor* GetLease(grpc::CallbackServerContext* call,
                                     const v1::GetLeaseRequest* request,
                                     v1::GetLeaseResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseLease(grpc::CallbackServerContext* call,
                                         const v1::ReleaseLeaseRequest* request,
                                         v1::ReleaseLeaseResponse* response) override;
  grpc::ServerUnaryReactor* FlushLeases(grpc::CallbackServerContext* call,
                                        const v1::FlushLeasesRequest* request,
                                        v1::FlushLeasesResponse* response) override;
  grpc::ServerReadReactor<v1::ImportLeasesRequest>* ImportLeases(
      grpc::CallbackServerContext* call, v1::ImportLeasesResponse* response) override;
  grpc::ServerWriteReactor<v1::ListReservationsResponse>* ListReservations(
      grpc::CallbackServerContext* call, const v1::ListReservationsRequest* request) override;
  grpc::ServerReadReactor<v1::AddReservationsRequest>* AddReservations(
      grpc::CallbackServerContext* call, v1::AddReservationsResponse* response) override;
  grpc::ServerUnaryReactor* DeleteReservation(grpc::CallbackServerContext* call,
                                              const v1::DeleteReservationRequest* request,
                                              v1::DeleteReservationResponse* response) override;
  grpc::ServerUnaryReactor* ReserveLease(grpc::CallbackServerContext* call,
                                         const v1::ReserveLeaseRequest* request,
                                         v1::ReserveLeaseResponse* response) override;

 private:
  /// Finishes a unary call with what `work(leases)` returns, off gRPC's threads.
  template <class Work>
  [[nodiscard]] grpc::ServerUnaryReactor* run(grpc::CallbackServerContext* call, Work work);

  ServiceContext& context_;
  std::atomic<bool> importing_ = false;
};

}  // namespace winsome::admin
