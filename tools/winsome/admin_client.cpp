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

#include "winsome/admin/v1/names.grpc.pb.h"
#include "winsome/admin/v1/server.grpc.pb.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

constexpr std::chrono::seconds call_patience{60};
constexpr std::size_t mappings_per_message = 500;  // within the server's limit of 1 MB

Failure to_failure(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND: return {ExitCode::not_found, status.error_message()};
    case grpc::StatusCode::INVALID_ARGUMENT: return {ExitCode::usage, status.error_message()};
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return {ExitCode::unreachable, status.error_message()};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {
          ExitCode::unreachable,
          fmt::format("the server did not answer within {} s; see its log", call_patience.count())};
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
Result<Response, Failure> ask(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request) {
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + call_patience);
  Response response;
  const auto status = (stub.*method)(&call, request, &response);
  if (!status.ok()) return fail(to_failure(status));
  return response;
}

template <class Response>
Result<void, Failure> without_response(const Result<Response, Failure>& result) {
  if (!result) return fail(result.error());
  return {};
}

}  // namespace

struct AdminClient::Stubs {
  explicit Stubs(const std::shared_ptr<grpc::Channel>& channel) : names(channel), server(channel) {}
  v1::Names::Stub names;
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
  const auto channel =
      grpc::CreateChannel(std::string(scheme) + path, grpc::InsecureChannelCredentials());
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

}  // namespace winsome::cli
