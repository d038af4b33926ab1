#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replication/engine/action.h"
#include "replication/grpc/faults.h"
#include "replication/grpc/grpc_options.h"
#include "replication/transport/transport.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::transport {

class Tls;

/// The service of proto/winsome/replication/v1: each call is a link.
class GrpcServer {
 public:
  /// `tls` may be null; it and `faults` must outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<GrpcServer>, std::string> start(
      const GrpcOptions& options, const Tls* tls, GrpcFaults& faults, Post post);

  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;
  ~GrpcServer();

  void send(const replication::AnswerMap& what);
  void send(const replication::AnswerRecords& what);
  void send(const replication::AnswerWatch& what);
  void send(const replication::RefuseLink& what);
  void close(replication::Link link);

  [[nodiscard]] const std::vector<Endpoint>& listening() const { return listening_; }

 private:
  struct Parts;
  explicit GrpcServer(std::unique_ptr<Parts> parts);

  [[nodiscard]] Result<void, std::string> listen(const GrpcOptions& options, const Tls* tls,
                                                 GrpcFaults& faults);

  std::unique_ptr<Parts> parts_;
  std::vector<Endpoint> listening_;
};

}  // namespace winsome::transport
