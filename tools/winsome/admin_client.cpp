#include "tools/winsome/admin_client.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "winsome/admin/v1/leases.grpc.pb.h"
#include "winsome/admin/v1/names.grpc.pb.h"
#include "winsome/admin/v1/replication.grpc.pb.h"
#include "winsome/admin/v1/server.grpc.pb.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::chrono::seconds call_patience{60};
/// A pull of a million records from a partner that sends 700 a second takes 24 minutes.
constexpr std::chrono::seconds replication_patience{3600};
constexpr int answer_length_max = 64 << 20;        // the maps of many partners
constexpr std::size_t mappings_per_message = 500;  // within the server's limit of 1 MB
constexpr std::size_t rows_per_message = 100;      // likewise; each may have some options

Failure to_failure(const grpc::Status& status, std::chrono::seconds patience = call_patience) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND: return {ExitCode::not_found, status.error_message()};
    case grpc::StatusCode::INVALID_ARGUMENT: return {ExitCode::usage, status.error_message()};
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return {ExitCode::unreachable, status.error_message()};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {ExitCode::unreachable,
              fmt::format("the server did not answer within {} s; see its log", patience.count())};
    default: return {ExitCode::failure, status.error_message()};
  }
}

/// Tries the socket itself first: gRPC would only say that it is unavailable.
Result<void, Failure> probe(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(Failure{ExitCode::usage, fmt::format("'{}' cannot be the path of a socket", path)});
  }
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return fail(Failure{ExitCode::failure, "cannot open a unix socket"});
  const bool connected =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const int error = errno;
  ::close(socket);
  if (connected) return {};
  const auto failure = [&](std::string_view text) {
    return fail(Failure{ExitCode::unreachable,
                        fmt::format("cannot reach the server at {}: {}", path, text)});
  };
  if (error == ENOENT) {
    return failure("there is no such socket; is winsomed running? elsewhere: --server unix:PATH");
  }
  if (error == ECONNREFUSED) return failure("nobody listens; start winsomed");
  if (error == EACCES) {
    return failure("permission denied; run this as root or as a member of the socket's group");
  }
  return failure(std::generic_category().message(error));
}

/// Runs one unary call.
template <class Stub, class Request, class Response>
Result<Response, Failure> ask(
    Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, std::chrono::seconds patience = call_patience) {
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + patience);
  Response response;
  const auto status = (stub.*method)(&call, request, &response);
  if (!status.ok()) return fail(to_failure(status, patience));
  return response;
}

/// Sends `count` rows of Leases.AddReservations or ImportLeases; `fill` writes the one of an index.
template <class Request, class Writer, class Fill>
void send_rows(Writer& writer, const v1::RowOptions& options, std::size_t count, const Fill& fill) {
  Request message;
  *message.mutable_options() = options;
  std::size_t next = 0;
  bool open = true;
  while (open && !message.end()) {
    const auto end = std::min(count, next + rows_per_message);
    message.clear_rows();
    for (; next < end; ++next) fill(next, *message.add_rows());
    message.set_end(next == count);
    open = writer.Write(message);
    message.clear_options();
  }
  writer.WritesDone();
}

template <class Response>
Result<void, Failure> without_response(const Result<Response, Failure>& result) {
  if (!result) return fail(result.error());
  return {};
}

}  // namespace

struct AdminClient::Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel)
      : leases(channel), names(channel), replication(channel), server(channel) {}
  v1::Leases::Stub leases;
  v1::Names::Stub names;
  v1::Replication::Stub replication;
  v1::Server::Stub server;
};

AdminClient::AdminClient(std::unique_ptr<Stubs> stubs) : stubs_(std::move(stubs)) {}
AdminClient::AdminClient(AdminClient&&) noexcept = default;
AdminClient& AdminClient::operator=(AdminClient&&) noexcept = default;
AdminClient::~AdminClient() = default;

Result<AdminClient, Failure> AdminClient::connect(const std::string& address) {
  constexpr std::string_view scheme = "unix:";
  const auto path = address.starts_with(scheme) ? address.substr(scheme.size()) : address;
  if (!path.starts_with('/') && !path.starts_with('.')) {
    return fail(Failure{ExitCode::usage, fmt::format("'{}' is not the address of an admin socket, "
                                                     "as in {}",
                                                     address, default_admin_address)});
  }
  if (auto reached = probe(path); !reached) return fail(std::move(reached.error()));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(answer_length_max);
  const auto channel = grpc::CreateCustomChannel(std::string(scheme) + path,
                                                 grpc::InsecureChannelCredentials(), arguments);
  return AdminClient(std::make_unique<Stubs>(channel));
}

