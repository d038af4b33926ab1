#include "tests/unit/server/net/network.h"

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "server/net/icmp_socket.h"
#include "server/net/neighbours.h"
#include "server/net/packet_socket.h"
#include "server/net/port_socket.h"

namespace winsome::net {
namespace {

const std::vector<std::uint8_t> hello = {'h', 'e', 'l', 'l', 'o'};
constexpr Ipv4 everybody{255, 255, 255, 255};

std::string output_of(const std::string& command) {
  std::string text;
  auto* pipe = ::popen(command.c_str(), "r");
  std::array<char, 256> line{};
  while (pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr)
    text += line.data();
  if (pipe != nullptr) ::pclose(pipe);
  return text;
}

PacketSocket opened(EtherType type = EtherType::ipv4) {
  auto socket = PacketSocket::open(type, {});
  EXPECT_TRUE(socket) << (socket ? "" : socket.error());
  return std::move(*socket);
}

void send(const PacketSocket& socket, const UdpPacket& packet, std::uint32_t interface,
          const EthernetAddress& to) {
  const auto out = std::make_unique<MessagesOut>();
  socket.add(*out, write_udp_packet(out->next(), packet), interface, to);
  EXPECT_EQ(out->flush(socket.fd()), 0U);
}

TEST_F(Network, TheInterfacesAreThoseOfTheKernel) {
  const auto interfaces = Interfaces::open();
  ASSERT_TRUE(interfaces) << interfaces.error();
  const auto* server = find(*interfaces, "server0");
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(server->up);
  EXPECT_EQ(server->hardware, server_hardware);
  ASSERT_EQ(server->addresses.size(), 1U);
  EXPECT_EQ(server->addresses[0].address, Ipv4(10, 77, 0, 1));
  EXPECT_EQ(server->addresses[0].network, Ipv4Prefix(Ipv4(10, 77, 0, 0), 16));
  EXPECT_EQ(server->addresses[0].broadcast(), Ipv4(10, 77, 255, 255));
  const auto* loopback = find(*interfaces, "lo");
  ASSERT_NE(loopback, nullptr);
  EXPECT_FALSE(loopback->hardware);
  EXPECT_TRUE(interfaces->is_ours(Ipv4(10, 77, 0, 1)));
  EXPECT_FALSE(interfaces->is_ours(Ipv4(10, 77, 0, 2)));
  EXPECT_TRUE(interfaces->is_broadcast(Ipv4(10, 77, 255, 255)));
  EXPECT_FALSE(interfaces->is_broadcast(Ipv4(10, 78, 255, 255)));
}

// A server that looks at its interfaces once stays deaf on those that come later.
TEST_F(Network, AnInterfaceThatComesLaterIsTold) {
  auto interfaces = Interfaces::open();
  ASSERT_TRUE(interfaces) << interfaces.error();
  interfaces->refresh();
  EXPECT_FALSE(interfaces->refresh());
  run("ip link add late0 type veth peer name late1");
  run("ip addr add 192.0.2.1/24 dev late0");
  ASSERT_TRUE(readable(interfaces->fd()));
  EXPECT_TRUE(interfaces->refresh());
  const auto* late = find(*interfaces, "late0");
  ASSERT_NE(late, nullptr);
  EXPECT_FALSE(late->up);
  EXPECT_TRUE(interfaces->is_ours(Ipv4(192, 0, 2, 1)));
}

TEST_F(Network, AFrameTellsWhenceItCame) {
  const auto socket = opened();
  const auto client = index_of("client0");
  send(socket, {{Ipv4(), 68}, {everybody, 67}, hello}, client, ethernet_broadcast);
  send(socket, {{Ipv4(10, 77, 1, 5), 68}, {Ipv4(10, 77, 0, 1), 67}, hello}, client,
       server_hardware);
  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(socket.fd()));
  ASSERT_EQ(in->receive(socket.fd()), 2U);

  const auto first = PacketSocket::frame(*in, 0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->interface, index_of("server0"));
  EXPECT_EQ(first->source, client_hardware);
  EXPECT_TRUE(first->broadcast);
  const auto packet = parse_udp_packet(first->payload, first->checksum);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->from, (Endpoint{Ipv4(), 68}));
  EXPECT_EQ(packet->to, (Endpoint{everybody, 67}));

  const auto second = PacketSocket::frame(*in, 1);
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->broadcast);
}

TEST_F(Network, AFrameForAnothersHardwareAddressIsNotOurs) {
  const auto socket = opened();
  run("ip link set server0 promisc on");
  send(socket, {{Ipv4(), 68}, {everybody, 67}, hello}, index_of("client0"), {2, 0, 0, 0, 0, 9});
  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(socket.fd()));
  ASSERT_EQ(in->receive(socket.fd()), 1U);
  EXPECT_FALSE(PacketSocket::frame(*in, 0));
}

// What the kernel sends over veth leaves its checksum to hardware that it never meets.
TEST_F(Network, AChecksumLeftToHardwareIsNotMinded) {
  const auto socket = opened();
  const auto port = PortSocket::bind(0, {});
  ASSERT_TRUE(port) << port.error();
  const auto out = std::make_unique<MessagesOut>();
  std::ranges::copy(hello, out->next().begin());
  PortSocket::add(*out, hello.size(), {everybody, 67}, Ipv4(10, 77, 0, 1), index_of("server0"));
  ASSERT_EQ(out->flush(port->fd()), 0U);

  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(socket.fd()));
  bool seen = false;
  const auto count = in->receive(socket.fd());
  for (std::size_t i = 0; i < count; ++i) {
    const auto frame = PacketSocket::frame(*in, i);
    if (!frame || frame->interface != index_of("client0")) continue;
    seen = true;
    EXPECT_EQ(frame->checksum, Checksum::ignore);
    EXPECT_TRUE(parse_udp_packet(frame->payload, frame->checksum));
    EXPECT_FALSE(parse_udp_packet(frame->payload, Checksum::verify));
  }
  EXPECT_TRUE(seen);
}

