#pragma once

#include <utility>

#include "replication/engine/action.h"
#include "replication/grpc/client_link.h"
#include "replication/grpc/grpc_options.h"
#include "replication/transport/transport.h"

namespace winsome::transport {

class Tls;

/// The links that we open, by their numbers.
class GrpcClient {
 public:
  /// `tls` may be null, and must outlive the client.
  GrpcClient(const GrpcOptions& options, const Tls* tls, Post post);
  GrpcClient(const GrpcClient&) = delete;
  GrpcClient& operator=(const GrpcClient&) = delete;
  ~GrpcClient();

  void open(replication::Link link, replication::Partner&& partner);
  void close(replication::Link link);

  /// A link that is gone is passed over.
  template <class What>
  void send(What&& what) {
    if (const auto link = links_.find(what.link)) link->send(std::forward<What>(what));
  }

 private:
  const GrpcOptions options_;
  const Tls* tls_;
  const Post post_;
  ClientLinks links_;
};

}  // namespace winsome::transport
