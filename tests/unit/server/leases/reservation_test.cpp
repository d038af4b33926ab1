#include "server/leases/classes.h"
#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

Reservation for_hardware(std::uint32_t number, Ipv4 address) {
  Reservation reservation;
  reservation.hardware = hardware(number);
  reservation.address = address;
  return reservation;
}
Reservation for_circuit(std::string_view circuit, Ipv4 address) {
  Reservation reservation;
  reservation.circuit.assign(circuit.begin(), circuit.end());
  reservation.address = address;
  return reservation;
}
Configuration with(Reservation reservation) {
  auto configuration = two_scopes();
  const auto scope = reservation.address >= far(0) ? 1U : 0U;
  configuration.scopes[scope].reservations = {std::move(reservation)};
  return configuration;
}

TEST(Reservation, GivesItsAddressForEver) {
  for (const auto address : {at(50), at(150)}) {  // outside the pool and inside
    Server server(with(for_hardware(1, address)));
    EXPECT_EQ(server.lease(Client(1)), address);
    EXPECT_EQ(server.at(address).due, never);
  }
}

TEST(Reservation, MayHaveALeaseLengthOfItsOwn) {
  auto reservation = for_hardware(1, at(50));
  reservation.parameters.lease = seconds(120);
  Server server(with(reservation));
  server.lease(Client(1));
  EXPECT_EQ(server.at(at(50)).due, start + seconds(120));
}

TEST(Reservation, IsNeverGivenToOthers) {
  Server server(with(for_hardware(1, at(150))));
  EXPECT_NE(server.lease(Client(2), at(150)), at(150));
  EXPECT_EQ(server.ask(Client(3).selecting(at(150)))->type, MessageType::nak);
  EXPECT_EQ(server.ask(Client(3).rebooting(at(150)))->type, MessageType::nak);
  std::size_t given = 0;
  for (std::uint32_t i = 10; i < 200; ++i) {
    const auto address = server.lease(Client(i));
    EXPECT_NE(address, at(150));
    if (!address.unspecified()) ++given;
  }
  EXPECT_EQ(given, 98U);
  EXPECT_EQ(server.engine.statistics().scopes[0].addresses, 99U);
  EXPECT_EQ(server.engine.statistics().scopes[0].reserved, 1U);
}

TEST(Reservation, KnowsItsClientByIdentifier) {
  const std::vector<std::uint8_t> id{0, 'p', '7'};
  Reservation reservation;
  reservation.client = ClientId::of(Octets(id));
  reservation.address = at(50);
  Server server(with(reservation));
  Client client(1);
  client.id = id;
  EXPECT_EQ(server.lease(client), at(50));
}

TEST(Reservation, KnowsItsClientByCircuit) {
  Server server(with(for_circuit("port-7", far(50))));
  EXPECT_EQ(server.lease_far(Client(1), "port-7"), far(50));
  EXPECT_NE(server.lease_far(Client(2), "port-8"), far(50));
}

TEST(Reservation, OfACircuitIsForWhateverStandsThere) {
  Server server(with(for_circuit("port-7", far(50))));
  EXPECT_EQ(server.lease_far(Client(1), "port-7"), far(50));
  EXPECT_EQ(server.lease_far(Client(2), "port-7"), far(50));
  EXPECT_EQ(server.at(far(50)).client, Client(2).client_id());
}

TEST(Reservation, IsForTheMachineWhateverItCallsItself) {
  Server server(with(for_hardware(1, at(50))));
  EXPECT_EQ(server.lease(Client(1)), at(50));  // the boot ROM
  const std::vector<std::uint8_t> duid{0xff, 1, 2, 3, 4, 5};
  Client system(1);
  system.id = duid;
  EXPECT_EQ(server.lease(system), at(50));
}

TEST(Reservation, HoldsOnItsOwnWireOnly) {
  Server server(with(for_hardware(1, at(50))));
  EXPECT_TRUE((Range{far(100), far(199)}).contains(server.lease_far(Client(1))));
}

