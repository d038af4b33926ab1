#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

Configuration stations() {
  auto configuration = two_scopes();
  Reservation station;
  station.hardware = hardware(1);
  station.address = at(50);
  station.name = "station";
  station.parameters.boot.file = "station.img";
  configuration.scopes[0].reservations = {station};
  configuration.scopes[0].parameters.boot = {
      .file = "scope.img", .server_name = "boothost", .server = at(9)};
  return configuration;
}

TEST(Bootp, AnswersAReservation) {  // RFC 951 7.3
  Server server(stations());
  const auto actions = server.say(from_broadcast(Client(1).bootp()));
  ASSERT_EQ(actions.sends.size(), 1U);
  const auto& reply = actions.sends[0].message;
  EXPECT_EQ(reply.op, Op::reply);
  EXPECT_EQ(reply.type, MessageType::none);
  EXPECT_EQ(reply.yiaddr, at(50));
  EXPECT_EQ(reply.siaddr, at(9));
  EXPECT_EQ(reply.server_name, "boothost");
  EXPECT_EQ(reply.boot_file, "station.img");
  EXPECT_FALSE(reply.options.has(option::lease_time));
  EXPECT_FALSE(reply.options.has(option::server_identifier));
  EXPECT_EQ(actions.sends[0].size_max, message_size_min);
  EXPECT_TRUE(server.at(at(50)).bootp);
  EXPECT_EQ(server.at(at(50)).due, never);
  EXPECT_EQ(server.at(at(50)).host_name, "station");
}

TEST(Bootp, FillsTheVendorAreaOnlyForWhoUsesIt) {  // RFC 1048, RFC 1534 2
  Server server(stations());
  auto message = Client(1).bootp();
  EXPECT_TRUE(server.ask(message)->options.has(option::subnet_mask));
  message.has_cookie = false;
  const auto reply = server.ask(message);
  EXPECT_FALSE(reply->has_cookie);
  EXPECT_TRUE(reply->options.empty());
}

TEST(Bootp, IsSilentWithoutAReservation) {
  Server server(stations());
  EXPECT_FALSE(server.ask(Client(2).bootp()));
  EXPECT_TRUE(server.ask(Client(1).bootp()));
}

TEST(Bootp, GetsPoolAddressesWhereAllowed) {
  auto configuration = stations();
  configuration.scopes[0].bootp_dynamic = true;
  Server server(configuration);
  const auto reply = server.ask(Client(2).bootp());
  ASSERT_TRUE(reply);
  EXPECT_EQ(server.at(reply->yiaddr).due, never);
  EXPECT_EQ(server.ask(Client(2).bootp())->yiaddr, reply->yiaddr);
  EXPECT_FALSE(server.ask(from_relay(Client(3).bootp())));
}

TEST(Bootp, MayHaveLimitedLeases) {
  auto configuration = stations();
  configuration.scopes[0].bootp_dynamic = true;
  configuration.scopes[0].bootp_lease = std::chrono::hours(3);
  Server server(configuration);
  const auto reply = server.ask(Client(2).bootp());
  EXPECT_EQ(server.at(reply->yiaddr).due, start + std::chrono::hours(3));
  EXPECT_FALSE(reply->options.has(option::lease_time));
}

TEST(Bootp, AskedAgainChangesNothing) {
  Server server(stations());
  server.ask(Client(1).bootp());
  const auto again = server.say(from_broadcast(Client(1).bootp()));
  EXPECT_EQ(again.sends.size(), 1U);
  EXPECT_TRUE(again.changes.empty());
}

TEST(Bootp, LeavesStationsToTheServerThatTheyName) {  // RFC 951 7.3
  auto configuration = stations();
  configuration.own_names = {"WINSOME"};
  Server server(configuration);
  const auto answers = [&](const char* name) {
    auto message = Client(1).bootp();
    message.server_name = name;
    return server.ask(message).has_value();
  };
  EXPECT_TRUE(answers(""));
  EXPECT_TRUE(answers("winsome"));
  EXPECT_TRUE(answers("Winsome.example.org"));
  EXPECT_TRUE(answers("boothost"));  // what it was told
  EXPECT_FALSE(answers("elsewhere"));
  EXPECT_EQ(server.drops(Drop::not_for_us), 1U);
}

TEST(Bootp, FeedsItsName) {
  Server server(stations());
  const auto actions = server.say(from_broadcast(Client(1).bootp()));
  ASSERT_EQ(actions.names.size(), 1U);
  EXPECT_EQ(actions.names[0].netbios_name, "STATION");
  EXPECT_EQ(actions.names[0].due, never);
}

TEST(Neighbour, IsMadeForWhoBootsAndHasNoAddressYet) {  // decision 23
  Server server(stations());
  auto actions = server.say(from_broadcast(Client(1).bootp()));
  EXPECT_EQ(actions.sends[0].delivery, Delivery::hardware);
  EXPECT_TRUE(actions.sends[0].neighbour);
  EXPECT_TRUE(server.at(at(50)).neighbour);

  const auto offer = server.say(from_broadcast(Client(2).discover()));
  EXPECT_FALSE(offer.sends[0].neighbour);
  const auto address = offer.sends[0].message.yiaddr;
  actions = server.say(from_broadcast(Client(2).selecting(address)));
  EXPECT_TRUE(actions.sends[0].neighbour);  // it is told of scope.img
}

TEST(Neighbour, IsMadeForWhoWantsItsAnswerBroadcast) {  // decision 23
  Server server(stations());
  Client client(1);
  client.broadcast = true;
  const auto actions = server.say(from_broadcast(client.bootp()));
  EXPECT_EQ(actions.sends[0].delivery, Delivery::broadcast);
  EXPECT_TRUE(actions.sends[0].neighbour);
  EXPECT_TRUE(server.at(at(50)).neighbour);
}

TEST(Neighbour, IsNotMadeBehindRelaysOrRouters) {
  auto configuration = stations();
  configuration.scopes[1].bootp_dynamic = true;
  configuration.scopes[1].parameters.boot.file = "far.img";
  Server server(configuration);
  EXPECT_FALSE(server.say(from_relay(Client(5).bootp())).sends[0].neighbour);
  const auto address = server.lease_far(Client(6));
  EXPECT_FALSE(server.say(from_unicast(Client(6).renewing(address))).sends[0].neighbour);
}

TEST(Neighbour, IsMadeOnEthernetOnly) {
  auto configuration = stations();
  configuration.scopes[0].bootp_dynamic = true;
  Server server(configuration);
  Client client(7);
  client.hardware.type = 6;
  EXPECT_FALSE(server.say(from_broadcast(client.bootp())).sends[0].neighbour);
}

TEST(Neighbour, IsNotMadeForOrdinaryClients) {
  Server server;
  const auto offer = server.ask(Client(2).discover());
  const auto actions = server.say(from_broadcast(Client(2).selecting(offer->yiaddr)));
  EXPECT_EQ(actions.sends[0].delivery, Delivery::hardware);
  EXPECT_FALSE(actions.sends[0].neighbour);
}

TEST(Neighbour, GoesWithTheLease) {
  Server server(stations());
  const auto address = server.lease(Client(2));
  ASSERT_TRUE(server.at(address).neighbour);
  const auto actions = server.say(from_unicast(Client(2).releasing(address)));
  EXPECT_EQ(actions.neighbours_gone, std::vector{address});
  EXPECT_FALSE(server.at(address).neighbour);
}

}  // namespace
}  // namespace winsome::dhcp
