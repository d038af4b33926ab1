#include "server/services/bootp_sender.h"

#include <algorithm>

#include "server/dhcp/message.h"

namespace winsome::services {

std::optional<net::EthernetAddress> ethernet_address(const dhcp::HardwareAddress& hardware) {
  net::EthernetAddress address{};
  if (hardware.type != dhcp::HardwareAddress::ethernet || hardware.length != address.size())
    return std::nullopt;
  std::ranges::copy(hardware.view(), address.begin());
  return address;
}

void BootpSender::add(const Parcel& parcel) {
  const auto hardware = ethernet_address(parcel.hardware);
  switch (parcel.delivery) {
    case dhcp::Delivery::relay: return add_datagram(parcel);
    case dhcp::Delivery::address:
      return hardware ? add_frame(parcel, *hardware) : add_datagram(parcel);
    case dhcp::Delivery::hardware:
      return add_frame(parcel, hardware.value_or(net::ethernet_broadcast));
    case dhcp::Delivery::broadcast: return add_frame(parcel, net::ethernet_broadcast);
  }
}

void BootpSender::add_frame(const Parcel& parcel, const net::EthernetAddress& to) {
  if (frames_->full()) lost_ += frames_->flush(port_.frames().fd());
  const net::UdpPacket packet{{parcel.from, dhcp::server_port}, parcel.to, parcel.octets};
  const auto length = net::write_udp_packet(frames_->next(), packet);
  if (length == 0) {
    ++lost_;
    return;
  }
  port_.frames().add(*frames_, length, parcel.interface, to);
}

void BootpSender::add_datagram(const Parcel& parcel) {
  if (datagrams_->full()) lost_ += datagrams_->flush(port_.datagrams().fd());
  const auto room = datagrams_->next();
  if (parcel.octets.size() > room.size()) {
    ++lost_;
    return;
  }
  std::ranges::copy(parcel.octets, room.begin());
  // The route decides by which interface it leaves: it may not be the one the request came by.
  net::PortSocket::add(*datagrams_, parcel.octets.size(), parcel.to, parcel.from, 0);
}

std::uint64_t BootpSender::flush() {
  lost_ += frames_->flush(port_.frames().fd());
  lost_ += datagrams_->flush(port_.datagrams().fd());
  return std::exchange(lost_, 0);
}

}  // namespace winsome::services
