#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/net/descriptor.h"
#include "server/net/message_batch.h"

namespace winsome::net {

/// One UDP port on every address, whose reader learns of each datagram by which interface it came,
/// and may send broadcasts. As long as it is open the kernel answers no datagram of this port with
/// an ICMP error. One thread may receive while another sends.
class PortSocket {
 public:
  /// `filter` sees a datagram from its UDP header on; empty: everything. The text of a failure is
  /// one sentence that says what to do.
  [[nodiscard]] static Result<PortSocket, std::string> bind(std::uint16_t port,
                                                            std::span<const sock_filter> filter);

  [[nodiscard]] int fd() const { return descriptor_.fd(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// A view into the batch that received it.
  struct Datagram {
    Endpoint from;
    Ipv4 to;     // as the packet says, perhaps a broadcast address
    Ipv4 local;  // our address to answer from
    std::uint32_t interface = 0;
    Octets payload;
  };
  [[nodiscard]] static Datagram datagram(const MessagesIn& batch, std::size_t i);

  /// Takes the first `length` octets of `batch.next()`. `from` may be unspecified, then the route
  /// decides; so may `interface`, with 0.
  static void add(MessagesOut& batch, std::size_t length, const Endpoint& to, Ipv4 from,
                  std::uint32_t interface);

 private:
  PortSocket(Descriptor descriptor, std::uint16_t port)
      : descriptor_(std::move(descriptor)), port_(port) {}

  Descriptor descriptor_;
  std::uint16_t port_;
};

}  // namespace winsome::net
