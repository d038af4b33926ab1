#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

TEST(Offer, NamesAddressServerAndTimes) {  // RFC 2131 4.3.1, table 3
  Server server;
  const auto offer = server.ask(Client(1).discover());
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->op, Op::reply);
  EXPECT_EQ(offer->type, MessageType::offer);
  EXPECT_EQ(offer->xid, 0x1234U);
  EXPECT_TRUE((Range{at(100), at(199)}).contains(offer->yiaddr));
  EXPECT_EQ(offer->options.address(option::server_identifier), us);
  EXPECT_EQ(offer->options.u32(option::lease_time), 3600U);
  EXPECT_EQ(offer->options.u32(option::renewal_time), 1800U);
  EXPECT_EQ(offer->options.u32(option::rebinding_time), 3150U);
  EXPECT_EQ(offer->options.address(option::subnet_mask), (Ipv4{255, 255, 255, 0}));
}

TEST(Offer, MakesNothingDurable) {  // decision 40
  Server server;
  EXPECT_TRUE(server.say(from_broadcast(Client(1).discover())).changes.empty());
}

TEST(Offer, IsTheSameForTheSameClient) {
  Server server;
  const auto first = server.ask(Client(1).discover());
  server.now += seconds(5);
  const auto again = server.ask(Client(1).discover(at(150)));
  EXPECT_EQ(first->yiaddr, again->yiaddr);
}

TEST(Offer, IsHeldAgainstOthers) {
  Server server;
  const auto held = server.ask(Client(1).discover(at(150)));
  EXPECT_EQ(held->yiaddr, at(150));
  EXPECT_NE(server.ask(Client(2).discover(at(150)))->yiaddr, at(150));
}

TEST(Offer, IsForgottenAfterAWhile) {
  Server server;
  EXPECT_EQ(server.ask(Client(1).discover(at(150)))->yiaddr, at(150));
  server.run_for(seconds(61));
  EXPECT_EQ(server.ask(Client(2).discover(at(150)))->yiaddr, at(150));
}

TEST(Offer, GivesTheAddressThatIsAskedForWhereItIsFree) {  // RFC 2131 4.3.1
  Server server;
  EXPECT_EQ(server.lease(Client(1), at(123)), at(123));
  EXPECT_NE(server.lease(Client(2), at(123)), at(123));
}

TEST(Offer, IgnoresARequestedAddressOutsideThePools) {
  Server server;
  for (const auto wanted : {at(0), at(1), at(50), at(200), at(255), far(100), Ipv4{10, 0, 0, 1}})
    EXPECT_TRUE((Range{at(100), at(199)})
                    .contains(server.ask(Client(wanted.value()).discover(wanted))->yiaddr));
}

TEST(Offer, PrefersThePresentLeaseToWhatIsAskedFor) {  // RFC 2131 4.3.1
  Server server;
  const auto address = server.lease(Client(1));
  const Ipv4 wanted = address == at(150) ? at(151) : at(150);
  EXPECT_EQ(server.ask(Client(1).discover(wanted))->yiaddr, address);
}

TEST(Offer, GivesTheFormerAddressAgain) {
  Server server;
  const auto address = server.lease(Client(1), at(177));
  server.run_for(std::chrono::hours(2));
  EXPECT_TRUE(server.has(address, LeaseState::ended));
  for (std::uint32_t i = 2; i < 60; ++i) server.lease(Client(i));
  EXPECT_EQ(server.lease(Client(1)), address);
}

TEST(Offer, GivesTheLongestEndedAwayFirst) {
  auto configuration = one_scope();
  configuration.scopes[0].pools = {{.range = {at(100), at(102)}, .classes = {}}};
  Server server(configuration);
  for (std::uint32_t i = 1; i <= 3; ++i) {
    ASSERT_FALSE(server.lease(Client(i), at(static_cast<std::uint8_t>(99 + i))).unspecified());
    server.now += seconds(60);
  }
  server.run_for(std::chrono::hours(2));
  EXPECT_EQ(server.lease(Client(7)), at(100));
  EXPECT_EQ(server.lease(Client(8)), at(101));
  EXPECT_EQ(server.lease(Client(9)), at(102));
}

TEST(Offer, IsSilentWhenThePoolIsFullAndSaysSoOnce) {
  auto configuration = one_scope();
  configuration.scopes[0].pools = {{.range = {at(100), at(109)}, .classes = {}}};
  Server server(configuration);
  std::size_t nearly = 0;
  std::size_t full = 0;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    for (const auto& message : {Client(i).discover(), Client(i).rebooting({})}) {
      const auto actions = server.say(from_broadcast(message));
      nearly += events_of(actions, EventKind::nearly_full).size();
      full += events_of(actions, EventKind::full).size();
      if (actions.sends.empty()) continue;
      const auto more =
          server.say(from_broadcast(Client(i).selecting(actions.sends.front().message.yiaddr)));
      nearly += events_of(more, EventKind::nearly_full).size();
      full += events_of(more, EventKind::full).size();
    }
  }
  EXPECT_EQ(nearly, 1U);
  EXPECT_EQ(full, 1U);
  EXPECT_GE(server.drops(Drop::no_address), 10U);
}

