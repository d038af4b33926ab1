#include "server/services/relay_agent.h"

#include <algorithm>
#include <utility>

#include "server/dhcp/message.h"

namespace winsome::services {

RelayAgent::RelayAgent(BootpPort port, dhcp::RelayOptions options)
    : port_(std::move(port)),
      options_(std::move(options)),
      sender_(port_),
      thread_([this] { run(); }) {}

RelayAgent::~RelayAgent() {
  stopping_ = true;
  stop_.signal();
  thread_.join();
}

void RelayAgent::run() {
  while (!stopping_) {
    port_.receive(stop_.fd(), [this](const Heard& heard) { carry(heard); });
    lost_ += sender_.flush();
  }
}

void RelayAgent::carry(const Heard& heard) {
  const bool reply =
      !heard.datagram.empty() && heard.datagram[0] == static_cast<std::uint8_t>(dhcp::Op::reply);
  // Servers answer relays by unicast; a reply among the clients is another server's (RFC
  // 1542 4.1.2).
  if (reply && heard.arrival.frame_source.length == 0) {
    carry_reply(heard);
  } else {
    carry_request(heard);
  }
}

void RelayAgent::carry_request(const Heard& heard) {
  const auto* interface = port_.interfaces().find(heard.arrival.interface);
  const dhcp::RelayPlace place{
      .name = interface == nullptr ? std::string_view() : std::string_view(interface->name),
      .address = heard.arrival.local};
  const auto octets = dhcp::relay_request(heard.datagram, place, our_addresses(), options_);
  if (!octets) {
    ++drops_[static_cast<std::size_t>(octets.error())];
    return;
  }
  for (const auto server : options_.servers) {
    sender_.add({.delivery = dhcp::Delivery::relay,
                 .interface = 0,
                 .from = {},
                 .to = {server, dhcp::server_port},
                 .hardware = {},
                 .octets = *octets});
  }
  ++requests_;
}

void RelayAgent::carry_reply(const Heard& heard) {
  const auto reply = dhcp::relay_reply(heard.datagram, our_addresses());
  if (!reply) {
    ++drops_[static_cast<std::size_t>(reply.error())];
    return;
  }
  const auto all = port_.interfaces().all();
  const auto interface = std::ranges::find_if(all, [&](const net::Interface& one) {
    return std::ranges::find(one.addresses, reply->giaddr, &net::InterfaceAddress::address) !=
           one.addresses.end();
  });
  if (interface == all.end()) return;  // gone since our addresses were read
  sender_.add({.delivery = reply->delivery,
               .interface = interface->index,
               .from = reply->giaddr,
               .to = reply->to,
               .hardware = reply->hardware,
               .octets = reply->octets});
  ++replies_;
}

std::vector<Ipv4> RelayAgent::our_addresses() const {
  std::vector<Ipv4> addresses;
  for (const auto& interface : port_.interfaces().all()) {
    for (const auto& one : interface.addresses) addresses.push_back(one.address);
  }
  return addresses;
}

RelayAgentStatistics RelayAgent::statistics() const {
  RelayAgentStatistics statistics;
  statistics.port = port_.statistics();
  statistics.requests = requests_;
  statistics.replies = replies_;
  statistics.lost = lost_;
  std::ranges::transform(drops_, statistics.drops.begin(),
                         [](const auto& counter) { return counter.load(); });
  return statistics;
}

}  // namespace winsome::services
