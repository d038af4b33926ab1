#include "server/net/icmp_socket.h"

#include <arpa/inet.h>
#include <linux/icmp.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

namespace winsome::net {
namespace {

constexpr int buffer_wanted = 1 << 20;
constexpr std::size_t ip_header_min = 20;

std::string advice(int error) {
  const std::string text = "cannot make a socket for ICMP: ";
  if (error == EPERM || error == EACCES)
    return text + "it needs the capability NET_RAW; start as root or by systemd";
  return text + std::strerror(error);
}

}  // namespace

Result<IcmpSocket, std::string> IcmpSocket::open(std::span<const std::uint8_t> types) {
  Descriptor descriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP));
  if (!descriptor.open()) return fail(advice(errno));
  const auto set = [&](int level, int option, const auto& value) {
    return ::setsockopt(descriptor.fd(), level, option, &value, sizeof(value)) == 0;
  };
  icmp_filter filter{};
  filter.data = ~0U;
  for (const auto type : types) filter.data &= ~(1U << (type & 31));
  const int on = 1;
  const int off = 0;
  if (!set(SOL_RAW, ICMP_FILTER, filter) || !set(IPPROTO_IP, IP_PKTINFO, on) ||
      !set(SOL_SOCKET, SO_BROADCAST, on) || !set(IPPROTO_IP, IP_MULTICAST_LOOP, off))
    return fail(advice(errno));
  // What fails here makes the service slower, not wrong.
  static_cast<void>(set(SOL_SOCKET, SO_RCVBUF, buffer_wanted));
  return IcmpSocket(std::move(descriptor));
}

std::optional<IcmpSocket::Message> IcmpSocket::message(const MessagesIn& batch, std::size_t i) {
  const auto packet = batch.octets(i);
  if (packet.size() < ip_header_min) return std::nullopt;
  const std::size_t header = std::size_t{4} * (packet[0] & 0x0f);
  if (packet.size() < header) return std::nullopt;

  Message message;
  message.from = Ipv4(ntohl(batch.sender<sockaddr_in>(i).sin_addr.s_addr));
  message.payload = packet.subspan(header);
  if (const auto found = batch.control<in_pktinfo>(i, IPPROTO_IP, IP_PKTINFO)) {
    message.to = Ipv4(ntohl(found->ipi_addr.s_addr));
    message.local = Ipv4(ntohl(found->ipi_spec_dst.s_addr));
    message.interface = static_cast<std::uint32_t>(found->ipi_ifindex);
  }
  return message;
}

void IcmpSocket::add(MessagesOut& batch, std::size_t length, Ipv4 to, Ipv4 from,
                     std::uint32_t interface) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(to.value());
  in_pktinfo packet{};
  packet.ipi_ifindex = static_cast<int>(interface);
  packet.ipi_spec_dst.s_addr = htonl(from.value());
  batch.add(length, address, IPPROTO_IP, IP_PKTINFO, packet);
}

void IcmpSocket::join(Ipv4 group, std::uint32_t interface) const {
  ip_mreqn request{};
  request.imr_multiaddr.s_addr = htonl(group.value());
  request.imr_ifindex = static_cast<int>(interface);
  static_cast<void>(::setsockopt(fd(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)));
}

}  // namespace winsome::net
