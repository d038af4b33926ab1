#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/tftp/transfer.h"

namespace winsome::services {

/// A UDP socket that never blocks: of requests, or of one transfer.
class TftpSocket {
 public:
  /// Each thread has its own for the same endpoint; the kernel gives every port of a client to the
  /// same one. The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<TftpSocket, std::string> listen(const Endpoint& endpoint);
  /// On a port of its own (RFC 1350 4), and on the address that the client asked. Nothing when
  /// there are no descriptors or ports left.
  [[nodiscard]] static std::optional<TftpSocket> answering(Ipv4 address);

  TftpSocket(TftpSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), local_(other.local_) {}
  TftpSocket& operator=(TftpSocket&&) = delete;
  ~TftpSocket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const Endpoint& local() const { return local_; }

  struct Arrival {
    Endpoint from;
    Ipv4 asked;  // our address; unspecified for what was sent to a broadcast address
    Octets datagram;
  };
  /// Nothing if nothing is there. What is longer than `room` is cut.
  [[nodiscard]] std::optional<Arrival> receive(std::span<std::uint8_t> room) const;

  /// What the network or the kernel has no room for is lost, as on the way. Confirms the neighbour
  /// entries of the receivers (decision 24).
  void send(std::span<const tftp::Datagram> datagrams) const;

 private:
  TftpSocket(int fd, const Endpoint& local) : fd_(fd), local_(local) {}
  /// False, and errno.
  bool bind();
  int fd_;
  Endpoint local_;
};

}  // namespace winsome::services
