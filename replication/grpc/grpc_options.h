#pragma once

#include <cstddef>
#include <vector>

#include "replication/tls/tls_files.h"
#include "replication/transport/transport.h"
#include "server/core/instant.h"
#include "server/core/ipv4.h"

namespace winsome::transport {

/// What callers may cost us. Tests shorten them; nobody else has to.
struct GrpcLimits {
  /// Each takes two descriptors, of 4,096 that the daemon has.
  std::size_t connections_max = 512;
  /// As of TCP 42; a partner needs three or four.
  std::size_t connections_max_of_one_address = 16;
  milliseconds first_octet{10'000};
  /// For a message of a stream: the engine waits as long for an answer.
  milliseconds write{60'000};
};

struct GrpcOptions {
  std::vector<Endpoint> listen;  // empty: partners cannot call
  bool insecure = false;         // `listen` without certificates
  TlsFiles files;                // none: only partners that are named insecure can be called
  NoteRefusal refused;           // may be empty
  NoteFault fault;
  GrpcLimits limits;

  seconds patience{10};  // for a connection to come up
  // A peer that is gone is noticed within both together.
  milliseconds ping_interval = std::chrono::seconds(40);
  milliseconds ping_timeout = std::chrono::seconds(20);
};

}  // namespace winsome::transport
