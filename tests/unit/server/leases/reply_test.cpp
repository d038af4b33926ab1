#include "server/leases/network.h"
#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

std::vector<std::uint8_t> codes(const Message& message) {
  std::vector<std::uint8_t> codes;
  for (std::size_t i = 0; i < message.options.size(); ++i)
    codes.push_back(message.options.at(i).code);
  return codes;
}
std::vector<std::uint8_t> octets(Ipv4 address) {
  OptionSet options;
  options.put_address(1, address);
  const auto value = *options.find(1);
  return {value.begin(), value.end()};
}

TEST(Options, ComeFromTheMostSpecificPlace) {
  auto configuration = one_scope();
  constexpr std::uint8_t everywhere = 200;
  constexpr std::uint8_t from_scope = 201;
  constexpr std::uint8_t from_class = 202;
  constexpr std::uint8_t from_reservation = 203;
  auto& scope = configuration.scopes[0];
  ClientClass one;
  one.name = "one";
  one.vendor_class = {"V"};
  Reservation reservation;
  reservation.hardware = hardware(1);
  reservation.address = at(50);
  for (const auto code : {everywhere, from_scope, from_class, from_reservation})
    configuration.parameters.options[code] = {1};
  for (const auto code : {from_scope, from_class, from_reservation})
    scope.parameters.options[code] = {2};
  for (const auto code : {from_class, from_reservation}) one.parameters.options[code] = {3};
  reservation.parameters.options[from_reservation] = {4};
  configuration.classes = {one};
  scope.reservations = {reservation};
  Server server(configuration);
  Client client(1);
  client.vendor = "Vendor";
  const auto offer = server.ask(client.discover());
  EXPECT_EQ(offer->options.u8(everywhere), 1);
  EXPECT_EQ(offer->options.u8(from_scope), 2);
  EXPECT_EQ(offer->options.u8(from_class), 3);
  EXPECT_EQ(offer->options.u8(from_reservation), 4);
}

TEST(Options, ComeInTheOrderAskedForAndNoOthers) {  // RFC 2131 4.3.1, RFC 2132 9.8
  auto configuration = one_scope();
  configuration.parameters.options[option::routers] = octets(at(254));
  configuration.parameters.options[option::domain_name] = {'x'};
  configuration.parameters.options[200] = {1};
  Server server(configuration);
  Client client(1);
  client.parameters = {option::domain_name, option::subnet_mask, 222, option::routers,
                       option::domain_name};
  EXPECT_EQ(codes(*server.ask(client.discover())),
            (std::vector<std::uint8_t>{54, 51, 58, 59, 1, 15, 3}));
}

TEST(Options, AreAllThereForWhoAsksForNone) {
  auto configuration = one_scope();
  configuration.parameters.options[option::routers] = octets(at(254));
  configuration.parameters.options[200] = {1};
  Server server(configuration);
  EXPECT_EQ(codes(*server.ask(Client(1).discover())),
            (std::vector<std::uint8_t>{54, 51, 58, 59, 1, 3, 44, 46, 200}));
}

TEST(Options, NameServersAreOursThenThePartners) {  // decision 22
  auto configuration = one_scope();
  configuration.name_servers = {at(5), us};
  Server server(configuration);
  Client client(1);
  client.parameters = {44, 46};
  const auto offer = server.ask(client.discover());
  auto expected = octets(us);
  const auto partner = octets(at(5));
  expected.insert(expected.end(), partner.begin(), partner.end());
  const auto value = *offer->options.find(44);
  EXPECT_EQ(std::vector(value.begin(), value.end()), expected);
  EXPECT_EQ(offer->options.u8(46), 8);
}

TEST(Options, ConfiguredNameServersComeFirst) {  // decision 22
  auto configuration = one_scope();
  configuration.scopes[0].parameters.options[44] = octets(at(7));
  configuration.scopes[0].parameters.options[46] = {2};
  Server server(configuration);
  const auto offer = server.ask(Client(1).discover());
  EXPECT_EQ(offer->options.address(44), at(7));
  EXPECT_EQ(offer->options.u8(46), 2);
}

