#include "server/services/bootp_port.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "server/dhcp/message.h"
#include "server/services/bootp_filter.h"

namespace winsome::services {
namespace {

dhcp::HardwareAddress hardware_of(const net::EthernetAddress& address) {
  dhcp::HardwareAddress hardware;
  hardware.length = static_cast<std::uint8_t>(address.size());
  std::ranges::copy(address, hardware.octets.begin());
  return hardware;
}

/// Whether a relay has written its address into the message (RFC 2131 figure 1).
bool is_relayed(Octets datagram) {
  ByteReader in(datagram, std::min<std::size_t>(datagram.size(), 24));
  return in.u32() != 0;
}

}  // namespace

Result<BootpPort, std::string> BootpPort::open(std::vector<std::string> interfaces) {
  auto frames = net::PacketSocket::open(net::EtherType::ipv4, client_frames);
  if (!frames) return fail(frames.error());
  auto datagrams = net::PortSocket::bind(dhcp::server_port, relayed_datagrams);
  if (!datagrams) return fail(datagrams.error());
  auto table = net::Interfaces::open();
  if (!table) return fail(table.error());
  return BootpPort(std::move(interfaces), std::move(*frames), std::move(*datagrams),
                   std::move(*table));
}

BootpPort::BootpPort(std::vector<std::string> chosen, net::PacketSocket frames,
                     net::PortSocket datagrams, net::Interfaces interfaces)
    : chosen_(std::move(chosen)),
      frames_(std::move(frames)),
      datagrams_(std::move(datagrams)),
      interfaces_(std::move(interfaces)) {}

void BootpPort::receive(int stop, const std::function<void(const Heard&)>& each) {
  std::array<pollfd, 4> waiting{};
  waiting[0] = {.fd = stop, .events = POLLIN, .revents = 0};
  waiting[1] = {.fd = interfaces_.fd(), .events = POLLIN, .revents = 0};
  waiting[2] = {.fd = frames_.fd(), .events = POLLIN, .revents = 0};
  waiting[3] = {.fd = datagrams_.fd(), .events = POLLIN, .revents = 0};
  if (::poll(waiting.data(), waiting.size(), -1) <= 0 || waiting[0].revents != 0) return;

  if (waiting[1].revents != 0) interfaces_.refresh();
  if (waiting[2].revents != 0) {
    const auto count = batch_->receive(frames_.fd());
    for (std::size_t i = 0; i < count; ++i) hear_frame(i, each);
    // Asked where the buffer may have been full, since it is a system call.
    if (count == net::messages_max) counters_->overflowed += frames_.receive_drops();
  }
  if (waiting[3].revents != 0) {
    const auto count = batch_->receive(datagrams_.fd());
    for (std::size_t i = 0; i < count; ++i) hear_datagram(i, each);
  }
}

const net::Interface* BootpPort::served(std::uint32_t index) const {
  const auto* interface = interfaces_.find(index);
  return interface != nullptr && net::is_chosen(chosen_, interface->name) ? interface : nullptr;
}

void BootpPort::hear_frame(std::size_t i, const std::function<void(const Heard&)>& each) {
  const auto frame = net::PacketSocket::frame(*batch_, i);
  if (!frame || !frame->source) return;
  const auto* interface = served(frame->interface);
  if (interface == nullptr) return;
  const auto packet = net::parse_udp_packet(frame->payload, frame->checksum);
  if (!packet) {
    ++counters_->malformed[static_cast<std::size_t>(packet.error())];
    return;
  }

  const auto to = packet->to.address;
  const bool broadcast = interfaces_.is_broadcast(to);
  if (!broadcast && !interfaces_.is_ours(to)) {
    ++counters_->not_for_us;
    return;
  }
  const auto local = broadcast ? interface->address_for(packet->from.address) : to;
  if (local.unspecified()) {
    ++counters_->no_address;
    return;
  }
  each({.arrival = {.interface = frame->interface,
                    .local = local,
                    .source = packet->from,
                    .frame_source = hardware_of(*frame->source),
                    .broadcast = broadcast},
        .datagram = packet->payload});
}

void BootpPort::hear_datagram(std::size_t i, const std::function<void(const Heard&)>& each) {
  const auto heard = net::PortSocket::datagram(*batch_, i);
  if (!is_relayed(heard.payload)) {
    const auto* interface = served(heard.interface);
    if (interface == nullptr || interface->hardware) return;
  }
  each({.arrival = {.interface = heard.interface,
                    .local = heard.local,
                    .source = heard.from,
                    .frame_source = {},
                    .broadcast = interfaces_.is_broadcast(heard.to)},
        .datagram = heard.payload});
}

BootpPortStatistics BootpPort::statistics() const {
  BootpPortStatistics statistics;
  std::ranges::transform(counters_->malformed, statistics.malformed.begin(),
                         [](const auto& counter) { return counter.load(); });
  statistics.not_for_us = counters_->not_for_us;
  statistics.no_address = counters_->no_address;
  statistics.overflowed = counters_->overflowed;
  return statistics;
}

}  // namespace winsome::services
