#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/net/descriptor.h"
#include "server/net/message_batch.h"

namespace winsome::net {

/// ICMP messages of some types, beside what the kernel does with them itself. Needs NET_RAW.
class IcmpSocket {
 public:
  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<IcmpSocket, std::string> open(std::span<const std::uint8_t> types);

  [[nodiscard]] int fd() const { return descriptor_.fd(); }

  /// A view into the batch that received it.
  struct Message {
    Ipv4 from;
    Ipv4 to;     // as the packet says, perhaps a group or a broadcast address
    Ipv4 local;  // our address to answer from
    std::uint32_t interface = 0;
    Octets payload;  // from the ICMP type on
  };
  [[nodiscard]] static std::optional<Message> message(const MessagesIn& batch, std::size_t i);

  /// Takes the first `length` octets of `batch.next()`, with their checksum. `from` may be
  /// unspecified, then the route decides; so may `interface`, with 0.
  static void add(MessagesOut& batch, std::size_t length, Ipv4 to, Ipv4 from,
                  std::uint32_t interface);

  /// Hears what is sent to a group by way of an interface; again, or on one that cannot, is
  /// harmless.
  void join(Ipv4 group, std::uint32_t interface) const;

 private:
  explicit IcmpSocket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  Descriptor descriptor_;
};

}  // namespace winsome::net
