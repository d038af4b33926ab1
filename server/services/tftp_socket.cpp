#include "server/services/tftp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "server/core/listen_advice.h"
#include "server/net/socket_address.h"

namespace winsome::services {
namespace {

using net::generic;
using net::to_endpoint;
using net::to_sockaddr;

/// Room for some windows; the kernel gives less where net.core.wmem_max says so.
constexpr int send_buffer_wanted = 1 << 20;
/// Datagrams that one system call sends.
constexpr std::size_t batch_max = 64;

void set_option(int fd, int level, int option, int value) {
  // What fails here makes the service slower, not wrong, but for the first two of listen(), where
  // bind fails in its turn.
  static_cast<void>(setsockopt(fd, level, option, &value, sizeof(value)));
}

std::string advice(const Endpoint& endpoint, int error) {
  return listen_advice(
      endpoint, error,
      {.what = " for TFTP", .rival = {}, .sockets = "-ulpn", .key = "tftp.listen"});
}

/// Where the datagram was sent to, if that is an address of ours and not a broadcast.
Ipv4 asked_address(msghdr& header) {
  for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != IPPROTO_IP || control->cmsg_type != IP_PKTINFO) continue;
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(control), sizeof(info));
    if (info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr)
      return Ipv4(ntohl(info.ipi_spec_dst.s_addr));
  }
  return {};
}

}  // namespace

Result<TftpSocket, std::string> TftpSocket::listen(const Endpoint& endpoint) {
  TftpSocket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), endpoint);
  if (socket.fd_ < 0) return fail(advice(endpoint, errno));
  set_option(socket.fd_, SOL_SOCKET, SO_REUSEPORT, 1);
  set_option(socket.fd_, IPPROTO_IP, IP_PKTINFO, 1);
  if (!socket.bind()) return fail(advice(endpoint, errno));
  return socket;
}

std::optional<TftpSocket> TftpSocket::answering(Ipv4 address) {
  TftpSocket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), {address, 0});
  if (socket.fd_ < 0) return std::nullopt;
  set_option(socket.fd_, SOL_SOCKET, SO_SNDBUF, send_buffer_wanted);
  if (!socket.bind()) return std::nullopt;
  return socket;
}

bool TftpSocket::bind() {
  auto address = to_sockaddr(local_);
  if (::bind(fd_, generic(&address), sizeof(address)) < 0) return false;
  socklen_t length = sizeof(address);
  if (::getsockname(fd_, generic(&address), &length) < 0) return false;
  local_ = to_endpoint(address);
  return true;
}

TftpSocket::~TftpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<TftpSocket::Arrival> TftpSocket::receive(std::span<std::uint8_t> room) const {
  sockaddr_in from{};
  iovec vector{.iov_base = room.data(), .iov_len = room.size()};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> control{};
  msghdr header{};
  header.msg_name = &from;
  header.msg_namelen = sizeof(from);
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const auto length = ::recvmsg(fd_, &header, 0);
  if (length < 0) return std::nullopt;
  return Arrival{to_endpoint(from), asked_address(header),
                 Octets(room).first(static_cast<std::size_t>(length))};
}

void TftpSocket::send(std::span<const tftp::Datagram> datagrams) const {
  std::array<sockaddr_in, batch_max> to{};
  std::array<iovec, batch_max> vectors{};
  std::array<mmsghdr, batch_max> headers{};
  while (!datagrams.empty()) {
    const auto batch = datagrams.first(std::min(datagrams.size(), batch_max));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      to[i] = to_sockaddr(batch[i].to);
      vectors[i] = {.iov_base = const_cast<std::uint8_t*>(batch[i].octets.data()),
                    .iov_len = batch[i].octets.size()};
      headers[i].msg_hdr.msg_name = &to[i];
      headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_in);
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent =
        ::sendmmsg(fd_, headers.data(), static_cast<unsigned>(batch.size()), MSG_CONFIRM);
    if (sent <= 0) return;
    datagrams = datagrams.subspan(static_cast<std::size_t>(sent));
  }
}

}  // namespace winsome::services
