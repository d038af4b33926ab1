#pragma once

#include <cstddef>
#include <cstdint>

#include "server/core/ipv4.h"
#include "server/dhcp/client.h"
#include "server/dhcp/message.h"

namespace winsome::dhcp {

/// How a message came: where an answer may go.
struct Arrival {
  std::uint32_t interface = 0;  // the kernel's index; 0: unknown, only relayed or routed answers
  Ipv4 local;                   // our address there: the server identifier
  Endpoint source;
  HardwareAddress frame_source;  // of the frame that brought it; length 0: not seen
  bool broadcast = false;        // it was sent to 255.255.255.255 or the network's broadcast
};

/// Where an answer goes (RFC 2131 4.1).
enum class Delivery : std::uint8_t {
  relay,      // to giaddr, port 67, by the ordinary socket
  address,    // to a client that has its address: a frame to `hardware` if known, else the socket
  hardware,   // to a client that has none yet: a frame to `hardware`, IP destination yiaddr
  broadcast,  // to 255.255.255.255 and everybody's hardware address
};

struct Outgoing {
  Delivery delivery = Delivery::broadcast;
  std::uint32_t interface = 0;
  Ipv4 from;  // our address
  Endpoint to;
  HardwareAddress hardware;  // frame_source or chaddr
  bool neighbour = false;    // make a neighbour entry for yiaddr before it leaves (decision 23)
  std::size_t size_max = message_size_default;
  Message message;
};

}  // namespace winsome::dhcp
