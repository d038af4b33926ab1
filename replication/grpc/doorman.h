#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "replication/transport/transport.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::transport {

struct DoormanLimits {
  /// Connections on which nothing came yet.
  std::size_t waiting_max = 256;
  std::size_t waiting_max_of_one_address = 16;
  std::chrono::milliseconds patience{10'000};
};

/// Takes connections for gRPC and looks at their first octet: who does not secure them is sent away
/// by name, for gRPC does not tell that anybody was there.
class Doorman {
 public:
  /// A connection that begins as TLS does; the descriptor is the receiver's. On the doorman's
  /// thread.
  using Admit = std::function<void(int descriptor)>;

  /// The error is one sentence for the operator.
  [[nodiscard]] static Result<std::unique_ptr<Doorman>, std::string> open(
      const std::vector<Endpoint>& listen, NoteFault fault, DoormanLimits limits = {});

  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;
  ~Doorman();  // admits nobody after

  /// Once.
  void run(Admit admit);

  /// Where it listens, with the ports that were found for 0.
  [[nodiscard]] const std::vector<Endpoint>& listening() const;

 private:
  class Hall;
  explicit Doorman(std::unique_ptr<Hall> hall);

  std::unique_ptr<Hall> hall_;
};

}  // namespace winsome::transport
