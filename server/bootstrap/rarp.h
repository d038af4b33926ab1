#pragma once

#include "server/bootstrap/arp.h"

namespace winsome::bootstrap {

/// Who serves an interface.
struct Server {
  EthernetAddress hardware{};
  Ipv4 address;
};

/// Whether a packet asks for an address (RFC 903). It is that of `target_hardware`, who need not be
/// the one who asks.
[[nodiscard]] bool is_rarp_question(const ArpPacket& packet);

/// The answer, which goes to the sender's hardware address.
[[nodiscard]] ArpPacket rarp_answer(const ArpPacket& question, Ipv4 address, const Server& server);

}  // namespace winsome::bootstrap
