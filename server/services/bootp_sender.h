#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/dhcp/delivery.h"
#include "server/net/message_batch.h"
#include "server/services/bootp_port.h"

namespace winsome::services {

/// A message as it is to leave (RFC 2131 4.1).
struct Parcel {
  dhcp::Delivery delivery = dhcp::Delivery::broadcast;
  std::uint32_t interface = 0;
  Ipv4 from;
  Endpoint to;
  dhcp::HardwareAddress hardware;
  Octets octets;
};

/// The address, where it is Ethernet's.
[[nodiscard]] std::optional<net::EthernetAddress> ethernet_address(
    const dhcp::HardwareAddress& hardware);

/// Sends from port 67, in batches, and never waits: what the kernel has no room for is lost, as on
/// any wire, and counted. Belongs to one thread, which need not be the one that receives.
class BootpSender {
 public:
  explicit BootpSender(const BootpPort& port) : port_(port) {}

  void add(const Parcel& parcel);
  /// Sends what was added; returns how much was lost since the last flush.
  std::uint64_t flush();

 private:
  void add_frame(const Parcel& parcel, const net::EthernetAddress& to);
  void add_datagram(const Parcel& parcel);

  const BootpPort& port_;
  std::unique_ptr<net::MessagesOut> frames_ = std::make_unique<net::MessagesOut>();
  std::unique_ptr<net::MessagesOut> datagrams_ = std::make_unique<net::MessagesOut>();
  std::uint64_t lost_ = 0;
};

}  // namespace winsome::services
