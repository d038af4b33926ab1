#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "server/core/result.h"
#include "server/net/descriptor.h"
#include "server/net/ethernet.h"
#include "server/net/message_batch.h"
#include "server/net/udp_packet.h"

namespace winsome::net {

/// What came in one frame; a view into the batch that received it.
struct Frame {
  std::uint32_t interface = 0;
  /// None on links that are not Ethernet; what arrives there has an address, and a route back.
  std::optional<EthernetAddress> source;
  bool broadcast = false;  // to everybody's hardware address, not to ours alone
  Checksum checksum = Checksum::verify;
  Octets payload;  // what the link's header stands before
};

/// Frames of one kind on every interface, also on those that come up later: the reader picks by
/// index. The kernel makes the link's header, so that our own hardware address is always right.
/// Needs NET_RAW. One thread may receive while another sends.
class PacketSocket {
 public:
  /// `filter` sees a frame from behind the link's header; empty: all of `type`. The text of a
  /// failure is one sentence that says what to do.
  [[nodiscard]] static Result<PacketSocket, std::string> open(EtherType type,
                                                              std::span<const sock_filter> filter);

  [[nodiscard]] int fd() const { return descriptor_.fd(); }
  /// Frames that the kernel dropped, because nobody read them in time, since the last call.
  [[nodiscard]] std::uint64_t receive_drops() const;

  /// Nothing for what we sent ourselves, or what was addressed to others.
  [[nodiscard]] static std::optional<Frame> frame(const MessagesIn& batch, std::size_t i);

  /// Takes the first `length` octets of `batch.next()`.
  void add(MessagesOut& batch, std::size_t length, std::uint32_t interface,
           const EthernetAddress& to) const;

 private:
  PacketSocket(Descriptor descriptor, EtherType type)
      : descriptor_(std::move(descriptor)), type_(type) {}

  Descriptor descriptor_;
  EtherType type_;
};

}  // namespace winsome::net
