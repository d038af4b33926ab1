#include "server/bootstrap/rarp.h"
#include "server/core/byte_writer.h"
#include "server/core/internet_checksum.h"
#include "server/services/bootstrap_responder.h"
#include "tests/unit/server/services/wire.h"

namespace winsome::services {
namespace {

using Packet = std::vector<std::uint8_t>;

constexpr Ipv4 ours{10, 77, 0, 1};
constexpr Ipv4 station{10, 77, 1, 5};
constexpr std::size_t ip_header = 20;

/// An IPv4 packet that carries an ICMP message.
Packet icmp(Ipv4 from, Ipv4 to, Packet message) {
  ByteWriter(std::span(message).subspan(2)).u16(internet_checksum(message));
  Packet packet(ip_header + message.size());
  ByteWriter out(packet);
  out.u32(0x45000000 | static_cast<std::uint32_t>(packet.size()));
  out.u32(0);
  out.u32(0x40010000);
  out.u32(from.value());
  out.u32(to.value());
  ByteWriter(std::span(packet).subspan(10)).u16(internet_checksum(out.written()));
  std::ranges::copy(message, packet.begin() + ip_header);
  return packet;
}

std::function<bool(Octets)> icmp_of_type(std::uint8_t type) {
  return [type](Octets octets) {
    return octets.size() > ip_header && octets[9] == 1 && octets[ip_header] == type;
  };
}

class BootstrapResponderNetwork : public net::Network {
 protected:
  void start(const bootstrap::Options& options) {
    auto sockets = BootstrapSockets::open(options);
    ASSERT_TRUE(sockets) << sockets.error();
    responder_.emplace(
        std::move(*sockets), options,
        [](const dhcp::HardwareAddress& hardware, std::span<const Ipv4Prefix> networks) {
          const bool known = to_text(hardware) == "02:00:00:00:00:02";
          const bool here = networks.size() == 1 && networks[0].contains(station);
          return known && here ? std::optional(station) : std::nullopt;
        });
  }

  std::optional<BootstrapResponder> responder_;
};

// RFC 903, S4
TEST_F(BootstrapResponderNetwork, TellsAStationItsAddressByRarp) {
  Wire client(index_of("client0"), net::EtherType::rarp);
  start({.interfaces = {}, .rarp = true, .router_discovery = {}});
  const auto ask = [&](const net::EthernetAddress& whose) {
    client.send(bootstrap::encode({.operation = bootstrap::ArpOperation::reverse_request,
                                   .sender_hardware = net::client_hardware,
                                   .sender = {},
                                   .target_hardware = whose,
                                   .target = {}}),
                net::ethernet_broadcast);
  };
  ask({2, 0, 0, 0, 0, 9});
  ask(net::client_hardware);
  const auto got = client.receive([](Octets octets) { return !octets.empty(); });
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->broadcast);
  EXPECT_EQ(bootstrap::decode_arp(got->octets),
            (bootstrap::ArpPacket{.operation = bootstrap::ArpOperation::reverse_reply,
                                  .sender_hardware = net::server_hardware,
                                  .sender = ours,
                                  .target_hardware = net::client_hardware,
                                  .target = station}));
  EXPECT_EQ(responder_->statistics().rarp_answers, 1U);
  EXPECT_EQ(responder_->statistics().rarp_unknown, 1U);
}

// RFC 950, S4
TEST_F(BootstrapResponderNetwork, TellsAStationTheMaskOfItsNetwork) {
  Wire client(index_of("client0"), net::EtherType::ipv4);
  run("ip neigh add 10.77.1.5 lladdr 02:00:00:00:00:02 dev server0 nud permanent");
  start({.interfaces = {}, .address_mask = true, .router_discovery = {}});
  const Packet request = {17, 0, 0, 0, 0x12, 0x34, 0, 1, 0, 0, 0, 0};
  client.send(icmp(Ipv4(192, 0, 2, 1), ours, request), net::server_hardware);  // no neighbour
  client.send(icmp(station, ours, request), net::server_hardware);
  const auto got = client.receive(icmp_of_type(18));
  ASSERT_TRUE(got);
  EXPECT_EQ(Ipv4(ByteReader(got->octets, 16).u32()), station);
  EXPECT_EQ(Ipv4(ByteReader(got->octets, ip_header + 8).u32()), Ipv4(255, 255, 0, 0));

  // Who has no address yet asks everybody, and is answered so.
  client.send(icmp(Ipv4(), Ipv4(255, 255, 255, 255), request), net::ethernet_broadcast);
  const auto broadcast = client.receive(icmp_of_type(18));
  ASSERT_TRUE(broadcast);
  EXPECT_TRUE(broadcast->broadcast);
  EXPECT_EQ(responder_->statistics().masks, 2U);
}

// RFC 1256, S4: soon after the start, soon after a question, and with no lifetime at the end
TEST_F(BootstrapResponderNetwork, AdvertisesRouters) {
  Wire client(index_of("client0"), net::EtherType::ipv4);
  bootstrap::Options options;
  options.router_discovery.enabled = true;
  options.router_discovery.routers = {Ipv4(10, 77, 0, 254), Ipv4(192, 0, 2, 254)};
  start(options);
  const auto expect_advertisement = [&](seconds lifetime) {
    const auto got = client.receive(icmp_of_type(9));
    ASSERT_TRUE(got);
    EXPECT_EQ(Ipv4(ByteReader(got->octets, 16).u32()), bootstrap::all_systems);
    EXPECT_EQ(got->octets[8], 1);  // RFC 1256 3: time to live
    const Packet message(got->octets.begin() + ip_header, got->octets.end());
    // Of the two only the one on this network.
    EXPECT_EQ(message, bootstrap::encode_router_advertisement(std::vector{Ipv4(10, 77, 0, 254)}, 0,
                                                              lifetime));
  };
  expect_advertisement(seconds(1800));
  client.send(icmp(Ipv4(), Ipv4(255, 255, 255, 255), {10, 0, 0, 0, 0, 0, 0, 0}),
              net::ethernet_broadcast);
  expect_advertisement(seconds(1800));
  responder_.reset();
  expect_advertisement(seconds(0));
}

TEST_F(BootstrapResponderNetwork, SaysNothingUnlessItIsSwitchedOn) {
  const auto sockets = BootstrapSockets::open({});
  ASSERT_TRUE(sockets) << sockets.error();
  EXPECT_FALSE(sockets->rarp);
  EXPECT_FALSE(sockets->icmp);
}

}  // namespace
}  // namespace winsome::services
