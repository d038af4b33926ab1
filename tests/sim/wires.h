#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/dhcp/message.h"
#include "tests/sim/network.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// A UDP datagram in its frame, as packet sockets see it.
struct Frame {
  dhcp::HardwareAddress from;
  dhcp::HardwareAddress to;  // length 0: everybody
  Endpoint source;
  Endpoint destination;
  std::vector<std::uint8_t> octets;
};

using Wire = std::uint32_t;

/// Ethernet segments with routers between them: frames reach who is on the wire, datagrams whoever
/// has the address, wherever it is plugged in.
class Wires {
 public:
  using Receiver = std::function<void(const Frame&)>;

  explicit Wires(World& world) : world_(world) {}

  void plug(Wire wire, const dhcp::HardwareAddress& hardware, const std::string& who,
            Receiver receiver);
  void unplug(Wire wire, const dhcp::HardwareAddress& hardware);
  /// Whoever has `address` now; the last one wins, as in a router's ARP table.
  void bind(Ipv4 address, Receiver receiver, const void* whose);
  void unbind(Ipv4 address, const void* whose);
  [[nodiscard]] bool bound(Ipv4 address) const { return hosts_.contains(address); }

  void send(Wire wire, const Frame& frame);
  void route(const Frame& frame);

  Weather weather;

 private:
  struct Plug {
    std::string who;
    Receiver receiver;
  };
  struct Holder {
    Receiver receiver;
    const void* whose = nullptr;
  };

  void later(const std::function<void()>& deliver, const Frame& frame);
  void note(const Frame& frame, const std::string& fate);

  World& world_;
  std::map<std::pair<Wire, dhcp::HardwareAddress>, Plug> plugs_;
  std::map<Ipv4, Holder> hosts_;
};

/// One line of a trace: "REQUEST of 02:.. for 10.0.0.6".
[[nodiscard]] std::string summary(const dhcp::Message& message);

/// Broadcasts of a wire go to servers elsewhere, and their answers back (RFC 1542 4). Lives as long
/// as the world.
class Relay {
 public:
  Relay(Wires& wires, Wire wire, Ipv4 address, std::vector<Ipv4> servers, std::string circuit);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

 private:
  void hear(const Frame& frame);
  void answer(const Frame& frame);

  Wires& wires_;
  Wire wire_;
  Ipv4 address_;
  std::vector<Ipv4> servers_;
  std::string circuit_;  // sub-option 1 of option 82; empty: none is added
  dhcp::HardwareAddress hardware_;
};

}  // namespace winsome::sim
