#include "tests/sim/network.h"

#include <array>

namespace winsome::sim {

void Network::attach(Ipv4 address, const std::string& who, Receiver receiver) {
  nodes_.insert_or_assign(address, Node{who, std::move(receiver)});
}

void Network::send(Endpoint from, Endpoint to, const nbns::Message& message) {
  std::array<std::uint8_t, nbns::payload_length_max> room{};
  const auto octets = nbns::encode(message, room);
  if (octets.empty())
    return world_.violate("a message cannot be encoded: " + nbns::to_text(message));
  send({from, to, {octets.begin(), octets.end()}});
}

void Network::send(const Datagram& datagram) {
  if (world_.chance(weather.loss)) return note(datagram, "lost");
  const int copies = world_.chance(weather.duplication) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    world_.after(world_.between(weather.delay_least, weather.delay_most),
                 [this, datagram] { deliver(datagram); });
  }
}

void Network::deliver(const Datagram& datagram) {
  const auto found = nodes_.find(datagram.to.address);
  if (found == nodes_.end()) return note(datagram, "nobody there");
  note(datagram, "");
  const auto receiver = found->second.receiver;  // it may detach itself
  receiver(datagram);
}

std::string Network::who(Ipv4 address) const {
  const auto found = nodes_.find(address);
  return found == nodes_.end() ? to_text(address) : found->second.who;
}

void Network::note(const Datagram& datagram, std::string_view fate) {
  if (!world_.keeps_trace()) return;
  const auto message = nbns::decode(datagram.octets);
  auto text = "-> " + who(datagram.to.address) + "  " +
              (message ? nbns::to_text(*message) : std::string("malformed"));
  if (!fate.empty()) text += " (" + std::string(fate) + ")";
  world_.note(who(datagram.from.address), text);
}

}  // namespace winsome::sim
