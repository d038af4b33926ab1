#include <map>

#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

std::map<Ipv4, Lease> all(const LeaseServer& engine) {
  std::map<Ipv4, Lease> leases;
  engine.for_each([&](const Lease& lease) { leases.emplace(lease.address, lease); });
  return leases;
}

Actions batch(Server& server, std::vector<Input> inputs) {
  server.engine.begin(server.now);
  server.engine.decide(inputs);
  return server.engine.finish();
}

TEST(Undo, RestoresWhatTwoBatchesChanged) {
  auto configuration = one_scope();
  configuration.scopes[0].dns = {.domain = "example.org", .reverse = true};
  Server server(configuration);
  const auto kept = server.lease(Client(1, "alpha"), at(120));
  server.lease(Client(2), at(130));
  const auto before = all(server.engine);
  const auto work = server.engine.dns_work(100);
  server.now += seconds(60);
  batch(server, {from_unicast(Client(1, "beta").renewing(kept)),
                 from_broadcast(Client(3, "gamma").selecting(at(140)))});
  batch(server,
        {from_unicast(Client(1, "beta").releasing(kept)),
         from_broadcast(Client(2).declining(at(130))),
         CommandRequest{1, AddReservations{.rows = {{.scope = "near",
                                                     .reservation = {.hardware = hardware(9),
                                                                     .client = {},
                                                                     .circuit = {},
                                                                     .address = at(150),
                                                                     .name = {},
                                                                     .parameters = {}}}}}}});
  server.engine.undo();
  EXPECT_EQ(all(server.engine), before);
  EXPECT_EQ(server.engine.dns_work(100), work);
  std::size_t reservations = 0;
  server.engine.for_each_reservation([&](const auto&) { ++reservations; });
  EXPECT_EQ(reservations, 0U);
  EXPECT_EQ(server.lease(Client(4), at(140)), at(140));
  EXPECT_EQ(server.lease(Client(5), at(150)), at(150));
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(kept)))->type, MessageType::ack);
}

TEST(Duplicate, OfWhatIsBeingMadeDurableIsSilent) {
  Server server;
  const auto first = batch(server, {from_broadcast(Client(1).selecting(at(120))),
                                    from_broadcast(Client(1).selecting(at(120)))});
  EXPECT_EQ(first.sends.size(), 1U);
  const auto second = batch(server, {from_broadcast(Client(1).selecting(at(120)))});
  EXPECT_TRUE(second.sends.empty());
  EXPECT_TRUE(second.changes.empty());
  EXPECT_EQ(server.drops(Drop::duplicate), 2U);
  server.engine.committed();
  server.engine.committed();
  EXPECT_TRUE(server.ask(Client(1).selecting(at(120))));
}

TEST(Duplicate, OfWhatWasUndoneIsAnswered) {
  Server server;
  batch(server, {from_broadcast(Client(1).selecting(at(120)))});
  server.engine.undo();
  EXPECT_TRUE(server.ask(Client(1).selecting(at(120))));
}

TEST(Duplicate, IsOneOnlyWhereTransactionTypeAndRelayAreTheSame) {
  Server server(two_scopes());
  auto other = Client(1).discover();
  other.xid = 0x1235;
  const auto actions = batch(
      server, {from_broadcast(Client(1).discover()), from_broadcast(std::move(other)),
               from_relay(Client(1).discover()), from_broadcast(Client(1).selecting(at(120)))});
  EXPECT_EQ(actions.sends.size(), 4U);
  server.engine.committed();
}

TEST(Undo, KeepsWhatIsDurable) {
  Server server;
  batch(server, {from_broadcast(Client(1).selecting(at(120)))});
  batch(server, {from_broadcast(Client(2).selecting(at(121)))});
  server.engine.committed();
  server.engine.undo();
  EXPECT_TRUE(server.has(at(120)));
  EXPECT_EQ(server.engine.find(at(121)), nullptr);
}

TEST(Undo, ForgetsOffers) {
  Server server;
  batch(server, {from_broadcast(Client(1).discover(at(150)))});
  server.engine.undo();
  EXPECT_EQ(server.ask(Client(2).discover(at(150)))->yiaddr, at(150));
}

TEST(Undo, AsksForPendingNamesAgain) {  // the challenges are dropped with the batch
  Server server;
  const auto address = server.lease(Client(1, "alpha"));
  ASSERT_EQ(server.at(address).name_state, NameState::pending);
  batch(server, {from_broadcast(Client(2).discover())});
  server.engine.undo();
  const auto actions = server.step();
  ASSERT_EQ(actions.names.size(), 1U);
  EXPECT_EQ(actions.names[0].address, address);
}

TEST(Undo, HoldsAlsoAfterAReloadInBetween) {
  Server server;
  batch(server, {from_broadcast(Client(1).selecting(at(120)))});
  server.engine.configure(two_scopes());
  server.engine.undo();
  EXPECT_EQ(server.engine.find(at(120)), nullptr);
  EXPECT_EQ(server.lease(Client(2), at(120)), at(120));
}

}  // namespace
}  // namespace winsome::dhcp
