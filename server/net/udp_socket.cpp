#include "server/net/udp_socket.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/core/listen_advice.h"
#include "server/net/socket_address.h"

namespace winsome::net {
namespace {

/// Enough for a burst of some ten thousand registrations.
constexpr int receive_buffer_wanted = 8 << 20;
/// How long a thread blocks before it looks whether it should stop.
constexpr timeval receive_timeout{.tv_sec = 0, .tv_usec = 250'000};

template <class T>
void set_option(int fd, int level, int option, const T& value) {
  // What fails here makes the service slower, not wrong; receive_buffer() tells.
  static_cast<void>(setsockopt(fd, level, option, &value, sizeof(value)));
}

std::string advice(const Endpoint& endpoint, int error) {
  return listen_advice(endpoint, error,
                       {.what = {}, .rival = "nmbd? ", .sockets = "-ulpn", .key = "nbns.listen"});
}

}  // namespace

Result<UdpSocket, std::string> UdpSocket::bind(const Endpoint& endpoint, bool shared) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(std::string("cannot make a socket: ") + std::strerror(errno));
  UdpSocket socket(fd, endpoint);
  const int on = 1;
  if (shared) set_option(fd, SOL_SOCKET, SO_REUSEPORT, on);
  set_option(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer_wanted);
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_wanted);
  set_option(fd, SOL_SOCKET, SO_SNDBUF, receive_buffer_wanted);
  set_option(fd, SOL_SOCKET, SO_RCVTIMEO, receive_timeout);
  if (endpoint.address.unspecified()) set_option(fd, IPPROTO_IP, IP_PKTINFO, on);
  auto address = to_sockaddr(endpoint);
  if (::bind(fd, generic(&address), sizeof(address)) < 0) return fail(advice(endpoint, errno));
  socklen_t length = sizeof(address);
  if (::getsockname(fd, generic(&address), &length) == 0)
    socket.local_.port = ntohs(address.sin_port);
  return socket;
}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t UdpSocket::receive_buffer() const {
  int size = 0;
  socklen_t length = sizeof(size);
  if (::getsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, &length) < 0) return 0;
  return static_cast<std::size_t>(size) / 2;  // the kernel doubles it for its own bookkeeping
}

std::uint64_t UdpSocket::receive_drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t length = sizeof(info);
  if (::getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, info.data(), &length) < 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

ReceiveBatch::ReceiveBatch() {
  for (std::size_t i = 0; i < batch_max; ++i) {
    vectors_[i] = {.iov_base = room_[i].data(), .iov_len = room_[i].size()};
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &remotes_[i];
  }
}

std::size_t ReceiveBatch::receive(const UdpSocket& socket) {
  for (std::size_t i = 0; i < batch_max; ++i) {
    auto& header = headers_[i].msg_hdr;
    header.msg_namelen = sizeof(sockaddr_in);
    header.msg_control = socket.wildcard() ? controls_[i].data() : nullptr;
    header.msg_controllen = socket.wildcard() ? controls_[i].size() : 0;
  }
  const int count = ::recvmmsg(socket.fd(), headers_.data(), batch_max, MSG_WAITFORONE, nullptr);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

Endpoint ReceiveBatch::remote(std::size_t i) const {
  return {Ipv4(ntohl(remotes_[i].sin_addr.s_addr)), ntohs(remotes_[i].sin_port)};
}

Ipv4 ReceiveBatch::local(std::size_t i, const UdpSocket& socket) const {
  if (!socket.wildcard()) return socket.local().address;
  auto header = headers_[i].msg_hdr;
  for (const auto* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, const_cast<cmsghdr*>(control))) {
    if (control->cmsg_level != IPPROTO_IP || control->cmsg_type != IP_PKTINFO) continue;
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(control), sizeof(info));
    return Ipv4(ntohl(info.ipi_spec_dst.s_addr));
  }
  return {};
}

SendBatch::SendBatch() {
  for (std::size_t i = 0; i < batch_max; ++i) {
    vectors_[i].iov_base = room_[i].data();
    auto& header = headers_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &remotes_[i];
    header.msg_namelen = sizeof(sockaddr_in);
  }
}

void SendBatch::add(std::size_t length, const Endpoint& remote, Ipv4 local,
                    const UdpSocket& socket) {
  const auto i = size_++;
  vectors_[i].iov_len = length;
  remotes_[i] = to_sockaddr(remote);
  auto& header = headers_[i].msg_hdr;
  header.msg_control = nullptr;
  header.msg_controllen = 0;
  if (!socket.wildcard() || local.unspecified()) return;

  header.msg_control = controls_[i].data();
  header.msg_controllen = controls_[i].size();
  auto* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = IPPROTO_IP;
  control->cmsg_type = IP_PKTINFO;
  control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(local.value());
  std::memcpy(CMSG_DATA(control), &info, sizeof(info));
}

std::size_t SendBatch::flush(const UdpSocket& socket) {
  std::size_t sent = 0;
  std::size_t failed = 0;
  while (sent + failed < size_) {
    const auto at = sent + failed;
    const int count = ::sendmmsg(socket.fd(), &headers_[at], static_cast<unsigned>(size_ - at), 0);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      ++failed;  // an unreachable client must not hold up the others
    }
  }
  size_ = 0;
  return failed;
}

}  // namespace winsome::net
