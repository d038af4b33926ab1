#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <thread>

#include "server/services/dhcp_endpoint.h"
#include "tests/unit/server/services/collected.h"
#include "tests/unit/server/services/wire.h"

namespace winsome::services {
namespace {

constexpr Ipv4 server{10, 77, 0, 1};
constexpr Ipv4 everybody{255, 255, 255, 255};
constexpr Ipv4 relay{10, 77, 0, 9};

dhcp::HardwareAddress hardware() {
  return *dhcp::parse_hardware("02:00:00:00:00:02");
}

dhcp::Message message(std::uint32_t xid, Ipv4 giaddr = {}) {
  dhcp::Message message;
  message.type = dhcp::MessageType::discover;
  message.xid = xid;
  message.hardware = hardware();
  message.giaddr = giaddr;
  return message;
}

std::vector<std::uint8_t> octets(const dhcp::Message& message) {
  return dhcp::encode(message, dhcp::message_size_default).octets;
}

/// From here on the kernel has no room for what this thread asks by netlink. To fill the table
/// itself would take the memory away from the whole machine.
void fill_netlink() {
  constexpr std::uint32_t address_length = offsetof(seccomp_data, args) + 5 * sizeof(std::uint64_t);
  auto filter = std::to_array<sock_filter>({
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, address_length),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sizeof(sockaddr_nl), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOBUFS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  });
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

class DhcpEndpointNetwork : public net::Network {
 protected:
  void SetUp() override {
    net::Network::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    client_.emplace(index_of("client0"), net::EtherType::ipv4);
  }

  void start(std::vector<std::string> interfaces = {}) {
    auto sockets = DhcpSockets::open(std::move(interfaces));
    ASSERT_TRUE(sockets) << sockets.error();
    endpoint_.emplace(std::move(*sockets), [this](std::vector<dhcp::ClientMessage>&& messages) {
      received_.add(std::move(messages));
    });
  }

  void broadcast(std::uint32_t xid) {
    const auto payload = octets(message(xid));
    client_->send({{Ipv4(), 68}, {everybody, 67}, payload}, net::ethernet_broadcast);
  }
  void renew(std::uint32_t xid, Ipv4 from, Ipv4 to = server) {
    const auto payload = octets(message(xid));
    client_->send({{from, 68}, {to, 67}, payload}, net::server_hardware);
  }
  void forward(std::uint32_t xid) {
    const auto payload = octets(message(xid, relay));
    client_->send({{relay, 67}, {server, 67}, payload}, net::server_hardware);
  }

  dhcp::Outgoing answer(dhcp::Delivery delivery, const Endpoint& to) {
    dhcp::Outgoing out;
    out.delivery = delivery;
    out.interface = index_of("server0");
    out.from = server;
    out.to = to;
    out.message = message(7);
    out.message.op = dhcp::Op::reply;
    out.message.type = dhcp::MessageType::ack;
    return out;
  }

  std::optional<Wire> client_;
  Collected<dhcp::ClientMessage> received_;
  std::optional<DhcpEndpoint> endpoint_;
};

std::vector<std::uint32_t> xids(const std::vector<dhcp::ClientMessage>& messages) {
  std::vector<std::uint32_t> found;
  for (const auto& one : messages) found.push_back(one.message.xid);
  std::ranges::sort(found);
  return found;
}

TEST_F(DhcpEndpointNetwork, TellsHowARequestCame) {
  start();
  broadcast(1);
  const auto first = received_.wait_for(1);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].arrival.interface, index_of("server0"));
  EXPECT_EQ(first[0].arrival.local, server);
  EXPECT_EQ(first[0].arrival.source, (Endpoint{Ipv4(), 68}));
  EXPECT_EQ(first[0].arrival.frame_source, hardware());
  EXPECT_TRUE(first[0].arrival.broadcast);

  forward(2);
  const auto second = received_.wait_for(2);
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[1].arrival.source, (Endpoint{relay, 67}));
  EXPECT_EQ(second[1].arrival.local, server);
  EXPECT_EQ(second[1].arrival.frame_source.length, 0);
  EXPECT_FALSE(second[1].arrival.broadcast);
}

// Both sockets have port 67, and each request comes by one of them. A renewal may come from behind
// a router, whose hardware address the answer goes to (decision 23).
TEST_F(DhcpEndpointNetwork, GivesEachRequestOnce) {
  start();
  broadcast(1);
  renew(2, Ipv4(10, 77, 1, 5));
  renew(3, Ipv4(192, 0, 2, 7));
  forward(4);
  EXPECT_EQ(received_.wait_for(4).size(), 4U);
  broadcast(5);
  forward(6);
  const auto messages = received_.wait_for(6);
  EXPECT_EQ(xids(messages), (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 6}));
  for (const auto& one : messages) {
    const bool relayed = !one.message.giaddr.unspecified();
    EXPECT_EQ(one.arrival.frame_source.length, relayed ? 0 : 6) << one.message.xid;
  }
}

TEST_F(DhcpEndpointNetwork, HearsClientsOfTheInterfacesChosen) {
  start({"other0"});
  broadcast(1);
  renew(2, Ipv4(10, 77, 1, 5));
  forward(3);  // relays may send from anywhere
  EXPECT_EQ(received_.wait_for(1).size(), 1U);
  run("ip link add other0 address 02:00:00:00:00:11 type veth peer name other1");
  run("ip addr add 192.0.2.1/24 dev other0 && ip link set other0 up && ip link set other1 up");
  run("timeout 5 sh -c 'until ip link show dev other1 | grep -q \"state UP\"; do :; done'");
  Wire late(index_of("other1"), net::EtherType::ipv4);
  const auto payload = octets(message(4));
  late.send({{Ipv4(), 68}, {everybody, 67}, payload}, net::ethernet_broadcast);
  const auto messages = received_.wait_for(2);
  EXPECT_EQ(xids(messages), (std::vector<std::uint32_t>{3, 4}));
  EXPECT_EQ(messages.back().arrival.local, Ipv4(192, 0, 2, 1));
}