TEST(Options, NameServersAreLeftOutWhereThereAreNone) {
  auto configuration = one_scope();
  configuration.own_name_servers = {};
  Server server(configuration);
  const auto offer = server.ask(Client(1).discover());
  EXPECT_FALSE(offer->options.has(44));
  EXPECT_FALSE(offer->options.has(46));
}

TEST(Options, NameServerIsWhereWeListen) {  // decision 22
  const auto told = [](std::vector<Ipv4> listening) {
    auto configuration = one_scope();
    configuration.own_name_servers = std::move(listening);
    configuration.name_servers = {far(5), at(9)};
    Server server(configuration);
    const auto offer = server.ask(Client(1).discover());
    const auto value = *offer->options.find(44);
    return std::vector(value.begin(), value.end());
  };
  const auto list = [](std::initializer_list<Ipv4> servers) {
    std::vector<std::uint8_t> value;
    for (const auto server : servers) {
      const auto one = octets(server);
      value.insert(value.end(), one.begin(), one.end());
    }
    return value;
  };
  EXPECT_EQ(told({Ipv4()}), list({us, far(5), at(9)}));
  EXPECT_EQ(told({at(8), us}), list({us, far(5), at(9)}));
  EXPECT_EQ(told({at(8), at(9)}), list({at(8), at(9), far(5)}));
  EXPECT_EQ(told({}), list({far(5), at(9)}));
}

