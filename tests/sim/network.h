#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/nbns/message.h"
#include "tests/sim/world.h"

namespace winsome::sim {

struct Datagram {
  Endpoint from;
  Endpoint to;
  std::vector<std::uint8_t> octets;
};

/// What the network does to datagrams. Different delays put them into another order.
struct Weather {
  std::uint32_t loss = 0;         // permille
  std::uint32_t duplication = 0;  // permille
  milliseconds delay_least{5};
  milliseconds delay_most{5};
};

/// Carries datagrams between addresses: late, twice, or not at all.
class Network {
 public:
  using Receiver = std::function<void(const Datagram&)>;

  explicit Network(World& world) : world_(world) {}

  void attach(Ipv4 address, const std::string& who, Receiver receiver);
  void detach(Ipv4 address) { nodes_.erase(address); }

  void send(const Datagram& datagram);
  void send(Endpoint from, Endpoint to, const nbns::Message& message);

  Weather weather;

 private:
  struct Node {
    std::string who;
    Receiver receiver;
  };

  void deliver(const Datagram& datagram);
  [[nodiscard]] std::string who(Ipv4 address) const;
  void note(const Datagram& datagram, std::string_view fate);

  World& world_;
  std::map<Ipv4, Node> nodes_;
};

}  // namespace winsome::sim
