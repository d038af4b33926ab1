#include "server/net/port_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

namespace winsome::net {
namespace {

constexpr int buffer_wanted = 8 << 20;

std::string advice(std::uint16_t port, int error) {
  const auto number = std::to_string(port);
  const auto text = "cannot listen on UDP port " + number + ": ";
  switch (error) {
    case EADDRINUSE:
      return text + "another program has it; stop it (`ss -ulpn 'sport = " + number +
             "'` names it)";
    case EACCES:
      return text +
             "ports below 1024 need the capability NET_BIND_SERVICE; start as root or by "
             "systemd";
    default: return text + std::strerror(error);
  }
}

}  // namespace

Result<PortSocket, std::string> PortSocket::bind(std::uint16_t port,
                                                 std::span<const sock_filter> filter) {
  Descriptor descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.open()) return fail(advice(port, errno));
  const int on = 1;
  const auto set = [&](int level, int option, const auto& value) {
    return ::setsockopt(descriptor.fd(), level, option, &value, sizeof(value)) == 0;
  };
  if (!filter.empty()) {
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = const_cast<sock_filter*>(filter.data())};
    if (!set(SOL_SOCKET, SO_ATTACH_FILTER, program)) return fail(advice(port, errno));
  }
  if (!set(IPPROTO_IP, IP_PKTINFO, on) || !set(SOL_SOCKET, SO_BROADCAST, on))
    return fail(advice(port, errno));
  // What fails here makes the service slower, not wrong.
  static_cast<void>(set(SOL_SOCKET, SO_RCVBUF, buffer_wanted) &&
                    set(SOL_SOCKET, SO_RCVBUFFORCE, buffer_wanted));
  static_cast<void>(set(SOL_SOCKET, SO_SNDBUF, buffer_wanted));

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(descriptor.fd(), generic, length) < 0) return fail(advice(port, errno));
  if (::getsockname(descriptor.fd(), generic, &length) < 0) return fail(advice(port, errno));
  return PortSocket(std::move(descriptor), ntohs(address.sin_port));
}

PortSocket::Datagram PortSocket::datagram(const MessagesIn& batch, std::size_t i) {
  const auto sender = batch.sender<sockaddr_in>(i);
  Datagram datagram;
  datagram.from = {Ipv4(ntohl(sender.sin_addr.s_addr)), ntohs(sender.sin_port)};
  datagram.payload = batch.octets(i);
  if (const auto packet = batch.control<in_pktinfo>(i, IPPROTO_IP, IP_PKTINFO)) {
    datagram.to = Ipv4(ntohl(packet->ipi_addr.s_addr));
    datagram.local = Ipv4(ntohl(packet->ipi_spec_dst.s_addr));
    datagram.interface = static_cast<std::uint32_t>(packet->ipi_ifindex);
  }
  return datagram;
}

void PortSocket::add(MessagesOut& batch, std::size_t length, const Endpoint& to, Ipv4 from,
                     std::uint32_t interface) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(to.address.value());
  in_pktinfo packet{};
  packet.ipi_ifindex = static_cast<int>(interface);
  packet.ipi_spec_dst.s_addr = htonl(from.value());
  batch.add(length, address, IPPROTO_IP, IP_PKTINFO, packet);
}

}  // namespace winsome::net
