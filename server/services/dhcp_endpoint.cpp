#include "server/services/dhcp_endpoint.h"

#include <algorithm>
#include <utility>

namespace winsome::services {

Result<DhcpSockets, std::string> DhcpSockets::open(std::vector<std::string> interfaces) {
  auto port = BootpPort::open(std::move(interfaces));
  if (!port) return fail(port.error());
  auto neighbours = net::Neighbours::open();
  if (!neighbours) return fail(neighbours.error());
  return DhcpSockets{std::move(*port), std::move(*neighbours)};
}

DhcpEndpoint::DhcpEndpoint(DhcpSockets sockets, Deliver deliver)
    : sockets_(std::move(sockets)),
      deliver_(std::move(deliver)),
      sender_(sockets_.port),
      thread_([this] { run(); }) {}

DhcpEndpoint::~DhcpEndpoint() {
  stopping_ = true;
  stop_.signal();
  thread_.join();
}

void DhcpEndpoint::run() {
  std::vector<dhcp::ClientMessage> messages;
  while (!stopping_) {
    sockets_.port.receive(stop_.fd(), [&](const Heard& heard) {
      ++received_;
      auto message = dhcp::decode(heard.datagram);
      if (message) {
        messages.push_back({heard.arrival, std::move(*message)});
      } else {
        ++malformed_[static_cast<std::size_t>(message.error())];
      }
    });
    if (!messages.empty()) deliver_(std::exchange(messages, {}));
  }
}

void DhcpEndpoint::send(std::span<const dhcp::Outgoing> messages) {
  for (const auto& message : messages) {
    if (message.neighbour) add_neighbour(message);
    const auto encoded = dhcp::encode(message.message, message.size_max);
    omitted_ += encoded.omitted;
    sender_.add({.delivery = message.delivery,
                 .interface = message.interface,
                 .from = message.from,
                 .to = message.to,
                 .hardware = message.hardware,
                 .octets = encoded.octets});
  }
  const auto lost = sender_.flush();
  lost_ += lost;
  sent_ += messages.size() - lost;
}

void DhcpEndpoint::add_neighbour(const dhcp::Outgoing& message) {
  const auto hardware = ethernet_address(message.message.hardware);
  if (!hardware) return;
  switch (sockets_.neighbours.add(message.message.yiaddr, *hardware, message.interface)) {
    case net::NeighbourResult::done: break;
    case net::NeighbourResult::full: ++neighbours_full_; break;
    case net::NeighbourResult::refused: ++neighbours_refused_; break;
  }
}

void DhcpEndpoint::remove_neighbours(std::span<const Ipv4> addresses) {
  sockets_.neighbours.remove(addresses);
}

DhcpEndpointStatistics DhcpEndpoint::statistics() const {
  DhcpEndpointStatistics statistics;
  statistics.port = sockets_.port.statistics();
  statistics.received = received_;
  std::ranges::transform(malformed_, statistics.malformed.begin(),
                         [](const auto& counter) { return counter.load(); });
  statistics.sent = sent_;
  statistics.lost = lost_;
  statistics.omitted = omitted_;
  statistics.neighbours_full = neighbours_full_;
  statistics.neighbours_refused = neighbours_refused_;
  return statistics;
}

}  // namespace winsome::services