TEST(Reservation, WhoseAddressIsStillLeasedWaitsOnAnother) {
  auto configuration = one_scope();
  Server server(configuration);
  ASSERT_EQ(server.lease(Client(2), at(150)), at(150));
  configuration.scopes[0].reservations = {for_hardware(1, at(150))};
  server.engine.configure(configuration);
  const auto waiting = server.lease(Client(1));
  EXPECT_NE(waiting, at(150));
  EXPECT_FALSE(waiting.unspecified());
  // The other is not renewed; then the client is moved.
  EXPECT_EQ(server.ask(from_unicast(Client(2).renewing(at(150))))->type, MessageType::nak);
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(waiting)))->type, MessageType::ack);
  server.say(from_unicast(Client(2).releasing(at(150))));
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(waiting)))->type, MessageType::nak);
  EXPECT_EQ(server.lease(Client(1)), at(150));
  EXPECT_TRUE(server.has(waiting, LeaseState::ended));
}

TEST(Reservation, NamesItsClient) {
  auto reservation = for_hardware(1, at(50));
  reservation.name = "printer";
  Server server(with(reservation));
  const auto offer = server.ask(Client(1, "brand-4711").discover());
  EXPECT_EQ(offer->options.text(option::host_name), "printer");
  server.lease(Client(1, "brand-4711"));
  EXPECT_EQ(server.at(at(50)).host_name, "printer");
}

TEST(Reservation, IsNotProbed) {
  auto configuration = with(for_hardware(1, at(50)));
  configuration.probing.enabled = true;
  Server server(configuration);
  EXPECT_EQ(server.ask(Client(1).discover())->yiaddr, at(50));
}

ClientClass printers() {
  ClientClass printers;
  printers.name = "printers";
  printers.vendor_class = {"Lexmark"};
  return printers;
}

TEST(Class, OpensItsPoolsToMembersOnly) {
  auto configuration = one_scope();
  configuration.classes = {printers()};
  configuration.scopes[0].pools = {{.range = {at(100), at(109)}, .classes = {"printers"}},
                                   {.range = {at(110), at(119)}, .classes = {}}};
  Server server(configuration);
  Client printer(1);
  printer.vendor = "Lexmark T640";
  EXPECT_LE(server.lease(printer), at(109));
  for (std::uint32_t i = 2; i < 12; ++i) EXPECT_GE(server.lease(Client(i)), at(110));
  EXPECT_TRUE(server.lease(Client(12)).unspecified());
  EXPECT_EQ(server.ask(Client(13).selecting(at(109)))->type, MessageType::nak);
}

TEST(Class, NeedsAllOfItsConditions) {
  ClientClass one;
  one.vendor_class = {"PXEClient", "HTTPClient"};
  one.architecture = {7, 9};
  one.hardware_prefix = {{2, 0}};
  one.user_class = {"iPXE"};
  const std::vector<ClientClass> classes{one};
  auto message = Client(1).discover();
  const auto is_member = [&] { return !classes_of(message, classes).empty(); };
  EXPECT_FALSE(is_member());
  message.options.put_text(option::vendor_class, "PXEClient:Arch:00007");
  EXPECT_FALSE(is_member());
  message.options.put_u16(option::architecture, 7);
  EXPECT_FALSE(is_member());
  message.options.put_text(option::user_class, "iPXE");
  EXPECT_TRUE(is_member());
  message.options.put_text(option::user_class, "\x02zz\x04iPXE");  // RFC 3004 4
  EXPECT_TRUE(is_member());
  message.options.put_text(option::user_class, "\x08iPXE");
  EXPECT_FALSE(is_member());
  message.options.put_text(option::user_class, "iPXE");
  message.hardware.octets[0] = 4;
  EXPECT_FALSE(is_member());
}

TEST(Rarp, FindsTheAddressOnTheWireItIsAskedFor) {  // RFC 903
  auto configuration = two_scopes();
  for (auto& scope : configuration.scopes) {
    Reservation one;
    one.hardware = hardware(1);
    one.address = Ipv4(scope.subnet.network().value() + 50);
    scope.reservations = {one};
  }
  Server server(configuration);
  const auto leased = server.lease_far(Client(2));
  const std::vector near{configuration.scopes[0].subnet};
  const std::vector behind{configuration.scopes[1].subnet};
  EXPECT_EQ(server.engine.find(hardware(1), near), at(50));
  EXPECT_EQ(server.engine.find(hardware(1), behind), far(50));
  EXPECT_EQ(server.engine.find(hardware(1), {}), std::nullopt);
  EXPECT_EQ(server.engine.find(hardware(2), near), std::nullopt);
  EXPECT_EQ(server.engine.find(hardware(2), behind), leased);
}

}  // namespace
}  // namespace winsome::dhcp
