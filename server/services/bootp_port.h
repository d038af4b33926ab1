#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/core/result.h"
#include "server/dhcp/delivery.h"
#include "server/net/interfaces.h"
#include "server/net/packet_socket.h"
#include "server/net/port_socket.h"

namespace winsome::services {

/// A datagram for port 67; a view that lasts until the next is received.
struct Heard {
  dhcp::Arrival arrival;
  Octets datagram;
};

/// What came and was no datagram for us.
struct BootpPortStatistics {
  std::array<std::uint64_t, net::packet_errors> malformed{};
  std::uint64_t not_for_us = 0;  // frames to us whose packet goes elsewhere: we are its router
  std::uint64_t no_address = 0;  // by an interface on which we have no address
  std::uint64_t overflowed = 0;  // dropped by the kernel, because nobody read them in time
};

/// The two sockets of port 67, as bootp_filter.h shares the work between them: for the DHCP server
/// or the relay agent, not for both. The UDP socket also keeps the kernel from answering clients
/// with "port unreachable". Opened while the daemon may still do so; then one thread receives.
class BootpPort {
 public:
  /// `interfaces`: where clients are served, by name; empty: on all. Those that come later are
  /// served when they come. Requests that were relayed come by any. The text of a failure is one
  /// sentence that says what to do.
  [[nodiscard]] static Result<BootpPort, std::string> open(std::vector<std::string> interfaces);

  /// Waits until something comes, or `stop` is readable; then calls `each` for every datagram that
  /// is there.
  void receive(int stop, const std::function<void(const Heard&)>& each);

  [[nodiscard]] const net::PacketSocket& frames() const { return frames_; }
  [[nodiscard]] const net::PortSocket& datagrams() const { return datagrams_; }
  /// For the receiving thread only.
  [[nodiscard]] const net::Interfaces& interfaces() const { return interfaces_; }
  /// Any thread may ask.
  [[nodiscard]] BootpPortStatistics statistics() const;

 private:
  struct Counters {
    std::array<std::atomic<std::uint64_t>, net::packet_errors> malformed{};
    std::atomic<std::uint64_t> not_for_us = 0;
    std::atomic<std::uint64_t> no_address = 0;
    std::atomic<std::uint64_t> overflowed = 0;
  };

  BootpPort(std::vector<std::string> chosen, net::PacketSocket frames, net::PortSocket datagrams,
            net::Interfaces interfaces);
  [[nodiscard]] const net::Interface* served(std::uint32_t index) const;
  void hear_frame(std::size_t i, const std::function<void(const Heard&)>& each);
  void hear_datagram(std::size_t i, const std::function<void(const Heard&)>& each);

  std::vector<std::string> chosen_;
  net::PacketSocket frames_;
  net::PortSocket datagrams_;
  net::Interfaces interfaces_;
  std::unique_ptr<net::MessagesIn> batch_ = std::make_unique<net::MessagesIn>();
  std::unique_ptr<Counters> counters_ = std::make_unique<Counters>();
};

}  // namespace winsome::services