Result<void, Failure> AdminClient::list(const v1::ListRequest& request,
                                        const std::function<void(const v1::Record&)>& each) {
  grpc::ClientContext call;
  const auto reader = stubs_->names.List(&call, request);
  v1::ListResponse page;
  while (reader->Read(&page)) {
    for (const auto& record : page.records()) each(record);
  }
  const auto status = reader->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return {};
}

Result<v1::Record, Failure> AdminClient::get(const std::string& name) {
  v1::GetRequest request;
  request.set_name(name);
  auto response = ask(stubs_->names, &v1::Names::Stub::Get, request);
  if (!response) return fail(std::move(response.error()));
  return std::move(*response->mutable_record());
}

Result<v1::ChangeCounts, Failure> AdminClient::add(const v1::AddRequest& request) {
  auto response = ask(stubs_->names, &v1::Names::Stub::Add, request);
  if (!response) return fail(std::move(response.error()));
  return response->counts();
}

Result<void, Failure> AdminClient::remove(const std::string& name) {
  v1::DeleteRequest request;
  request.set_name(name);
  return without_response(ask(stubs_->names, &v1::Names::Stub::Delete, request));
}

Result<void, Failure> AdminClient::tombstone(const std::string& name) {
  v1::TombstoneRequest request;
  request.set_name(name);
  return without_response(ask(stubs_->names, &v1::Names::Stub::Tombstone, request));
}

Result<v1::ImportResponse, Failure> AdminClient::import(
    const v1::ImportOptions& options, std::size_t count,
    const std::function<void(std::size_t, v1::Mapping&)>& fill) {
  grpc::ClientContext call;
  v1::ImportResponse response;
  const auto writer = stubs_->names.Import(&call, &response);
  v1::ImportRequest message;
  *message.mutable_options() = options;
  std::size_t next = 0;
  bool open = true;
  while (open && !message.end()) {
    const auto end = std::min(count, next + mappings_per_message);
    message.clear_mappings();
    for (; next < end; ++next) fill(next, *message.add_mappings());
    message.set_end(next == count);
    open = writer->Write(message);
    message.clear_options();
  }
  writer->WritesDone();
  const auto status = writer->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return response;
}

Result<v1::ListScopesResponse, Failure> AdminClient::scopes() {
  return ask(stubs_->leases, &v1::Leases::Stub::ListScopes, v1::ListScopesRequest());
}

Result<v1::GetScopeResponse, Failure> AdminClient::scope(const std::string& name) {
  v1::GetScopeRequest request;
  request.set_name(name);
  return ask(stubs_->leases, &v1::Leases::Stub::GetScope, request);
}

Result<void, Failure> AdminClient::list_leases(const v1::ListLeasesRequest& request,
                                               const std::function<void(const v1::Lease&)>& each) {
  grpc::ClientContext call;
  const auto reader = stubs_->leases.ListLeases(&call, request);
  v1::ListLeasesResponse page;
  while (reader->Read(&page)) {
    for (const auto& lease : page.leases()) each(lease);
  }
  const auto status = reader->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return {};
}

Result<v1::Lease, Failure> AdminClient::lease(const std::string& address) {
  v1::GetLeaseRequest request;
  request.set_address(address);
  auto response = ask(stubs_->leases, &v1::Leases::Stub::GetLease, request);
  if (!response) return fail(std::move(response.error()));
  return std::move(*response->mutable_lease());
}

Result<void, Failure> AdminClient::release_lease(const std::string& address) {
  v1::ReleaseLeaseRequest request;
  request.set_address(address);
  return without_response(ask(stubs_->leases, &v1::Leases::Stub::ReleaseLease, request));
}

Result<std::uint64_t, Failure> AdminClient::flush_leases(const v1::FlushLeasesRequest& request) {
  auto response = ask(stubs_->leases, &v1::Leases::Stub::FlushLeases, request);
  if (!response) return fail(std::move(response.error()));
  return response->leases();
}

Result<v1::Reservation, Failure> AdminClient::reserve_lease(
    const v1::ReserveLeaseRequest& request) {
  auto response = ask(stubs_->leases, &v1::Leases::Stub::ReserveLease, request);
  if (!response) return fail(std::move(response.error()));
  return std::move(*response->mutable_reservation());
}