TEST_F(Network, AnInterfaceThatIsGoneLosesItsFramesOnly) {
  const auto socket = opened();
  const auto client = index_of("client0");
  const auto out = std::make_unique<MessagesOut>();
  const UdpPacket packet{{Ipv4(), 68}, {everybody, 67}, hello};
  for (const auto interface : {client, 4'711U, client})
    socket.add(*out, write_udp_packet(out->next(), packet), interface, ethernet_broadcast);
  EXPECT_EQ(out->flush(socket.fd()), 1U);
  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(socket.fd()));
  EXPECT_EQ(in->receive(socket.fd()), 2U);
}

TEST_F(Network, ADatagramTellsItsInterfaceAndOurAddress) {
  const auto port = PortSocket::bind(67, {});
  ASSERT_TRUE(port) << port.error();
  const auto socket = opened();
  send(socket, {{Ipv4(), 68}, {everybody, 67}, hello}, index_of("client0"), ethernet_broadcast);
  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(port->fd()));
  ASSERT_EQ(in->receive(port->fd()), 1U);
  const auto datagram = PortSocket::datagram(*in, 0);
  EXPECT_EQ(datagram.from, (Endpoint{Ipv4(), 68}));
  EXPECT_EQ(datagram.to, everybody);
  EXPECT_EQ(datagram.local, Ipv4(10, 77, 0, 1));
  EXPECT_EQ(datagram.interface, index_of("server0"));
  EXPECT_TRUE(std::ranges::equal(datagram.payload, hello));
}

TEST_F(Network, OnePortHasOneSocket) {
  const auto first = PortSocket::bind(67, {});
  ASSERT_TRUE(first) << first.error();
  const auto second = PortSocket::bind(67, {});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another program has it"), std::string::npos) << second.error();
}

TEST_F(Network, IcmpMessagesOfTheTypesAskedForArrive) {
  const std::array<std::uint8_t, 1> types = {8};
  const auto socket = IcmpSocket::open(types);
  ASSERT_TRUE(socket) << socket.error();
  const auto out = std::make_unique<MessagesOut>();
  const std::vector<std::uint8_t> echo = {8, 0, 0xf7, 0xfd, 0, 1, 0, 1};
  std::ranges::copy(echo, out->next().begin());
  IcmpSocket::add(*out, echo.size(), Ipv4(127, 0, 0, 1), Ipv4(), 0);
  ASSERT_EQ(out->flush(socket->fd()), 0U);
  const auto in = std::make_unique<MessagesIn>();
  ASSERT_TRUE(readable(socket->fd()));
  ASSERT_EQ(in->receive(socket->fd()), 1U);  // the kernel's answer is of another type
  const auto message = IcmpSocket::message(*in, 0);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->from, Ipv4(127, 0, 0, 1));
  EXPECT_TRUE(std::ranges::equal(message->payload, echo));
}

// B3, decision 23
TEST_F(Network, ANeighbourOfOursIsPermanentUntilWeRemoveIt) {
  auto neighbours = Neighbours::open();
  ASSERT_TRUE(neighbours) << neighbours.error();
  const auto server = index_of("server0");
  const Ipv4 station{10, 77, 1, 5};
  EXPECT_EQ(neighbours->add(station, client_hardware, server), NeighbourResult::done);
  EXPECT_EQ(neighbours->add(station, {2, 0, 0, 0, 0, 7}, server), NeighbourResult::done);
  const auto shown = output_of("ip neigh show 10.77.1.5");
  EXPECT_NE(shown.find("lladdr 02:00:00:00:00:07"), std::string::npos) << shown;
  EXPECT_NE(shown.find("PERMANENT"), std::string::npos) << shown;

  // As after a restart: nobody remembers the interface.
  auto later = Neighbours::open();
  ASSERT_TRUE(later) << later.error();
  EXPECT_EQ(later->remove(std::array{station, Ipv4(10, 77, 1, 6)}), 1U);
  EXPECT_EQ(output_of("ip neigh show 10.77.1.5 nud permanent"), "");
}

TEST_F(Network, AnAdministratorsNeighbourStays) {
  run("ip neigh add 10.77.1.5 lladdr 02:00:00:00:00:09 dev server0 nud permanent");
  auto neighbours = Neighbours::open();
  ASSERT_TRUE(neighbours) << neighbours.error();
  EXPECT_EQ(neighbours->remove(std::array{Ipv4(10, 77, 1, 5)}), 0U);
  EXPECT_NE(output_of("ip neigh show 10.77.1.5"), "");
}

TEST_F(Network, ANeighbourOnNoInterfaceIsRefused) {
  auto neighbours = Neighbours::open();
  ASSERT_TRUE(neighbours) << neighbours.error();
  EXPECT_EQ(neighbours->add(Ipv4(10, 77, 1, 5), client_hardware, 4'711), NeighbourResult::refused);
}

}  // namespace
}  // namespace winsome::net
