#include "server/dhcp/option_table.h"
#include "server/services/relay_agent.h"
#include "tests/unit/server/services/wire.h"

namespace winsome::services {
namespace {

constexpr Ipv4 ours{10, 77, 0, 1};
constexpr Ipv4 uplink{10, 79, 0, 2};
constexpr Ipv4 server{10, 79, 0, 1};
constexpr Ipv4 everybody{255, 255, 255, 255};
constexpr net::EthernetAddress uplink_hardware{2, 0, 0, 0, 0, 0x21};

/// `server0` is the clients' side; `up0` leads to the server, which the test plays on `up1`.
class RelayAgentNetwork : public net::Network {
 protected:
  void SetUp() override {
    net::Network::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    run("ip link add up0 address 02:00:00:00:00:21 type veth"
        " peer name up1 address 02:00:00:00:00:22");
    run("ip addr add 10.79.0.2/24 dev up0 && ip link set up1 up && ip link set up0 up");
    run("timeout 5 sh -c 'until ip link show dev up1 | grep -q \"state UP\"; do :; done'");
    run("ip neigh add 10.79.0.1 lladdr 02:00:00:00:00:22 dev up0 nud permanent");
    auto port = BootpPort::open({"server0"});
    ASSERT_TRUE(port) << port.error();
    agent_.emplace(std::move(*port),
                   dhcp::RelayOptions{.interfaces = {"server0"}, .servers = {server}});
    client_.emplace(index_of("client0"), net::EtherType::ipv4);
    server_.emplace(index_of("up1"), net::EtherType::ipv4);
  }

  static dhcp::Message message(dhcp::Op op, dhcp::MessageType type) {
    dhcp::Message message;
    message.op = op;
    message.type = type;
    message.xid = 7;
    message.hardware = *dhcp::parse_hardware("02:00:00:00:00:02");
    return message;
  }
  static std::vector<std::uint8_t> octets(const dhcp::Message& message) {
    return dhcp::encode(message, dhcp::message_size_default).octets;
  }

  std::optional<RelayAgent> agent_;
  std::optional<Wire> client_;
  std::optional<Wire> server_;
};

// RFC 1542 4.1.1, RFC 3046
TEST_F(RelayAgentNetwork, CarriesRequestsToTheServerAndAnswersBack) {
  const auto discover = octets(message(dhcp::Op::request, dhcp::MessageType::discover));
  client_->send({{Ipv4(), 68}, {everybody, 67}, discover}, net::ethernet_broadcast);
  const auto carried = server_->receive_datagram(67);
  ASSERT_TRUE(carried);
  EXPECT_EQ(carried->from, (Endpoint{uplink, 67}));
  EXPECT_EQ(carried->to, (Endpoint{server, 67}));
  const auto request = dhcp::decode(carried->payload);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->giaddr, ours);
  EXPECT_EQ(request->hops, 1);
  const auto agent = request->options.find(dhcp::option::relay_agent_information);
  ASSERT_TRUE(agent);
  EXPECT_EQ(std::string(agent->begin() + 2, agent->end()), "server0");

  auto offer = message(dhcp::Op::reply, dhcp::MessageType::offer);
  offer.giaddr = ours;
  offer.yiaddr = Ipv4(10, 77, 1, 5);
  offer.options.put(dhcp::option::relay_agent_information, *agent);
  const auto sent = octets(offer);
  server_->send({{server, 67}, {ours, 67}, sent}, uplink_hardware);
  const auto answer = client_->receive_datagram(68);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->from, (Endpoint{ours, 67}));
  EXPECT_EQ(answer->to, (Endpoint{offer.yiaddr, 68}));
  EXPECT_FALSE(answer->broadcast);
  offer.options.erase(dhcp::option::relay_agent_information);
  EXPECT_EQ(dhcp::decode(answer->payload), offer);
}

TEST_F(RelayAgentNetwork, CarriesNothingFromOtherInterfaces) {
  const auto discover = octets(message(dhcp::Op::request, dhcp::MessageType::discover));
  server_->send({{Ipv4(), 68}, {everybody, 67}, discover}, net::ethernet_broadcast);
  auto relayed = message(dhcp::Op::request, dhcp::MessageType::discover);
  relayed.giaddr = ours;
  const auto spoofed = octets(relayed);
  server_->send({{server, 67}, {uplink, 67}, spoofed}, uplink_hardware);
  client_->send({{Ipv4(), 68}, {everybody, 67}, discover}, net::ethernet_broadcast);
  ASSERT_TRUE(server_->receive_datagram(67));
  const auto statistics = agent_->statistics();
  EXPECT_EQ(statistics.requests, 1U);
  EXPECT_EQ(statistics.lost, 0U);
}

}  // namespace
}  // namespace winsome::services
