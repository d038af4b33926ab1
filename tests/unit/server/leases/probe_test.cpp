#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

Configuration probing() {
  auto configuration = one_scope();
  configuration.probing.enabled = true;
  return configuration;
}

Input found(Ipv4 address, bool in_use) {
  return ProbeResult{.address = address, .in_use = in_use};
}

/// The address that the server asks after first, for a client's DISCOVER.
Ipv4 probed(Server& server, const Client& client) {
  const auto actions = server.say(from_broadcast(client.discover()));
  EXPECT_TRUE(actions.sends.empty());
  EXPECT_EQ(actions.probes.size(), 1U);
  return actions.probes.empty() ? Ipv4() : actions.probes[0].address;
}

TEST(Probe, ComesBeforeTheOfferOfAnAddress) {  // RFC 2131 2.2
  Server server(probing());
  const auto actions = server.say(from_broadcast(Client(1).discover(at(150))));
  EXPECT_TRUE(actions.sends.empty());
  ASSERT_EQ(actions.probes.size(), 1U);
  EXPECT_EQ(actions.probes[0].address, at(150));
  EXPECT_EQ(actions.probes[0].interface, 3U);
  EXPECT_EQ(actions.probes[0].timeout, milliseconds(300));
  const auto after = server.step({found(at(150), false)});
  ASSERT_EQ(after.sends.size(), 1U);
  EXPECT_EQ(after.sends[0].message.yiaddr, at(150));
}

TEST(Probe, BehindARelayNamesNoInterface) {
  Server server([] {
    auto configuration = two_scopes();
    configuration.probing.enabled = true;
    return configuration;
  }());
  const auto actions = server.say(from_relay(Client(1).discover()));
  ASSERT_EQ(actions.probes.size(), 1U);
  EXPECT_EQ(actions.probes[0].interface, 0U);
}

TEST(Probe, ThatFindsSomebodySetsTheAddressAsideAndTriesTheNext) {
  Server server(probing());
  const auto first = probed(server, Client(1));
  const auto actions = server.step({found(first, true)});
  EXPECT_TRUE(server.has(first, LeaseState::declined));
  EXPECT_EQ(events_of(actions, EventKind::conflict).size(), 1U);
  ASSERT_EQ(actions.probes.size(), 1U);
  EXPECT_NE(actions.probes[0].address, first);
  EXPECT_EQ(server.engine.statistics().conflicts, 1U);
  const auto offer = server.step({found(actions.probes[0].address, false)});
  ASSERT_EQ(offer.sends.size(), 1U);
}

TEST(Probe, GivesUpAfterSomeAddresses) {
  Server server(probing());
  auto address = probed(server, Client(1));
  for (int i = 0; i < 2; ++i) {
    const auto actions = server.step({found(address, true)});
    ASSERT_EQ(actions.probes.size(), 1U);
    address = actions.probes[0].address;
  }
  const auto last = server.step({found(address, true)});
  EXPECT_TRUE(last.probes.empty());
  EXPECT_TRUE(last.sends.empty());
  EXPECT_EQ(server.drops(Drop::no_address), 1U);
}

TEST(Probe, FoldsRepeatedMessagesAndAnswersTheNewest) {
  Server server(probing());
  const auto address = probed(server, Client(1));
  auto again = Client(1).discover();
  again.xid = 0x9999;
  const auto folded = server.say(from_broadcast(again));
  EXPECT_TRUE(folded.probes.empty());
  EXPECT_TRUE(folded.sends.empty());
  EXPECT_EQ(server.drops(Drop::duplicate), 1U);
  const auto actions = server.step({found(address, false)});
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].message.xid, 0x9999U);
}

TEST(Probe, ThatNeverEndsIsNotWaitedForLong) {
  Server server(probing());
  const auto actions = server.say(from_broadcast(Client(1).discover()));
  EXPECT_EQ(actions.wake_at, start + milliseconds(500));
  server.now = actions.wake_at;
  EXPECT_EQ(server.step().sends.size(), 1U);
}

TEST(Probe, IsNotNeededForALeaseOrAFreshOne) {
  Server server(probing());
  const auto address = probed(server, Client(1));
  server.step({found(address, false)});
  server.ask(Client(1).selecting(address));
  EXPECT_TRUE(server.ask(Client(1).discover()));
  server.say(from_unicast(Client(1).releasing(address)));
  server.now += seconds(60);
  EXPECT_EQ(server.ask(Client(1).discover())->yiaddr, address);
}

TEST(Probe, IsNeededAgainForALeaseThatEndedLongAgo) {
  Server server(probing());
  const auto address = probed(server, Client(1));
  server.step({found(address, false)});
  server.ask(Client(1).selecting(address));
  server.run_for(std::chrono::hours(3));
  EXPECT_EQ(probed(server, Client(1)), address);
}

TEST(Probe, IsNotNeededForAnAddressJustFoundFree) {
  auto configuration = probing();
  configuration.offer_hold = seconds(10);
  Server server(configuration);
  const auto address = probed(server, Client(1));
  server.step({found(address, false)});
  server.run_for(seconds(20));  // the offer was not taken up
  EXPECT_EQ(server.ask(Client(2).discover(address))->yiaddr, address);
  server.run_for(std::chrono::minutes(10));
  const auto actions = server.say(from_broadcast(Client(3).discover(address)));
  EXPECT_EQ(actions.probes.size(), 1U);
}

TEST(Probe, IsLeftOutBeyondTheLimit) {
  auto configuration = probing();
  configuration.probing.at_once = 2;
  Server server(configuration);
  probed(server, Client(1));
  probed(server, Client(2));
  EXPECT_TRUE(server.ask(Client(3).discover()));
}

TEST(Probe, ResultsThatNobodyWaitsForMeanNothing) {
  Server server(probing());
  const auto actions = server.step({found(at(150), true), found({10, 0, 0, 1}, true)});
  EXPECT_TRUE(actions.changes.empty());
  const auto address = probed(server, Client(1));
  server.step({found(address, false)});
  EXPECT_TRUE(server.step({found(address, true)}).changes.empty());
}

TEST(Probe, IsForgottenByAClientThatMovedOn) {
  auto configuration = two_scopes();
  configuration.probing.enabled = true;
  Server server(configuration);
  const auto first = probed(server, Client(1));
  const auto actions = server.say(from_relay(Client(1).discover()));
  ASSERT_EQ(actions.probes.size(), 1U);
  EXPECT_TRUE(server.step({found(first, false)}).sends.empty());
  EXPECT_EQ(server.step({found(actions.probes[0].address, false)}).sends.size(), 1U);
}

}  // namespace
}  // namespace winsome::dhcp
