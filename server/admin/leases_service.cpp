#include "server/admin/leases_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/admin/lease_messages.h"
#include "server/admin/outcome.h"
#include "server/admin/page_call.h"
#include "server/admin/rows_call.h"
#include "server/core/printable.h"

namespace winsome::admin {
namespace {

constexpr std::size_t reservations_per_page = 100;  // some have options of a kilobyte

Result<Ipv4, grpc::Status> address_of(const std::string& text) {
  const auto address = parse_ipv4(text);
  if (!address) {
    return fail(invalid(fmt::format("address '{}' is not an IPv4 address", printable(text))));
  }
  return *address;
}

std::string no_lease(Ipv4 address) {
  return fmt::format("{} is not leased; see winsome lease list", to_text(address));
}

Result<dhcp::Lease, grpc::Status> find_lease(LeaseBackend& leases, const std::string& text) {
  const auto address = address_of(text);
  if (!address) return fail(address.error());
  auto found = leases.leases(std::span(&*address, 1));
  if (!found.empty()) return std::move(found.front());
  return fail(grpc::Status(grpc::StatusCode::NOT_FOUND, no_lease(*address)));
}

const dhcp::ScopeStatistics* counts_of(const std::optional<dhcp::Statistics>& statistics,
                                       const std::string& scope) {
  if (!statistics) return nullptr;
  const auto found = std::ranges::find(statistics->scopes, scope, &dhcp::ScopeStatistics::name);
  return found == statistics->scopes.end() ? nullptr : &*found;
}

/// Walks over the addresses that were leased when the call began.
class LeaseWalk {
 public:
  LeaseWalk(ServiceContext& context, const v1::ListLeasesRequest& request)
      : context_(context),
        matches_(request.filter()),
        after_(request.has_after() ? request.after() : ""),
        left_(request.limit() > 0 ? request.limit() : std::numeric_limits<std::uint64_t>::max()) {}

  Result<bool, grpc::Status> next(v1::ListLeasesResponse& page) {
    if (context_.leases == nullptr) return fail(no_leases());
    if (!begun_) {
      if (auto status = begin(); !status.ok()) return fail(std::move(status));
    }
    while (page.leases().empty() && at_ < addresses_.size() && left_ > 0) {
      const auto count = std::min(LeaseBackend::slice_max, addresses_.size() - at_);
      const auto slice = std::span(addresses_).subspan(at_, count);
      at_ += count;
      for (const auto& lease : context_.leases->leases(slice)) {
        if (left_ == 0 || !matches_(lease)) continue;
        *page.add_leases() = to_message(lease, wall_offset_);
        --left_;
      }
    }
    return !page.leases().empty();
  }

 private:
  grpc::Status begin() {
    begun_ = true;
    Ipv4 after;
    if (!after_.empty()) {
      const auto address = address_of(after_);
      if (!address) return address.error();
      after = *address;
    }
    addresses_ = context_.leases->leased_addresses();
    std::erase_if(addresses_, [after](Ipv4 address) { return address <= after; });
    std::ranges::sort(addresses_);
    wall_offset_ = context_.backend.statistics().wall_offset;
    return grpc::Status::OK;
  }

  ServiceContext& context_;
  LeaseMatcher matches_;
  std::string after_;
  std::uint64_t left_;
  bool begun_ = false;
  std::vector<Ipv4> addresses_;
  std::size_t at_ = 0;
  std::int64_t wall_offset_ = 0;
};

/// The same of reservations.
class ReservationWalk {
 public:
  ReservationWalk(ServiceContext& context, std::string scope)
      : context_(context), scope_(std::move(scope)) {}

  Result<bool, grpc::Status> next(v1::ListReservationsResponse& page) {
    if (context_.leases == nullptr) return fail(no_leases());
    if (!begun_) {
      begun_ = true;
      all_ = list_reservations(*context_.leases->configuration(), context_.leases->reservations(),
                               scope_);
    }
    const auto end = std::min(all_.size(), at_ + reservations_per_page);
    for (; at_ < end; ++at_) *page.add_reservations() = std::move(all_[at_]);
    return !page.reservations().empty();
  }

