#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "replication/winsra/message.h"
#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/net/socket_address.h"

namespace winsome::transport {

using Bytes = std::vector<std::uint8_t>;

inline constexpr Ipv4 loopback{127, 0, 0, 1};
inline constexpr winsra::Handle raw_handle = 0x11223344;

using net::to_sockaddr;

/// A peer that does what a test says, octet by octet; it answers to `raw_handle`.
class RawPeer {
 public:
  explicit RawPeer(int descriptor) : descriptor_(descriptor) {
    const timeval limit{.tv_sec = 30, .tv_usec = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  /// Connects from `source`.
  explicit RawPeer(const Endpoint& remote, Ipv4 source = loopback)
      : RawPeer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto from = to_sockaddr({source, 0});
    auto to = to_sockaddr(remote);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&from), sizeof from), 0);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  RawPeer(RawPeer&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), handle_(other.handle_) {}
  RawPeer& operator=(RawPeer&&) = delete;
  ~RawPeer() { close(); }

  void send(const Bytes& octets) const {
    EXPECT_EQ(::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(octets.size()));
  }
  void say(const winsra::Message& message) const { send(winsra::encode(handle_, message)); }

  /// The next message; nothing when the connection ends, in whatever way.
  [[nodiscard]] std::optional<winsra::Message> hear() const {
    Bytes length(4);
    if (!read(length)) return std::nullopt;
    Bytes body(ByteReader(length).u32());
    if (!read(body)) return std::nullopt;
    auto frame = winsra::decode(body);
    if (!frame) return std::nullopt;
    if (frame->destination != raw_handle) ADD_FAILURE() << "not for this peer";
    return std::move(frame->message);
  }
  template <class T>
  [[nodiscard]] T hear_a() const {
    auto message = hear();
    if (!message || !std::holds_alternative<T>(*message)) {
      ADD_FAILURE() << (message ? to_text(*message) : "the connection ended");
      return {};
    }
    return std::get<T>(*std::move(message));
  }

  /// Starts the association; from here on it speaks to the right handle.
  winsra::Handle start(std::uint16_t minor = winsra::version_minor_persistent) {
    send(winsra::encode(0, winsra::StartRequest{.sender = raw_handle, .minor = minor}));
    return handle_ = hear_a<winsra::StartResponse>().sender;
  }
  /// Answers the start of who connected.
  void answer_start(std::uint16_t minor = winsra::version_minor_persistent) {
    Bytes length(4);
    EXPECT_TRUE(read(length));
    Bytes body(ByteReader(length).u32());
    EXPECT_TRUE(read(body));
    const auto frame = winsra::decode(body);
    ASSERT_TRUE(frame && std::holds_alternative<winsra::StartRequest>(frame->message));
    handle_ = std::get<winsra::StartRequest>(frame->message).sender;
    say(winsra::StartResponse{.sender = raw_handle, .minor = minor});
  }
  void set_handle(winsra::Handle handle) { handle_ = handle; }

  /// Whether the other side ended the connection; what comes before is of no interest.
  [[nodiscard]] bool ended() const {
    Bytes room(std::size_t{64} << 10);
    while (true) {
      const auto count = ::recv(descriptor_, room.data(), room.size(), 0);
      if (count == 0) return true;
      if (count < 0) return errno == ECONNRESET;
    }
  }

  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  /// Without a farewell, as a machine that lost its state does.
  void reset() {
    const linger none{.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
  }

 private:
  [[nodiscard]] bool read(Bytes& octets) const {
    return ::recv(descriptor_, octets.data(), octets.size(), MSG_WAITALL) ==
           static_cast<ssize_t>(octets.size());
  }

  int descriptor_;
  winsra::Handle handle_ = 0;
};

/// Where a transport connects to.
class RawListener {
 public:
  RawListener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = to_sockaddr({loopback, 0});
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(descriptor_, generic, length), 0);
    EXPECT_EQ(::listen(descriptor_, 8), 0);
    EXPECT_EQ(::getsockname(descriptor_, generic, &length), 0);
    endpoint_ = {loopback, ntohs(address.sin_port)};
  }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;
  ~RawListener() { ::close(descriptor_); }

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] RawPeer accept() const {
    return RawPeer(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
  }

 private:
  int descriptor_;
  Endpoint endpoint_;
};

}  // namespace winsome::transport
