#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "replication/grpc/faults.h"
#include "replication/grpc/grpc_options.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::transport {

enum class Entry : std::uint8_t { secured, open };

/// Takes connections for gRPC, which neither bounds their number nor tells that anybody was there.
/// Keeps a descriptor of each beside gRPC's, and so knows which are open. Where they have to be
/// secured it looks at the first octet, and sends away by name who does not.
class Doorman {
 public:
  /// A connection that said something; the descriptor is the receiver's. On the doorman's thread.
  using Admit = std::function<void(int descriptor)>;

  /// The error is one sentence for the operator. `faults` must outlive the doorman.
  [[nodiscard]] static Result<std::unique_ptr<Doorman>, std::string> open(
      const std::vector<Endpoint>& listen, Entry entry, GrpcFaults& faults, GrpcLimits limits = {});

  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;
  ~Doorman();  // admits nobody after

  /// Once.
  void run(Admit admit);

  /// Whether the connection from `remote` is in use by somebody who may be here. When all places
  /// are taken, the oldest one that is not makes room. From any thread.
  void note_use(Endpoint remote, bool in_use);

  /// Where it listens, with the ports that were found for 0.
  [[nodiscard]] const std::vector<Endpoint>& listening() const;

 private:
  class Hall;
  explicit Doorman(std::unique_ptr<Hall> hall);

  std::unique_ptr<Hall> hall_;
};

}  // namespace winsome::transport
