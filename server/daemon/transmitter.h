#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "server/names/actions.h"
#include "server/net/udp_socket.h"

namespace winsome::daemon {

/// Encodes what the decision plane says and sends it, each message by the socket its path names.
class Transmitter {
 public:
  explicit Transmitter(std::span<const net::UdpSocket> sockets) : sockets_(sockets) {}

  void send(const std::vector<names::Outgoing>& messages);

  [[nodiscard]] std::uint64_t failures() const { return failures_.load(std::memory_order_relaxed); }

 private:
  std::span<const net::UdpSocket> sockets_;
  net::SendBatch batch_;
  std::atomic<std::uint64_t> failures_ = 0;
};

}  // namespace winsome::daemon