Result<void, Failure> AdminClient::list_reservations(
    const std::string& scope, const std::function<void(const v1::Reservation&)>& each) {
  v1::ListReservationsRequest request;
  request.set_scope(scope);
  grpc::ClientContext call;
  const auto reader = stubs_->leases.ListReservations(&call, request);
  v1::ListReservationsResponse page;
  while (reader->Read(&page)) {
    for (const auto& reservation : page.reservations()) each(reservation);
  }
  const auto status = reader->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return {};
}

Result<void, Failure> AdminClient::delete_reservation(const std::string& address) {
  v1::DeleteReservationRequest request;
  request.set_address(address);
  return without_response(ask(stubs_->leases, &v1::Leases::Stub::DeleteReservation, request));
}

Result<v1::ImportLeasesResponse, Failure> AdminClient::import_leases(
    const v1::RowOptions& options, std::size_t count,
    const std::function<void(std::size_t, v1::ImportedLease&)>& fill) {
  grpc::ClientContext call;
  v1::ImportLeasesResponse response;
  const auto writer = stubs_->leases.ImportLeases(&call, &response);
  send_rows<v1::ImportLeasesRequest>(*writer, options, count, fill);
  const auto status = writer->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return response;
}

Result<v1::AddReservationsResponse, Failure> AdminClient::add_reservations(
    const v1::RowOptions& options, std::size_t count,
    const std::function<void(std::size_t, v1::Reservation&)>& fill) {
  grpc::ClientContext call;
  v1::AddReservationsResponse response;
  const auto writer = stubs_->leases.AddReservations(&call, &response);
  send_rows<v1::AddReservationsRequest>(*writer, options, count, fill);
  const auto status = writer->Finish();
  if (!status.ok()) return fail(to_failure(status));
  return response;
}

Result<v1::GetStatisticsResponse, Failure> AdminClient::statistics() {
  return ask(stubs_->server, &v1::Server::Stub::GetStatistics, v1::GetStatisticsRequest());
}

Result<v1::ScavengeResponse, Failure> AdminClient::scavenge() {
  return ask(stubs_->server, &v1::Server::Stub::Scavenge, v1::ScavengeRequest());
}

Result<void, Failure> AdminClient::backup(const std::string& file) {
  v1::BackupRequest request;
  request.set_file(file);
  return without_response(ask(stubs_->server, &v1::Server::Stub::Backup, request));
}

Result<v1::ListPartnersResponse, Failure> AdminClient::partners() {
  return ask(stubs_->replication, &v1::Replication::Stub::ListPartners, v1::ListPartnersRequest());
}

Result<v1::ListOwnersResponse, Failure> AdminClient::owners() {
  return ask(stubs_->replication, &v1::Replication::Stub::ListOwners, v1::ListOwnersRequest());
}

Result<v1::PullResponse, Failure> AdminClient::pull(const v1::PullRequest& request) {
  return ask(stubs_->replication, &v1::Replication::Stub::Pull, request, replication_patience);
}

Result<v1::PushResponse, Failure> AdminClient::push(const v1::PushRequest& request) {
  return ask(stubs_->replication, &v1::Replication::Stub::Push, request, replication_patience);
}

Result<std::string, Failure> AdminClient::set_paused(const std::string& partner, bool paused) {
  v1::SetPausedRequest request;
  request.set_partner(partner);
  request.set_paused(paused);
  auto response = ask(stubs_->replication, &v1::Replication::Stub::SetPaused, request);
  if (!response) return fail(std::move(response.error()));
  return response->partner();
}

Result<v1::VerifyResponse, Failure> AdminClient::verify(const v1::VerifyRequest& request) {
  return ask(stubs_->replication, &v1::Replication::Stub::Verify, request, replication_patience);
}

Result<std::uint64_t, Failure> AdminClient::delete_owner(const std::string& owner) {
  v1::DeleteOwnerRequest request;
  request.set_owner(owner);
  auto response =
      ask(stubs_->replication, &v1::Replication::Stub::DeleteOwner, request, replication_patience);
  if (!response) return fail(std::move(response.error()));
  return response->records();
}

Result<std::uint64_t, Failure> AdminClient::tombstone_owner(const std::string& owner) {
  v1::TombstoneOwnerRequest request;
  request.set_owner(owner);
  auto response = ask(stubs_->replication, &v1::Replication::Stub::TombstoneOwner, request,
                      replication_patience);
  if (!response) return fail(std::move(response.error()));
  return response->records();
}

}  // namespace winsome::cli
