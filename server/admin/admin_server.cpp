#include "server/admin/admin_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <utility>

#include "server/admin/leases_service.h"
#include "server/admin/names_service.h"
#include "server/admin/replication_service.h"
#include "server/admin/server_service.h"
#include "server/admin/service_context.h"

namespace winsome::admin {
namespace {

constexpr std::size_t worker_count = 4;         // lists and statistics go on beside a long import
constexpr std::size_t calls_waiting_max = 256;  // more than people and scripts ever have under way
constexpr int message_length_max = 1 << 20;     // an import's 500 mappings of 25 addresses fit
constexpr int streams_per_connection_max = 100;
constexpr std::chrono::seconds stop_patience{2};

}  // namespace

// The order is that of construction; destruction goes backwards: first the calls, last the socket.
struct AdminServer::Parts {
  Parts(Backend& backend, LeaseBackend* lease_backend, std::unique_ptr<UnixListener> the_listener,
        Audit audit)
      : listener(std::move(the_listener)),
        workers(worker_count, calls_waiting_max),
        context{backend, lease_backend, workers, *listener, std::move(audit)},
        leases(context),
        names(context),
        replication(context),
        server(context) {}

  std::unique_ptr<UnixListener> listener;
  WorkerPool workers;
  ServiceContext context;
  LeasesService leases;
  NamesService names;
  ReplicationService replication;
  ServerService server;
  std::unique_ptr<grpc::Server> grpc;
};

AdminServer::AdminServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

AdminServer::~AdminServer() {
  stop();
}

Result<std::unique_ptr<AdminServer>, std::string> AdminServer::start(
    Backend& backend, const std::filesystem::path& socket, Audit audit, LeaseBackend* leases) {
  auto listener = UnixListener::open(socket);
  if (!listener) return fail(std::move(listener.error()));
  auto parts = std::make_unique<Parts>(backend, leases, std::move(*listener), std::move(audit));

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(message_length_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, streams_per_connection_max);
  builder.RegisterService(&parts->leases);
  builder.RegisterService(&parts->names);
  builder.RegisterService(&parts->replication);
  builder.RegisterService(&parts->server);
  parts->grpc = builder.BuildAndStart();
  if (!parts->grpc) return fail(std::string("cannot start the admin service: gRPC refuses"));
  parts->listener->start([server = parts->grpc.get()](int descriptor) {
    grpc::AddInsecureChannelFromFd(server, descriptor);
  });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(parts)));
}

void AdminServer::stop() {
  if (!parts_) return;
  parts_->listener->stop();
  parts_->grpc->Shutdown(std::chrono::system_clock::now() + stop_patience);
  parts_.reset();
}

}  // namespace winsome::admin
