#include "tests/unit/server/leases/fixture.h"

namespace winsome::dhcp {
namespace {

AddReservations::Row row(std::uint32_t number, Ipv4 address, std::string scope = {}) {
  AddReservations::Row row;
  row.scope = std::move(scope);
  row.reservation.hardware = hardware(number);
  row.reservation.address = address;
  return row;
}
ImportLeases::Row imported(std::uint32_t number, Ipv4 address, seconds left = seconds(600)) {
  ImportLeases::Row row;
  row.address = address;
  row.hardware = hardware(number);
  row.left = left;
  row.host_name = "alpha";
  return row;
}
std::size_t stored(const Server& server) {
  std::size_t count = 0;
  server.engine.for_each_reservation([&](const auto&) { ++count; });
  return count;
}

TEST(Command, ReleasesALease) {
  Server server;
  const auto address = server.lease(Client(1));
  EXPECT_EQ(server.command(ReleaseLease{address}).changed, 1U);
  EXPECT_TRUE(server.has(address, LeaseState::ended));
  EXPECT_EQ(server.command(ReleaseLease{address}).status, CommandStatus::not_found);
  EXPECT_EQ(server.command(ReleaseLease{at(77)}).status, CommandStatus::not_found);
}

TEST(Command, FreesADeclinedAddress) {
  Server server;
  const auto address = server.lease(Client(1));
  server.say(from_broadcast(Client(1).declining(address)));
  EXPECT_EQ(server.command(ReleaseLease{address}).changed, 1U);
  EXPECT_EQ(server.lease(Client(2), address), address);
}

TEST(Command, FlushesWhatIsNotActive) {
  Server server(two_scopes());
  const auto kept = server.lease(Client(1));
  const auto gone = server.lease(Client(2));
  const auto elsewhere = server.lease_far(Client(3));
  server.say(from_unicast(Client(2).releasing(gone)));
  server.say(from_unicast(Client(3).releasing(elsewhere)));
  EXPECT_EQ(server.command(FlushLeases{.scope = "near"}).changed, 1U);
  EXPECT_EQ(server.engine.find(gone), nullptr);
  EXPECT_TRUE(server.has(kept));
  EXPECT_TRUE(server.has(elsewhere, LeaseState::ended));
  EXPECT_EQ(server.command(FlushLeases{.scope = "nowhere"}).status, CommandStatus::not_found);
}

TEST(Command, FlushesEverythingWithItsNames) {
  Server server;
  const auto address = server.lease(Client(1, "alpha"));
  auto actions = server.step({CommandRequest{7, FlushLeases{.scope = {}, .active = true}}});
  ASSERT_EQ(actions.replies.size(), 1U);
  EXPECT_EQ(actions.replies[0].ticket, 7U);
  ASSERT_EQ(actions.names.size(), 1U);
  EXPECT_TRUE(actions.names[0].withdraw);
  EXPECT_EQ(server.engine.find(address), nullptr);
}

TEST(Command, StoresReservations) {
  Server server;
  auto actions = server.step({CommandRequest{7, AddReservations{.rows = {row(1, at(50))}}}});
  ASSERT_EQ(actions.changes.size(), 1U);
  EXPECT_EQ(std::get<PutReservation>(actions.changes[0]).reservation.scope, "near");
  EXPECT_EQ(server.lease(Client(1)), at(50));
  EXPECT_EQ(server.command(DeleteReservation{at(50)}).changed, 1U);
  EXPECT_EQ(stored(server), 0U);
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(at(50))))->type, MessageType::nak);
}

TEST(Command, AddsAllReservationsOrNone) {
  Server server;
  AddReservations command;
  command.rows = {row(1, at(50)),  row(2, {10, 0, 0, 1}),     row(3, at(50)), row(1, at(51)),
                  row(4, at(255)), row(5, at(52), "nowhere"), row(6, at(53))};
  auto result = server.command(command);
  EXPECT_EQ(result.status, CommandStatus::refused);
  EXPECT_EQ(result.changed, 0U);
  std::vector<std::size_t> refused;
  for (const auto& refusal : result.refusals) refused.push_back(refusal.index);
  EXPECT_EQ(refused, (std::vector<std::size_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(stored(server), 0U);

  command.keep_going = true;
  command.dry_run = true;
  EXPECT_EQ(server.command(command).changed, 2U);
  EXPECT_EQ(stored(server), 0U);
  command.dry_run = false;
  EXPECT_EQ(server.command(command).changed, 2U);
  EXPECT_EQ(stored(server), 2U);
}

TEST(Command, RefusesReservationsThatAreThereOrNameNobody) {
  auto configuration = one_scope();
  Reservation fixed;
  fixed.hardware = hardware(1);
  fixed.address = at(50);
  configuration.scopes[0].reservations = {fixed};
  Server server(configuration);
  EXPECT_EQ(server.command(AddReservations{.rows = {row(2, at(50))}}).status,
            CommandStatus::refused);
  EXPECT_EQ(server.command(AddReservations{.rows = {row(1, at(51))}}).status,
            CommandStatus::refused);
  auto nobody = row(2, at(51));
  nobody.reservation.hardware = {};
  EXPECT_EQ(server.command(AddReservations{.rows = {nobody}}).status, CommandStatus::refused);
  EXPECT_EQ(server.command(DeleteReservation{at(50)}).status, CommandStatus::refused);
  EXPECT_EQ(server.command(DeleteReservation{at(51)}).status, CommandStatus::not_found);
}

TEST(Command, KeepsStoredReservationsOverARestart) {
  Memory memory;
  memory.reservations = {{.scope = "near", .reservation = row(1, at(50)).reservation},
                         {.scope = "gone", .reservation = row(2, at(51)).reservation}};
  Server server(one_scope(), std::move(memory));
  EXPECT_EQ(server.lease(Client(1)), at(50));
  EXPECT_NE(server.lease(Client(2)), at(51));
  auto configuration = one_scope();
  configuration.scopes[0].name = "gone";
  server.engine.configure(configuration);
  EXPECT_EQ(server.lease(Client(2)), at(51));
}

TEST(Command, ImportsLeases) {
  Server server;
  ImportLeases command;
  command.rows = {imported(1, at(120)), imported(2, at(121), forever), imported(3, {10, 0, 0, 1}),
                  imported(4, at(120))};
  command.keep_going = true;
  auto result = server.command(command);
  EXPECT_EQ(result.changed, 2U);
  EXPECT_EQ(result.refusals.size(), 2U);
  EXPECT_EQ(server.at(at(120)).due, start + seconds(600));
  EXPECT_EQ(server.at(at(121)).due, never);
  EXPECT_EQ(server.at(at(120)).netbios_name, "ALPHA");
  EXPECT_EQ(server.ask(from_unicast(Client(1).renewing(at(120))))->type, MessageType::ack);
  EXPECT_EQ(server.command(ImportLeases{.rows = {imported(9, at(120))}}).status,
            CommandStatus::refused);
}

}  // namespace
}  // namespace winsome::dhcp
