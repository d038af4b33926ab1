#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::net {

/// Datagrams that one system call receives or sends.
inline constexpr std::size_t batch_max = 64;
/// The longest datagram received; what is longer is cut, and so malformed.
inline constexpr std::size_t datagram_max = 1500;
/// The longest datagram sent from a batch.
inline constexpr std::size_t answer_max = 576;

/// A bound UDP socket. Several may share an address (SO_REUSEPORT); the kernel spreads clients over
/// them.
class UdpSocket {
 public:
  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<UdpSocket, std::string> bind(const Endpoint& endpoint, bool shared);

  UdpSocket(UdpSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), local_(other.local_) {}
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const Endpoint& local() const { return local_; }
  /// Bound to 0.0.0.0: every datagram has to say which of our addresses it was sent to.
  [[nodiscard]] bool wildcard() const { return local_.address.unspecified(); }
  /// Octets that the kernel keeps for us while we are busy.
  [[nodiscard]] std::size_t receive_buffer() const;
  /// Datagrams that the kernel dropped because that was full.
  [[nodiscard]] std::uint64_t receive_drops() const;

 private:
  UdpSocket(int fd, const Endpoint& local) : fd_(fd), local_(local) {}
  int fd_;
  Endpoint local_;
};

/// Receives up to batch_max datagrams with one system call. Not copyable: the kernel's structures
/// point into it.
class ReceiveBatch {
 public:
  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Waits for the first datagram as long as the socket's timeout, then takes what is there. 0 on
  /// timeout, signal or an ICMP error; the loop just goes on.
  std::size_t receive(const UdpSocket& socket);

  [[nodiscard]] Octets datagram(std::size_t i) const {
    return {room_[i].data(), headers_[i].msg_len};
  }
  [[nodiscard]] Endpoint remote(std::size_t i) const;
  /// Our address that the datagram was sent to.
  [[nodiscard]] Ipv4 local(std::size_t i, const UdpSocket& socket) const;

 private:
  using Control = std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))>;
  std::array<std::array<std::uint8_t, datagram_max>, batch_max> room_;
  std::array<sockaddr_in, batch_max> remotes_{};
  std::array<iovec, batch_max> vectors_{};
  std::array<mmsghdr, batch_max> headers_{};
  alignas(cmsghdr) std::array<Control, batch_max> controls_{};
};

/// Collects datagrams and sends them with one system call.
class SendBatch {
 public:
  SendBatch();
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  /// Where the next datagram is to be written. There is always room after a flush of a full batch.
  [[nodiscard]] std::span<std::uint8_t> next() { return room_[size_]; }
  /// Takes the first `length` octets of `next`, to be sent to `remote` from our address `local`.
  void add(std::size_t length, const Endpoint& remote, Ipv4 local, const UdpSocket& socket);
  [[nodiscard]] bool full() const { return size_ == batch_max; }

  /// Sends what was collected; returns how many could not be sent.
  std::size_t flush(const UdpSocket& socket);

 private:
  using Control = std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))>;
  std::array<std::array<std::uint8_t, answer_max>, batch_max> room_;
  std::array<sockaddr_in, batch_max> remotes_{};
  std::array<iovec, batch_max> vectors_{};
  std::array<mmsghdr, batch_max> headers_{};
  alignas(cmsghdr) std::array<Control, batch_max> controls_{};
  std::size_t size_ = 0;
};

}  // namespace winsome::net
