#include "server/leases/network.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <string>

#include "server/core/byte_reader.h"
#include "server/dhcp/option_table.h"

namespace winsome::dhcp {

std::optional<Octets> relay_sub_option(const Message& message, std::uint8_t code) {
  const auto value = message.options.find(option::relay_agent_information);
  if (!value) return {};
  ByteReader in(*value);
  std::optional<Octets> found;
  while (in.remaining() > 0) {
    const auto here = in.u8();
    const auto octets = in.take(in.u8());
    if (!in.ok()) return {};
    if (here == code && !found) found = octets;
  }
  return found;
}

namespace {

std::optional<Ipv4> as_address(std::optional<Octets> octets) {
  if (!octets || octets->size() != 4) return {};
  return Ipv4(ByteReader(*octets).u32());
}

}  // namespace

Ipv4 link_address(const Arrival& arrival, const Message& message) {
  if (const auto link = as_address(relay_sub_option(message, relay::link_selection))) return *link;
  if (const auto subnet = message.options.address(option::subnet_selection)) return *subnet;
  if (!message.giaddr.unspecified()) return message.giaddr;
  // A renewal is routed to us from anywhere; so may an INFORM be, which some hosts broadcast.
  const bool routed = !arrival.broadcast || message.type == MessageType::inform;
  if (routed && !message.ciaddr.unspecified()) return message.ciaddr;
  return arrival.local;
}

bool lies_in(Ipv4 address, std::span<const Ipv4Prefix> networks) {
  return std::ranges::any_of(networks,
                             [&](const Ipv4Prefix& network) { return network.contains(address); });
}

Networks::Networks(std::span<const Scope> scopes) {
  absl::flat_hash_map<std::string, std::size_t> shared;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    subnets_.push_back({scopes[i].subnet, i});
    auto network = scopes_on_.size();
    if (!scopes[i].shared_network.empty())
      network = shared.try_emplace(scopes[i].shared_network, network).first->second;
    if (network == scopes_on_.size()) scopes_on_.emplace_back();
    scopes_on_[network].push_back(i);
    network_of_.push_back(network);
  }
  std::ranges::stable_sort(subnets_, {},
                           [](const Subnet& subnet) { return subnet.prefix.network(); });
}

std::optional<std::size_t> Networks::scope_at(Ipv4 address) const {
  const auto after = std::ranges::upper_bound(
      subnets_, address, {}, [](const Subnet& subnet) { return subnet.prefix.network(); });
  if (after == subnets_.begin()) return {};
  const auto& subnet = *std::prev(after);
  if (!subnet.prefix.contains(address)) return {};
  return subnet.scope;
}

}  // namespace winsome::dhcp
