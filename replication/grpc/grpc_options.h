#pragma once

#include <vector>

#include "replication/tls/tls_files.h"
#include "replication/transport/transport.h"
#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::transport {

struct GrpcOptions {
  std::vector<Endpoint> listen;  // empty: partners cannot call
  bool insecure = false;         // `listen` without certificates
  TlsFiles files;                // none: only partners that are named insecure can be called
  NoteRefusal refused;           // may be empty
  NoteFault fault;

  seconds patience{10};  // for a connection to come up
  // A peer that is gone is noticed within both together.
  milliseconds ping_interval = std::chrono::seconds(40);
  milliseconds ping_timeout = std::chrono::seconds(20);
};

}  // namespace winsome::transport
