#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "server/core/result.h"
#include "server/dhcp/decode_error.h"
#include "server/leases/lease_server.h"
#include "server/net/event.h"
#include "server/net/neighbours.h"
#include "server/services/bootp_port.h"
#include "server/services/bootp_sender.h"

namespace winsome::services {

struct DhcpEndpointStatistics {
  BootpPortStatistics port;
  std::uint64_t received = 0;
  std::array<std::uint64_t, dhcp::decode_errors> malformed{};  // by DecodeError
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;             // the kernel had no room or no way
  std::uint64_t omitted = 0;          // options that found no room in their message
  std::uint64_t neighbours_full = 0;  // entries for which the kernel's table had no room
  std::uint64_t neighbours_refused = 0;
};

/// What the DHCP server has of the network while the daemon may still open it.
struct DhcpSockets {
  BootpPort port;
  net::Neighbours neighbours;

  /// As `BootpPort::open`.
  [[nodiscard]] static Result<DhcpSockets, std::string> open(std::vector<std::string> interfaces);
};

/// The DHCP server's side of the network: a thread receives and decodes, from construction to
/// destruction; the decision plane sends. Nothing is queued here: what comes goes to `deliver` in
/// batches of at most net::messages_max, and what leaves goes to the kernel at once.
class DhcpEndpoint {
 public:
  /// Called by the receiving thread. It must not wait: while it does, the kernel's buffer fills.
  using Deliver = std::function<void(std::vector<dhcp::ClientMessage>&&)>;

  DhcpEndpoint(DhcpSockets sockets, Deliver deliver);
  DhcpEndpoint(const DhcpEndpoint&) = delete;
  DhcpEndpoint& operator=(const DhcpEndpoint&) = delete;
  ~DhcpEndpoint();

  /// For one thread, which is the same as that of `remove_neighbours`.
  void send(std::span<const dhcp::Outgoing> messages);
  void remove_neighbours(std::span<const Ipv4> addresses);

  /// Any thread may ask.
  [[nodiscard]] DhcpEndpointStatistics statistics() const;

 private:
  void run();
  void add_neighbour(const dhcp::Outgoing& message);

  DhcpSockets sockets_;
  Deliver deliver_;
  BootpSender sender_;
  net::Event stop_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> received_ = 0;
  std::array<std::atomic<std::uint64_t>, dhcp::decode_errors> malformed_{};
  std::atomic<std::uint64_t> sent_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::atomic<std::uint64_t> omitted_ = 0;
  std::atomic<std::uint64_t> neighbours_full_ = 0;
  std::atomic<std::uint64_t> neighbours_refused_ = 0;
  std::thread thread_;
};

}  // namespace winsome::services