TEST(Options, EchoWhatTheClientAndTheRelaySent) {  // RFC 6842 3, RFC 3046 2.2
  Server server(two_scopes());
  const std::vector<std::uint8_t> id{0xff, 1, 2};
  Client client(1);
  client.id = id;
  for (const auto& message : {client.discover(), client.rebooting(at(150))}) {
    const auto answer = server.ask(from_relay(message, "port-7"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(codes(*answer).back(), 82);
    EXPECT_TRUE(std::ranges::equal(*answer->options.find(61), id));
    EXPECT_EQ(characters_of(answer->options.find(82)->subspan(2)), "port-7");
  }
}

TEST(Options, AnswersAreAsLongAsTheClientTakes) {  // RFC 2132 9.10
  Server server;
  const auto size = [&](std::optional<std::uint16_t> asked) {
    auto message = Client(1).discover();
    if (asked) message.options.put_u16(option::message_size, *asked);
    return server.say(from_broadcast(message)).sends[0].size_max;
  };
  EXPECT_EQ(size({}), 548U);
  EXPECT_EQ(size(1500), 1472U);
  EXPECT_EQ(size(1000), 972U);
  EXPECT_EQ(size(100), 548U);
  EXPECT_EQ(size(65'535), 1472U);
}

TEST(Options, SayWhereToBootFrom) {
  auto configuration = one_scope();
  configuration.scopes[0].parameters.boot.file = "pxe.0";
  Server server(configuration);
  Client client(1);
  client.parameters = {66, 67};
  const auto offer = server.ask(client.discover());
  EXPECT_EQ(offer->boot_file, "pxe.0");
  EXPECT_EQ(offer->siaddr, us);
  EXPECT_EQ(offer->options.text(67), "pxe.0");
}

TEST(Delivery, GoesToTheRelay) {  // RFC 2131 4.1
  Server server(two_scopes());
  const auto send = server.say(from_relay(Client(1).discover())).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::relay);
  EXPECT_EQ(send.to, (Endpoint{relay_agent, server_port}));
  EXPECT_EQ(send.message.giaddr, relay_agent);
}

TEST(Delivery, GoesToTheHardwareOfWhoHasNoAddress) {
  Server server;
  const auto send = server.say(from_broadcast(Client(1).discover())).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::hardware);
  EXPECT_EQ(send.to, (Endpoint{send.message.yiaddr, client_port}));
  EXPECT_EQ(send.hardware, hardware(1));
  EXPECT_EQ(send.interface, 3U);
  EXPECT_EQ(send.from, us);
}

TEST(Delivery, GoesToAllWhereTheClientWantsIt) {
  Server server;
  Client client(1);
  client.broadcast = true;
  const auto send = server.say(from_broadcast(client.discover())).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::broadcast);
  EXPECT_EQ(send.to, (Endpoint{Ipv4(0xffff'ffff), client_port}));
  EXPECT_TRUE(send.message.broadcast);
}

TEST(Delivery, OfARenewalGoesToTheFrameItCameFrom) {  // decision 23
  Server server;
  const auto address = server.lease(Client(1));
  auto message = from_unicast(Client(1).renewing(address));
  message.arrival.frame_source = hardware(77);  // a router
  const auto send = server.say(std::move(message)).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::address);
  EXPECT_EQ(send.to, (Endpoint{address, client_port}));
  EXPECT_EQ(send.hardware, hardware(77));
}

TEST(Delivery, OfANakGoesToAll) {  // RFC 2131 4.3.2
  Server server(two_scopes());
  auto send = server.say(from_broadcast(Client(1).rebooting(at(150)))).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::broadcast);
  EXPECT_TRUE(send.message.yiaddr.unspecified());
  EXPECT_TRUE(send.message.ciaddr.unspecified());
  send = server.say(from_unicast(Client(1).renewing(at(150)))).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::broadcast);
  send = server.say(from_relay(Client(1).rebooting(at(150)))).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::relay);
  EXPECT_TRUE(send.message.broadcast);
}

TEST(Delivery, OfANakToARoutedRenewalGoesWhereItIsHeard) {
  Server server(two_scopes());
  const auto send = server.say(from_unicast(Client(1).renewing(far(150)))).sends.at(0);
  EXPECT_EQ(send.delivery, Delivery::address);
  EXPECT_EQ(send.to.address, far(150));
}

TEST(Network, IsTheRelaysOrTheSelectedOne) {  // RFC 3527 3, RFC 3011 2
  auto configuration = two_scopes();
  auto third = far_scope();
  third.name = "third";
  third.subnet = Ipv4Prefix({203, 0, 113, 0}, 24);
  third.pools = {{.range = {{203, 0, 113, 100}, {203, 0, 113, 199}}, .classes = {}}};
  configuration.scopes.push_back(third);
  Server server(configuration);
  EXPECT_TRUE(configuration.scopes[0].subnet.contains(server.ask(Client(1).discover())->yiaddr));
  EXPECT_TRUE(configuration.scopes[1].subnet.contains(
      server.ask(from_relay(Client(2).discover()))->yiaddr));
  auto message = Client(3).discover();
  message.options.put_address(option::subnet_selection, {203, 0, 113, 0});
  const auto offer = server.ask(from_relay(message));
  EXPECT_TRUE(third.subnet.contains(offer->yiaddr));
  EXPECT_TRUE(offer->options.has(option::subnet_selection));
  auto selected = from_relay(message);
  selected.message.options.put(option::relay_agent_information,
                               std::vector<std::uint8_t>{5, 4, 192, 0, 2, 0});
  EXPECT_TRUE(configuration.scopes[0].subnet.contains(server.ask(selected)->yiaddr));
}

TEST(Network, GarbageInOption82IsEchoedAndNotBelieved) {
  Server server(two_scopes());
  auto message = from_relay(Client(1).discover());
  const std::vector<std::uint8_t> garbage{5, 4, 192, 0, 2, 0, 1, 200, 7};
  message.message.options.put(option::relay_agent_information, garbage);
  const auto offer = server.ask(message);
  EXPECT_TRUE((Range{far(100), far(199)}).contains(offer->yiaddr));
  EXPECT_TRUE(std::ranges::equal(*offer->options.find(82), garbage));
}

TEST(Network, IsSharedByItsScopes) {
  auto configuration = two_scopes();
  configuration.scopes[0].shared_network = configuration.scopes[1].shared_network = "floor";
  configuration.scopes[0].pools = {{.range = {at(100), at(101)}, .classes = {}}};
  Server server(configuration);
  std::size_t near = 0;
  std::size_t far_ones = 0;
  for (std::uint32_t i = 0; i < 10; ++i) {
    const auto address = server.lease(Client(i));
    (configuration.scopes[0].subnet.contains(address) ? near : far_ones) += 1;
    EXPECT_EQ(server.ask(Client(i).rebooting(address))->type, MessageType::ack);
  }
  EXPECT_EQ(near, 2U);
  EXPECT_EQ(far_ones, 8U);
}

}  // namespace
}  // namespace winsome::dhcp
