#pragma once

#include <grpc/grpc.h>

#include "replication/grpc/grpc_options.h"

namespace winsome::transport {

/// What both ends of a connection agree on: each asks the other whether it is there, and takes such
/// questions from the other as often.
template <class Set>
void set_keep_alive(const GrpcOptions& options, Set set) {
  const auto interval = static_cast<int>(options.ping_interval.count());
  set(GRPC_ARG_KEEPALIVE_TIME_MS, interval);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(options.ping_timeout.count()));
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  set(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Half: clocks and threads are never exact, and a peer that asks too often is dropped.
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, interval / 2);
}

}  // namespace winsome::transport
