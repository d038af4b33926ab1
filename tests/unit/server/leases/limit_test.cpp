#include "server/core/random.h"
#include "server/leases/holds.h"
#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

Configuration large() {
  auto configuration = one_scope();
  configuration.scopes[0].name = "large";
  configuration.scopes[0].subnet = Ipv4Prefix({10, 7, 0, 0}, 16);
  configuration.scopes[0].pools = {{.range = {{10, 7, 1, 0}, {10, 7, 254, 255}}, .classes = {}}};
  return configuration;
}
ClientMessage relayed(Message message, std::string_view circuit) {
  return from_relay(std::move(message), circuit, {10, 7, 0, 1});
}

TEST(Limit, LetsKnownClientsRenewDuringAFlood) {
  auto configuration = large();
  configuration.new_clients_per_second = 50;
  Server server(configuration);
  std::vector<std::pair<Client, Ipv4>> known;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const Client client(i);
    const auto offer = server.ask(relayed(client.discover(), "port-1"));
    ASSERT_TRUE(offer);
    ASSERT_TRUE(server.ask(relayed(client.selecting(offer->yiaddr), "port-1")));
    known.emplace_back(client, offer->yiaddr);
  }
  Random random(7);
  std::size_t offers = 0;
  for (std::size_t i = 0; i < 20'000; ++i) {  // ten seconds of random hardware addresses
    server.now += milliseconds(i % 2);
    const Client stranger(static_cast<std::uint32_t>(random.next()) | 0x8000'0000U);
    if (server.ask(relayed(stranger.discover(), "port-1"))) ++offers;
    if (i % 500 != 0) continue;
    const auto& [client, address] = known[i / 500];
    const auto ack = server.ask(from_unicast(client.renewing(address)));
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->type, MessageType::ack);
    EXPECT_TRUE(server.ask(relayed(client.discover(), "port-1")));
  }
  EXPECT_LE(offers, 11U * 50);
  EXPECT_GE(offers, 9U * 50);
  EXPECT_EQ(server.drops(Drop::limited), 20'000U - offers);
}

TEST(Limit, IsToldOnceAMinute) {
  auto configuration = one_scope();
  configuration.new_clients_per_second = 1;
  Server server(configuration);
  std::size_t told = 0;
  for (std::uint32_t i = 0; i < 50; ++i)
    told += events_of(server.say(from_broadcast(Client(i).discover())), EventKind::limited).size();
  EXPECT_EQ(told, 1U);
}

TEST(Limit, HoldsForEachCircuitByItself) {
  auto configuration = large();
  configuration.new_clients_per_second = 1;
  Server server(configuration);
  EXPECT_TRUE(server.ask(relayed(Client(1).discover(), "port-1")));
  EXPECT_FALSE(server.ask(relayed(Client(2).discover(), "port-1")));
  EXPECT_TRUE(server.ask(relayed(Client(3).discover(), "port-2")));
}

TEST(Limit, IsNotEscapedByCircuitsThatAClientOnOurWireInvents) {
  auto configuration = one_scope();
  configuration.new_clients_per_second = 1;
  Server server(configuration);
  std::size_t offers = 0;
  for (std::uint32_t i = 0; i < 20; ++i) {
    auto message = Client(i).discover();
    const std::vector<std::uint8_t> circuit{relay::circuit_id, 1, static_cast<std::uint8_t>(i)};
    message.options.put(option::relay_agent_information, circuit);
    if (server.ask(message)) ++offers;
  }
  EXPECT_EQ(offers, 1U);
}

TEST(Limit, IsNotEscapedByRequestsWithoutAnOffer) {
  auto configuration = one_scope();
  configuration.new_clients_per_second = 2;
  Server server(configuration);
  std::size_t given = 0;
  for (std::uint32_t i = 0; i < 20; ++i) {
    if (server.ask(Client(i).selecting(at(static_cast<std::uint8_t>(100 + i))))) ++given;
  }
  EXPECT_EQ(given, 2U);
}

TEST(Limit, OfLeasesOnOneCircuit) {
  auto configuration = large();
  configuration.leases_per_circuit = 2;
  Server server(configuration);
  std::vector<Ipv4> given;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Client client(i);
    const auto offer = server.ask(relayed(client.discover(), "port-1"));
    if (!offer) continue;
    server.ask(relayed(client.selecting(offer->yiaddr), "port-1"));
    given.push_back(offer->yiaddr);
  }
  ASSERT_EQ(given.size(), 2U);
  EXPECT_EQ(server.drops(Drop::limited), 2U);
  EXPECT_TRUE(server.ask(relayed(Client(0).discover(), "port-1")));
  server.say(from_unicast(Client(0).releasing(given[0])));
  EXPECT_TRUE(server.ask(relayed(Client(3).discover(), "port-1")));
}

TEST(Limit, BoundsTheOffers) {
  auto configuration = large();
  configuration.scopes[0].subnet = Ipv4Prefix({10, 0, 0, 0}, 8);
  configuration.scopes[0].pools = {{.range = {{10, 7, 0, 1}, {10, 8, 255, 254}}, .classes = {}}};
  Server server(configuration);
  const auto oldest = server.ask(relayed(Client(0).discover(), {}))->yiaddr;
  server.now += seconds(1);
  for (std::uint32_t i = 1; i < Holds::most; ++i) server.say(relayed(Client(i).discover(), {}));
  EXPECT_NE(server.ask(relayed(Client(900'000).discover(oldest), {}))->yiaddr, oldest);
  EXPECT_EQ(server.ask(relayed(Client(900'001).discover(oldest), {}))->yiaddr, oldest);
}

TEST(Limit, AnswersAStormOfTenThousand) {  // D10
  Server server(large());
  std::vector<Input> inputs;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    inputs.emplace_back(relayed(Client(i).discover(), {}));
    inputs.emplace_back(relayed(Client(i).discover(), {}));
  }
  const auto offers = server.step(std::move(inputs));
  ASSERT_EQ(offers.sends.size(), 10'000U);
  EXPECT_EQ(server.drops(Drop::duplicate), 10'000U);
  std::vector<Input> requests;
  for (std::uint32_t i = 0; i < 10'000; ++i)
    requests.emplace_back(relayed(Client(i).selecting(offers.sends[i].message.yiaddr), {}));
  const auto acks = server.step(std::move(requests));
  EXPECT_EQ(acks.sends.size(), 10'000U);
  EXPECT_EQ(acks.changes.size(), 10'000U);
  EXPECT_EQ(server.engine.statistics().scopes[0].active, 10'000U);
}

}  // namespace
}  // namespace winsome::dhcp
