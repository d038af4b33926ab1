#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/net/packet_socket.h"
#include "tests/unit/server/net/network.h"

namespace winsome::services {

/// One end of a cable, where a test plays a machine that the kernel knows nothing of.
class Wire {
 public:
  Wire(std::uint32_t interface, net::EtherType type)
      : interface_(interface), socket_(net::PacketSocket::open(type, {})) {
    EXPECT_TRUE(socket_) << (socket_ ? "" : socket_.error());
  }

  void send(Octets octets, const net::EthernetAddress& to) {
    std::ranges::copy(octets, out_->next().begin());
    socket_->add(*out_, octets.size(), interface_, to);
    EXPECT_EQ(out_->flush(socket_->fd()), 0U);
  }

  void send(const net::UdpPacket& packet, const net::EthernetAddress& to) {
    std::vector<std::uint8_t> octets(net::packet_max);
    octets.resize(net::write_udp_packet(octets, packet));
    send(Octets(octets), to);
  }

  struct Got {
    bool broadcast = false;
    std::vector<std::uint8_t> octets;
  };

  /// The first frame that came by this end and that `wanted` likes; nothing after five seconds.
  std::optional<Got> receive(const std::function<bool(Octets)>& wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < end) {
      for (auto it = seen_.begin(); it != seen_.end(); ++it) {
        if (!wanted(it->octets)) continue;
        auto got = std::move(*it);
        seen_.erase(seen_.begin(), it + 1);
        return got;
      }
      seen_.clear();
      pollfd waiting{.fd = socket_->fd(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 100) <= 0) continue;
      const auto count = in_->receive(socket_->fd());
      for (std::size_t i = 0; i < count; ++i) {
        const auto frame = net::PacketSocket::frame(*in_, i);
        if (!frame || frame->interface != interface_) continue;
        seen_.push_back({frame->broadcast, {frame->payload.begin(), frame->payload.end()}});
      }
    }
    return std::nullopt;
  }

  struct Datagram {
    Endpoint from;
    Endpoint to;
    bool broadcast = false;
    std::vector<std::uint8_t> payload;
  };
  /// The same, for a datagram to a port.
  std::optional<Datagram> receive_datagram(std::uint16_t port) {
    const auto parse = [](Octets octets) {
      return net::parse_udp_packet(octets, net::Checksum::ignore);
    };
    const auto got = receive([&](Octets octets) {
      const auto packet = parse(octets);
      return packet && packet->to.port == port;
    });
    if (!got) return std::nullopt;
    const auto packet = parse(got->octets);
    return Datagram{
        packet->from, packet->to, got->broadcast, {packet->payload.begin(), packet->payload.end()}};
  }

 private:
  std::uint32_t interface_;
  Result<net::PacketSocket, std::string> socket_;
  std::vector<Got> seen_;
  std::unique_ptr<net::MessagesIn> in_ = std::make_unique<net::MessagesIn>();
  std::unique_ptr<net::MessagesOut> out_ = std::make_unique<net::MessagesOut>();
};

}  // namespace winsome::services
