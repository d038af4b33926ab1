#include "server/net/packet_socket.h"

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace winsome::net {
namespace {

/// Some ten thousand clients that boot at once.
constexpr int receive_buffer_wanted = 8 << 20;

sockaddr_ll link_address(EtherType type, std::uint32_t interface) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(static_cast<std::uint16_t>(type));
  address.sll_ifindex = static_cast<int>(interface);
  return address;
}

std::string advice(const char* what, int error) {
  const auto text = std::string("cannot ") + what + ": ";
  if (error == EPERM || error == EACCES)
    return text + "it needs the capability NET_RAW; start as root or by systemd";
  return text + std::strerror(error);
}

}  // namespace

Result<PacketSocket, std::string> PacketSocket::open(EtherType type,
                                                     std::span<const sock_filter> filter) {
  // Protocol 0 receives nothing until it is bound: no frame gets in before the filter.
  Descriptor descriptor(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.open()) return fail(advice("make a packet socket", errno));
  const int on = 1;
  const auto set = [&](int level, int option, const auto& value) {
    return ::setsockopt(descriptor.fd(), level, option, &value, sizeof(value)) == 0;
  };
  if (!filter.empty()) {
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = const_cast<sock_filter*>(filter.data())};
    if (!set(SOL_SOCKET, SO_ATTACH_FILTER, program))
      return fail(advice("filter a packet socket", errno));
  }
  if (!set(SOL_PACKET, PACKET_AUXDATA, on)) return fail(advice("set up a packet socket", errno));
  // What fails here makes the service slower, not wrong.
  static_cast<void>(set(SOL_SOCKET, SO_RCVBUF, receive_buffer_wanted) &&
                    set(SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_wanted));

  const auto everywhere = link_address(type, 0);
  const auto* address = reinterpret_cast<const sockaddr*>(&everywhere);
  if (::bind(descriptor.fd(), address, sizeof(everywhere)) < 0)
    return fail(advice("bind a packet socket", errno));
  return PacketSocket(std::move(descriptor), type);
}

std::uint64_t PacketSocket::receive_drops() const {
  tpacket_stats statistics{};
  socklen_t length = sizeof(statistics);
  if (::getsockopt(fd(), SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0) return 0;
  return statistics.tp_drops;
}

std::optional<Frame> PacketSocket::frame(const MessagesIn& batch, std::size_t i) {
  const auto sender = batch.sender<sockaddr_ll>(i);
  const bool broadcast =
      sender.sll_pkttype == PACKET_BROADCAST || sender.sll_pkttype == PACKET_MULTICAST;
  if (!broadcast && sender.sll_pkttype != PACKET_HOST) return std::nullopt;

  Frame frame;
  frame.interface = static_cast<std::uint32_t>(sender.sll_ifindex);
  frame.broadcast = broadcast;
  frame.payload = batch.octets(i);
  if (sender.sll_hatype == ARPHRD_ETHER && sender.sll_halen == frame.source.emplace().size()) {
    std::copy_n(std::begin(sender.sll_addr), frame.source->size(), frame.source->begin());
  } else {
    frame.source.reset();
  }
  const auto extra = batch.control<tpacket_auxdata>(i, SOL_PACKET, PACKET_AUXDATA);
  if (extra && (extra->tp_status & (TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID)) != 0)
    frame.checksum = Checksum::ignore;
  return frame;
}

void PacketSocket::add(MessagesOut& batch, std::size_t length, std::uint32_t interface,
                       const EthernetAddress& to) const {
  auto address = link_address(type_, interface);
  address.sll_halen = static_cast<unsigned char>(to.size());
  std::ranges::copy(to, std::begin(address.sll_addr));
  batch.add(length, address);
}

}  // namespace winsome::net