TEST_F(DhcpEndpointNetwork, CountsWhatItCannotUse) {
  start();
  renew(1, Ipv4(10, 77, 1, 5), Ipv4(198, 51, 100, 1));  // to a server behind us
  const std::vector<std::uint8_t> cut(20, 1);
  client_->send({{Ipv4(), 68}, {everybody, 67}, cut}, net::ethernet_broadcast);
  broadcast(2);
  EXPECT_EQ(xids(received_.wait_for(1)), std::vector<std::uint32_t>{2});
  const auto statistics = endpoint_->statistics();
  EXPECT_EQ(statistics.port.not_for_us, 1U);
  EXPECT_EQ(statistics.malformed[static_cast<std::size_t>(dhcp::DecodeError::truncated)], 1U);
  EXPECT_EQ(statistics.received, 2U);
}

// RFC 2131 4.1
TEST_F(DhcpEndpointNetwork, SendsToAClientThatHasNoAddressYet) {
  start();
  auto out = answer(dhcp::Delivery::hardware, {Ipv4(10, 77, 1, 5), 68});
  out.hardware = hardware();
  out.message.yiaddr = Ipv4(10, 77, 1, 5);
  out.neighbour = true;
  endpoint_->send(std::span(&out, 1));
  const auto got = client_->receive_datagram(68);
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->broadcast);
  EXPECT_EQ(got->from, (Endpoint{server, 67}));
  EXPECT_EQ(got->to, (Endpoint{Ipv4(10, 77, 1, 5), 68}));
  EXPECT_EQ(dhcp::decode(got->payload), out.message);
  // B3, decision 23
  run("ip neigh show 10.77.1.5 nud permanent | grep -q 02:00:00:00:00:02");
  endpoint_->remove_neighbours(std::array{Ipv4(10, 77, 1, 5)});
  run("test -z \"$(ip neigh show 10.77.1.5 nud permanent)\"");
}

// Decision 23
TEST_F(DhcpEndpointNetwork, AnswersThoughTheNeighbourTableIsFull) {
  start();
  auto out = answer(dhcp::Delivery::hardware, {Ipv4(10, 77, 1, 5), 68});
  out.hardware = hardware();
  out.message.yiaddr = Ipv4(10, 77, 1, 5);
  out.neighbour = true;
  std::thread([&] {
    fill_netlink();
    endpoint_->send(std::span(&out, 1));
    endpoint_->remove_neighbours(std::array{Ipv4(10, 77, 1, 5)});
  }).join();
  const auto got = client_->receive_datagram(68);
  ASSERT_TRUE(got);
  EXPECT_EQ(dhcp::decode(got->payload), out.message);
  const auto statistics = endpoint_->statistics();
  EXPECT_EQ(statistics.neighbours_full, 1U);
  EXPECT_EQ(statistics.neighbours_refused, 0U);
  EXPECT_EQ(statistics.sent, 1U);
  run("test -z \"$(ip neigh show 10.77.1.5)\"");
}

TEST_F(DhcpEndpointNetwork, BroadcastsWhereThatIsWanted) {
  start();
  const auto out = answer(dhcp::Delivery::broadcast, {everybody, 68});
  endpoint_->send(std::span(&out, 1));
  const auto got = client_->receive_datagram(68);
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->broadcast);
  EXPECT_EQ(got->to, (Endpoint{everybody, 68}));
}

// Decision 23: no dependence on the neighbour table, which is small.
TEST_F(DhcpEndpointNetwork, AnswersARenewalToTheHardwareAddressOfItsFrame) {
  start();
  auto out = answer(dhcp::Delivery::address, {Ipv4(192, 0, 2, 7), 68});
  out.hardware = hardware();
  endpoint_->send(std::span(&out, 1));
  const auto got = client_->receive_datagram(68);
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->broadcast);
  EXPECT_EQ(got->to, (Endpoint{Ipv4(192, 0, 2, 7), 68}));
  run("test -z \"$(ip neigh show 192.0.2.7)\"");
}

TEST_F(DhcpEndpointNetwork, AnswersRelaysByTheOrdinarySocket) {
  start();
  run("ip neigh add 10.77.0.9 lladdr 02:00:00:00:00:02 dev server0 nud permanent");
  const auto out = answer(dhcp::Delivery::relay, {relay, 67});
  endpoint_->send(std::span(&out, 1));
  const auto got = client_->receive_datagram(67);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->from, (Endpoint{server, 67}));
  EXPECT_EQ(got->to, (Endpoint{relay, 67}));
}

TEST_F(DhcpEndpointNetwork, CountsWhatCannotLeave) {
  start();
  std::vector out = {answer(dhcp::Delivery::broadcast, {everybody, 68}),
                     answer(dhcp::Delivery::broadcast, {everybody, 68})};
  out[0].interface = 4'711;
  endpoint_->send(out);
  EXPECT_TRUE(client_->receive_datagram(68));
  EXPECT_EQ(endpoint_->statistics().lost, 1U);
  EXPECT_EQ(endpoint_->statistics().sent, 1U);
}

}  // namespace
}  // namespace winsome::services