 private:
  ServiceContext& context_;
  std::string scope_;
  bool begun_ = false;
  std::vector<v1::Reservation> all_;
  std::size_t at_ = 0;
};

template <class Response, class Walk>
grpc::ServerWriteReactor<Response>* pages(ServiceContext& context, Walk walk) {
  return new PageCall<Response>(context, [shared = std::make_shared<Walk>(std::move(walk))](
                                             Response& page) { return shared->next(page); });
}

grpc::Status release(LeaseBackend& leases, const std::string& text) {
  const auto address = address_of(text);
  if (!address) return address.error();
  return status_of(leases.execute(dhcp::ReleaseLease{*address}), no_lease(*address));
}

grpc::Status delete_reservation(LeaseBackend& leases, const std::string& text) {
  const auto address = address_of(text);
  if (!address) return address.error();
  return status_of(leases.execute(dhcp::DeleteReservation{*address}),
                   fmt::format("{} is not reserved", to_text(*address)));
}

grpc::Status reserve(LeaseBackend& leases, const v1::ReserveLeaseRequest& request,
                     v1::ReserveLeaseResponse& response) {
  const auto lease = find_lease(leases, request.address());
  if (!lease) return lease.error();
  auto row = to_reservation(*lease, request.by_client_id());
  if (!row) return {grpc::StatusCode::FAILED_PRECONDITION, row.error()};
  *response.mutable_reservation() = to_message(lease->scope, row->reservation, false);
  dhcp::AddReservations command;
  command.rows.push_back(std::move(*row));
  return status_of(leases.execute(std::move(command)), "there is no such scope");
}

}  // namespace

template <class Work>
grpc::ServerUnaryReactor* LeasesService::run(grpc::CallbackServerContext* call, Work work) {
  return context_.run(call, [this, work = std::move(work)] {
    return context_.leases == nullptr ? no_leases() : work(*context_.leases);
  });
}

grpc::ServerUnaryReactor* LeasesService::ListScopes(grpc::CallbackServerContext* call,
                                                    const v1::ListScopesRequest*,
                                                    v1::ListScopesResponse* response) {
  return run(call, [this, response](LeaseBackend& leases) {
    const auto configuration = leases.configuration();
    const auto statistics = context_.backend.statistics().dhcp;
    for (const auto& scope : configuration->scopes) {
      *response->add_scopes() =
          to_message(scope, configuration->authoritative, counts_of(statistics, scope.name));
    }
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* LeasesService::GetScope(grpc::CallbackServerContext* call,
                                                  const v1::GetScopeRequest* request,
                                                  v1::GetScopeResponse* response) {
  return run(call, [this, request, response](LeaseBackend& leases) -> grpc::Status {
    const auto configuration = leases.configuration();
    const auto found =
        std::ranges::find(configuration->scopes, request->name(), &dhcp::Scope::name);
    if (found == configuration->scopes.end()) {
      return {grpc::StatusCode::NOT_FOUND, fmt::format("there is no scope '{}'; see winsome scope "
                                                       "list",
                                                       printable(request->name()))};
    }
    const auto statistics = context_.backend.statistics().dhcp;
    *response->mutable_scope() =
        to_message(*found, configuration->authoritative, counts_of(statistics, found->name));
    *response->mutable_everywhere() = to_message(configuration->parameters);
    return grpc::Status::OK;
  });
}

grpc::ServerWriteReactor<v1::ListLeasesResponse>* LeasesService::ListLeases(
    grpc::CallbackServerContext*, const v1::ListLeasesRequest* request) {
  return pages<v1::ListLeasesResponse>(context_, LeaseWalk(context_, *request));
}

grpc::ServerUnaryReactor* LeasesService::GetLease(grpc::CallbackServerContext* call,
                                                  const v1::GetLeaseRequest* request,
                                                  v1::GetLeaseResponse* response) {
  return run(call, [this, request, response](LeaseBackend& leases) {
    const auto lease = find_lease(leases, request->address());
    if (!lease) return lease.error();
    *response->mutable_lease() = to_message(*lease, context_.backend.statistics().wall_offset);
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* LeasesService::ReleaseLease(grpc::CallbackServerContext* call,
                                                      const v1::ReleaseLeaseRequest* request,
                                                      v1::ReleaseLeaseResponse*) {
  return run(call, [this, call, request](LeaseBackend& leases) {
    auto status = release(leases, request->address());
    context_.note(*call, "release lease " + request->address(), outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* LeasesService::FlushLeases(grpc::CallbackServerContext* call,
                                                     const v1::FlushLeasesRequest* request,
                                                     v1::FlushLeasesResponse* response) {
  return run(call, [this, call, request, response](LeaseBackend& leases) {
    const auto result = leases.execute(dhcp::FlushLeases{request->scope(), request->active()});
    response->set_leases(result.changed);
    auto status = status_of(result, fmt::format("there is no scope '{}'; see winsome scope list",
                                                printable(request->scope())));
    context_.note(*call,
                  fmt::format("flush {} leases{}{}", request->active() ? "all" : "ended",
                              request->scope().empty() ? "" : " of ", request->scope()),
                  status.ok() ? fmt::format("done: {}", result.changed) : outcome_of(status));
    return status;
  });
}

grpc::ServerReadReactor<v1::ImportLeasesRequest>* LeasesService::ImportLeases(
    grpc::CallbackServerContext* call, v1::ImportLeasesResponse* response) {
  return new RowsCall<v1::ImportLeasesRequest, v1::ImportLeasesResponse, dhcp::ImportLeases>(
      context_, *call, *response, importing_, "import of leases");
}

grpc::ServerWriteReactor<v1::ListReservationsResponse>* LeasesService::ListReservations(
    grpc::CallbackServerContext*, const v1::ListReservationsRequest* request) {
  return pages<v1::ListReservationsResponse>(context_, ReservationWalk(context_, request->scope()));
}

grpc::ServerReadReactor<v1::AddReservationsRequest>* LeasesService::AddReservations(
    grpc::CallbackServerContext* call, v1::AddReservationsResponse* response) {
  return new RowsCall<v1::AddReservationsRequest, v1::AddReservationsResponse,
                      dhcp::AddReservations>(context_, *call, *response, importing_,
                                             "add reservations");
}

grpc::ServerUnaryReactor* LeasesService::DeleteReservation(
    grpc::CallbackServerContext* call, const v1::DeleteReservationRequest* request,
    v1::DeleteReservationResponse*) {
  return run(call, [this, call, request](LeaseBackend& leases) {
    auto status = delete_reservation(leases, request->address());
    context_.note(*call, "delete reservation " + request->address(), outcome_of(status));
    return status;
  });
}

grpc::ServerUnaryReactor* LeasesService::ReserveLease(grpc::CallbackServerContext* call,
                                                      const v1::ReserveLeaseRequest* request,
                                                      v1::ReserveLeaseResponse* response) {
  return run(call, [this, call, request, response](LeaseBackend& leases) {
    auto status = reserve(leases, *request, *response);
    context_.note(*call, "reserve lease " + request->address(), outcome_of(status));
    return status;
  });
}

}  // namespace winsome::admin