TEST(Offer, NeverGivesExcludedOrEndAddresses) {
  auto configuration = one_scope();
  configuration.scopes[0].pools = {{.range = {at(0), at(255)}, .classes = {}}};
  configuration.scopes[0].exclusions = {{at(2), at(240)}};
  Server server(configuration);
  std::vector<Ipv4> given;
  for (std::uint32_t i = 1; i <= 30; ++i) given.push_back(server.lease(Client(i)));
  std::ranges::sort(given);
  const auto nobody = std::ranges::count(given, Ipv4());
  EXPECT_EQ(nobody, 16);  // .241 to .254; .1 is ours
  EXPECT_EQ(given[16], at(241));
  EXPECT_EQ(given.back(), at(254));
}

TEST(Offer, WaitsForThePrimaryServer) {  // split scopes
  auto configuration = one_scope();
  configuration.scopes[0].offer_delay = seconds(4);
  Server server(configuration);
  Client client(1);
  client.secs = 3;
  EXPECT_FALSE(server.ask(client.discover()));
  EXPECT_EQ(server.drops(Drop::delayed), 1U);
  client.secs = 4;
  EXPECT_TRUE(server.ask(client.discover()));
}

TEST(Offer, DoesNotWaitWhereThereIsAReservation) {  // by DHCP as by BOOTP
  auto configuration = one_scope();
  configuration.scopes[0].offer_delay = seconds(4);
  Reservation ours;
  ours.hardware = hardware(1);
  ours.address = at(50);
  configuration.scopes[0].reservations = {ours};
  Server server(configuration);
  EXPECT_TRUE(server.ask(Client(1).discover()));
  EXPECT_TRUE(server.ask(Client(1).bootp()));
}

TEST(Offer, FindsTheLastAddressesOfALargePool) {
  auto configuration = one_scope();
  configuration.scopes[0].subnet = Ipv4Prefix({10, 7, 0, 0}, 16);
  configuration.scopes[0].pools = {{.range = {{10, 7, 0, 0}, {10, 7, 255, 255}}, .classes = {}}};
  Memory memory;
  for (std::uint32_t i = 2; i < 65'535; ++i) {
    if (i % 6'000 == 0) continue;
    Lease lease;
    lease.address = Ipv4(Ipv4(10, 7, 0, 0).value() + i);
    lease.client = ClientId::of(hardware(i));
    lease.scope = "near";
    memory.leases.push_back(std::move(lease));
  }
  Server server(configuration, std::move(memory));
  const auto relayed = [](Message message) {
    return from_relay(std::move(message), {}, {10, 7, 0, 1});
  };
  for (std::uint32_t i = 70'000; i < 70'010; ++i) {
    const Client client(i);
    const auto offer = server.ask(relayed(client.discover()));
    ASSERT_TRUE(offer);
    ASSERT_EQ(server.ask(relayed(client.selecting(offer->yiaddr)))->type, MessageType::ack);
  }
  EXPECT_FALSE(server.ask(relayed(Client(80'000).discover())));
  EXPECT_EQ(server.engine.statistics().scopes[0].active, 65'533U);
}

TEST(Offer, HasNoAddressForAnUnknownNetwork) {
  Server server;
  EXPECT_FALSE(server.ask(from_relay(Client(1).discover())));
  EXPECT_EQ(server.drops(Drop::no_scope), 1U);
}

TEST(Offer, KnowsAClientByItsIdentifierFirst) {  // RFC 2131 4.2
  Server server;
  const std::vector<std::uint8_t> id{0xff, 1, 2, 3};
  Client one(1);
  Client other(2);
  one.id = other.id = id;
  EXPECT_EQ(server.ask(one.discover())->yiaddr, server.ask(other.discover())->yiaddr);
}

TEST(Offer, TakesTheLongestIdentifier) {  // RFC 2132 9.14
  Server server;
  const std::vector<std::uint8_t> id(255, 0xab);
  Client client(1);
  client.id = id;
  const auto address = server.lease(client);
  EXPECT_FALSE(address.unspecified());
  EXPECT_EQ(server.at(address).client.octets.size(), 255U);
}

TEST(Offer, IgnoresAClientWithoutAnyIdentity) {
  Server server;
  Client client(1);
  client.hardware = {};
  EXPECT_FALSE(server.ask(client.discover()));
  EXPECT_EQ(server.drops(Drop::nonsense), 1U);
}

TEST(Offer, GoesByBroadcastToAClientThatIsKnownByIdentifierOnly) {
  Server server;
  const std::vector<std::uint8_t> id{0xff, 1, 2, 3};
  Client client(1);
  client.hardware = {};
  client.id = id;
  const auto actions = server.say(from_broadcast(client.discover()));
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].delivery, Delivery::broadcast);
}

TEST(Offer, IsNotMadeToDeniedClients) {
  auto configuration = one_scope();
  configuration.denied = {hardware(1)};
  ClientClass refused;
  refused.name = "refused";
  refused.vendor_class = {"BadThing"};
  refused.deny = true;
  configuration.classes = {refused};
  Server server(configuration);
  Client member(2);
  member.vendor = "BadThing 7";
  EXPECT_FALSE(server.ask(Client(1).discover()));
  EXPECT_FALSE(server.ask(member.discover()));
  EXPECT_EQ(server.drops(Drop::denied), 2U);
  EXPECT_TRUE(server.ask(Client(3).discover()));
}

}  // namespace
}  // namespace winsome::dhcp
