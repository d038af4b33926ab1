#include "replication/grpc/grpc_transport.h"

#include <grpc/support/log.h>

#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

#include "replication/grpc/grpc_client.h"
#include "replication/grpc/grpc_server.h"
#include "replication/tls/tls.h"

namespace winsome::transport {
namespace {

using namespace replication;

/// gRPC writes a line for each port scanner that meets its port.
void keep_grpc_quiet() {
  if (!std::getenv("GRPC_VERBOSITY"))  // NOLINT(concurrency-mt-unsafe): nobody sets it
    gpr_set_log_verbosity(static_cast<gpr_log_severity>(GPR_LOG_SEVERITY_ERROR + 1));
}

bool no_files(const TlsFiles& files) {
  return files.certificate.empty() && files.key.empty() && files.authority.empty();
}

}  // namespace

// The order is that of construction; destruction goes backwards.
struct GrpcTransport::Parts {
  explicit Parts(NoteFault fault) : faults(std::move(fault)) {}

  GrpcFaults faults;
  std::unique_ptr<Tls> tls;
  std::unique_ptr<GrpcServer> server;
  std::unique_ptr<GrpcClient> client;
};

GrpcTransport::GrpcTransport(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

GrpcTransport::~GrpcTransport() = default;

Result<std::unique_ptr<GrpcTransport>, std::string> GrpcTransport::start(const GrpcOptions& options,
                                                                         Post post) {
  keep_grpc_quiet();
  auto parts = std::make_unique<Parts>(options.fault);
  if (!no_files(options.files)) {
    auto tls = Tls::open(options.files, [&faults = parts->faults, refused = options.refused](
                                            const std::string& who, const std::string& why) {
      faults.count(GrpcFault::certificate);
      if (refused) refused(who, why);
    });
    if (!tls) return fail("cannot secure replication over gRPC: " + tls.error());
    parts->tls = std::move(*tls);
  }
  auto server = GrpcServer::start(options, parts->tls.get(), parts->faults, post);
  if (!server) return fail(std::move(server.error()));
  parts->server = std::move(*server);
  parts->client = std::make_unique<GrpcClient>(options, parts->tls.get(), std::move(post));
  return std::unique_ptr<GrpcTransport>(new GrpcTransport(std::move(parts)));
}

void GrpcTransport::send(Send&& what) {
  auto& client = *parts_->client;
  auto& server = *parts_->server;
  std::visit(
      [&]<class What>(What& one) {
        if constexpr (std::is_same_v<What, OpenLink>) {
          client.open(one.link, std::move(one.partner));
        } else if constexpr (std::is_same_v<What, AnswerMap> ||
                             std::is_same_v<What, AnswerRecords> ||
                             std::is_same_v<What, AnswerWatch> ||
                             std::is_same_v<What, RefuseLink>) {
          server.send(std::move(one));
        } else if constexpr (std::is_same_v<What, CloseLink>) {
          if (one.link >= first_incoming) return server.close(one.link);
          client.close(one.link);
        } else {
          client.send(std::move(one));
        }
      },
      what);
}

const std::vector<Endpoint>& GrpcTransport::listening() const {
  return parts_->server->listening();
}

GrpcCounters GrpcTransport::counters() const {
  return parts_->faults.counters();
}

}  // namespace winsome::transport
