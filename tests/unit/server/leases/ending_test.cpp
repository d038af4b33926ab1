#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

TEST(Decline, SetsTheAddressAside) {  // RFC 2131 4.3.3
  Server server;
  const auto address = server.lease(Client(1));
  const auto actions = server.say(from_broadcast(Client(1).declining(address)));
  EXPECT_TRUE(actions.sends.empty());
  EXPECT_EQ(events_of(actions, EventKind::declined).size(), 1U);
  EXPECT_TRUE(server.has(address, LeaseState::declined));
  EXPECT_NE(server.lease(Client(1), address), address);
  EXPECT_NE(server.lease(Client(2), address), address);
  server.run_for(std::chrono::hours(25));
  EXPECT_EQ(server.engine.find(address), nullptr);
  EXPECT_EQ(server.lease(Client(3), address), address);
}

TEST(Decline, OfAnOfferSetsItAsideToo) {
  Server server;
  const auto offer = server.ask(Client(1).discover());
  server.say(from_broadcast(Client(1).declining(offer->yiaddr)));
  EXPECT_TRUE(server.has(offer->yiaddr, LeaseState::declined));
}

TEST(Decline, BySomebodyElseIsIgnored) {
  Server server;
  const auto address = server.lease(Client(1));
  const auto offer = server.ask(Client(3).discover());
  EXPECT_TRUE(server.say(from_broadcast(Client(2).declining(address))).changes.empty());
  EXPECT_TRUE(server.say(from_broadcast(Client(2).declining(offer->yiaddr))).changes.empty());
  EXPECT_TRUE(server.say(from_broadcast(Client(2).declining(at(150)))).changes.empty());
  EXPECT_EQ(server.drops(Drop::foreign), 3U);
}

TEST(Decline, ForAnotherServerIsIgnored) {
  Server server;
  const auto address = server.lease(Client(1));
  server.say(from_broadcast(Client(1).declining(address, other_server)));
  EXPECT_TRUE(server.has(address));
  EXPECT_EQ(server.drops(Drop::not_for_us), 1U);
}

TEST(Release, EndsTheLeaseAndRemembersTheClient) {  // RFC 2131 4.3.4
  Server server;
  const auto address = server.lease(Client(1));
  const auto actions = server.say(from_unicast(Client(1).releasing(address)));
  EXPECT_TRUE(actions.sends.empty());
  EXPECT_TRUE(server.has(address, LeaseState::ended));
  EXPECT_EQ(server.at(address).due, start + std::chrono::hours(24 * 30));
  EXPECT_EQ(server.lease(Client(1)), address);
}

TEST(Release, BySomebodyElseIsIgnored) {
  Server server;
  const auto address = server.lease(Client(1));
  EXPECT_TRUE(server.say(from_unicast(Client(2).releasing(address))).changes.empty());
  EXPECT_TRUE(server.say(from_unicast(Client(2).releasing(at(150)))).changes.empty());
  EXPECT_EQ(server.drops(Drop::foreign), 2U);
  EXPECT_TRUE(server.has(address));
}

TEST(Release, ForAnotherServerIsIgnored) {
  Server server;
  const auto address = server.lease(Client(1));
  server.say(from_unicast(Client(1).releasing(address, other_server)));
  EXPECT_TRUE(server.has(address));
}

TEST(Release, HappensOnce) {
  Server server;
  const auto address = server.lease(Client(1));
  server.say(from_unicast(Client(1).releasing(address)));
  EXPECT_TRUE(server.say(from_unicast(Client(1).releasing(address))).changes.empty());
}

TEST(Expiry, EndsThenForgets) {  // decision 40
  Server server;
  const auto address = server.lease(Client(1));
  server.run_for(std::chrono::minutes(59));
  EXPECT_TRUE(server.has(address));
  server.run_for(std::chrono::minutes(1));
  EXPECT_TRUE(server.has(address, LeaseState::ended));
  server.run_for(std::chrono::hours(24 * 30));
  EXPECT_EQ(server.engine.find(address), nullptr);
}

TEST(Expiry, OfManyLeasesTakesSeveralSteps) {  // decision 6
  auto configuration = one_scope();
  configuration.scopes[0].subnet = Ipv4Prefix({10, 7, 0, 0}, 16);
  configuration.scopes[0].pools = {{.range = {{10, 7, 0, 1}, {10, 7, 255, 254}}, .classes = {}}};
  Memory memory;
  for (std::uint32_t i = 1; i <= 2'500; ++i) {
    Lease lease;
    lease.address = Ipv4(Ipv4(10, 7, 0, 0).value() + i);
    lease.client = ClientId::of(hardware(i));
    lease.due = start - seconds(1);
    lease.scope = "near";
    memory.leases.push_back(std::move(lease));
  }
  Server server(configuration, std::move(memory));
  auto actions = server.step();
  EXPECT_EQ(actions.changes.size(), 1'000U);
  EXPECT_EQ(actions.wake_at, server.now);
  EXPECT_EQ(server.step().changes.size(), 1'000U);
  EXPECT_EQ(server.step().changes.size(), 500U);
}

TEST(Inform, IsToldAllButAnAddress) {  // RFC 2131 4.3.5
  Server server;
  auto message = Client(1, "alpha").message(MessageType::inform);
  message.ciaddr = at(20);
  const auto actions = server.say(from_unicast(message));
  ASSERT_EQ(actions.sends.size(), 1U);
  const auto& ack = actions.sends[0].message;
  EXPECT_EQ(ack.type, MessageType::ack);
  EXPECT_TRUE(ack.yiaddr.unspecified());
  EXPECT_FALSE(ack.options.has(option::lease_time));
  EXPECT_FALSE(ack.options.has(option::renewal_time));
  EXPECT_TRUE(ack.options.has(option::subnet_mask));
  EXPECT_EQ(actions.sends[0].delivery, Delivery::address);
  EXPECT_EQ(actions.sends[0].to, (Endpoint{at(20), client_port}));
  EXPECT_TRUE(actions.changes.empty());
  EXPECT_TRUE(actions.names.empty());
}

TEST(Inform, WithoutAnAddressIsNonsense) {
  Server server;
  EXPECT_FALSE(server.ask(Client(1).message(MessageType::inform)));
  EXPECT_EQ(server.drops(Drop::nonsense), 1U);
}

TEST(Messages, OfServersAreNonsense) {
  Server server;
  for (const auto type : {MessageType::offer, MessageType::ack, MessageType::nak})
    EXPECT_FALSE(server.ask(Client(1).message(type)));
  auto reply = Client(1).discover();
  reply.op = Op::reply;
  EXPECT_FALSE(server.ask(reply));
  EXPECT_EQ(server.drops(Drop::nonsense), 4U);
}

TEST(Messages, FromAddressesThatCannotBeAreNonsense) {
  Server server;
  EXPECT_FALSE(server.ask(from_relay(Client(1).discover(), {}, Ipv4(255, 255, 255, 255))));
  EXPECT_FALSE(server.ask(Client(1).renewing({224, 0, 0, 1})));
  EXPECT_EQ(server.drops(Drop::nonsense), 2U);
}

}  // namespace
}  // namespace winsome::dhcp
