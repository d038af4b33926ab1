#include "server/names/command.h"

#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;
using nbns::Rcode;
using Addresses = std::vector<Ipv4>;

std::vector<std::string> names_of(const std::vector<NewRecord>& records) {
  std::vector<std::string> list;
  for (const auto& one : records)
    list.push_back(nbns::to_text(one.name) + ' ' + std::string(to_text(one.type)));
  return list;
}

NewRecord fixed(std::string_view text, Addresses held, RecordType type = unique) {
  return {.name = name(text), .type = type, .addresses = std::move(held)};
}

NewRecord brought(std::string_view text, Addresses held, seconds life) {
  return {.name = name(text), .is_static = false, .addresses = std::move(held), .life = life};
}

AddRecords add(std::vector<NewRecord> records) {
  return {.records = std::move(records)};
}

// D6
TEST(MappingTypes, StandForTheRecordsOfTheConsole) {
  using Names = std::vector<std::string>;
  const auto expanded = [](MappingType type) { return names_of(expand(type, "PC", "", {alice})); };
  EXPECT_EQ(expanded(MappingType::unique),
            (Names{"PC<00> unique", "PC<03> unique", "PC<20> unique"}));
  EXPECT_EQ(expanded(MappingType::multihomed),
            (Names{"PC<00> multihomed", "PC<03> multihomed", "PC<20> multihomed"}));
  EXPECT_EQ(expanded(MappingType::normal_group), Names{"PC<1E> group"});
  EXPECT_EQ(expanded(MappingType::domain_name), Names{"PC<1C> special-group"});
  EXPECT_EQ(expanded(MappingType::internet_group), Names{"PC<20> special-group"});
}

TEST(MappingTypes, KeepScopeAndAddresses) {
  for (const auto& one : expand(MappingType::multihomed, "PC", "scope", {alice, bob})) {
    EXPECT_EQ(one.name.scope.view(), "scope");
    EXPECT_EQ(one.addresses, (Addresses{alice, bob}));
    EXPECT_TRUE(one.is_static);
  }
}

TEST(Commands, AddStaticRecordsOfOurs) {
  Server server;
  const auto result = server.command(add(expand(MappingType::unique, "PC", "", {alice})));
  EXPECT_EQ(result.status, CommandStatus::done);
  EXPECT_EQ(result.added, 3U);
  EXPECT_EQ(server.at("PC<20>").version, 103U);
  EXPECT_TRUE(server.at("PC<03>").is_static);
  EXPECT_EQ(server.at("PC<00>").owner, us);
  EXPECT_EQ(server.engine.statistics().static_records, 3U);
}

// B10: an administrator who edits an address makes a new version
TEST(Commands, OverwriteWhatIsThere) {
  Server server(options(), {record("PC"), record("OLD", {.is_static = true}),
                            record("GONE", {.state = State::tombstone})});
  const auto result =
      server.command(add({fixed("PC", {bob}), fixed("OLD", {bob}), fixed("GONE", {bob})}));
  EXPECT_EQ(result.changed, 3U);
  for (const auto* text : {"PC", "OLD", "GONE"}) {
    EXPECT_EQ(addresses(server.at(text)), Addresses{bob}) << text;
    EXPECT_TRUE(server.at(text).is_static);
    EXPECT_EQ(server.at(text).state, State::active);
    EXPECT_GT(server.at(text).version, 100U);
  }
}

TEST(Commands, LeaveAloneWhatIsAlreadySo) {
  Server server(options(), {record("PC", {.is_static = true})});
  const auto result = server.command(add({fixed("PC", {alice})}));
  EXPECT_EQ(result.unchanged, 1U);
  EXPECT_EQ(server.at("PC").version, 7U);
}

// D6: more members of a special group are added, not replaced
TEST(Commands, GatherTheMembersOfAStaticGroup) {
  Server server;
  server.command(add({fixed("CORP<1C>", {alice}, special_group)}));
  const auto result = server.command(add({fixed("CORP<1C>", {bob}, special_group)}));
  EXPECT_EQ(result.changed, 1U);
  EXPECT_EQ(addresses(server.at("CORP<1C>")), (Addresses{alice, bob}));
}

// D6: the 26th address replaces a replica's, else the oldest
TEST(Commands, TheTwentySixthStaticMemberReplacesAReplicas) {
  auto full = record("CORP<1C>", {.type = special_group, .is_static = true, .addresses = {}});
  for (std::uint8_t i = 0; i < 25; ++i)
    full.members.push_back({Ipv4(10, 1, 0, i), i == 9 ? partner : us, start});
  Server server(options(), {full});
  server.command(add({fixed("CORP<1C>", {alice}, special_group)}));
  EXPECT_EQ(server.at("CORP<1C>").members.size(), 25U);
  EXPECT_FALSE(holds(server.at("CORP<1C>"), Ipv4(10, 1, 0, 9)));
  server.command(add({fixed("CORP<1C>", {bob}, special_group)}));
  EXPECT_FALSE(holds(server.at("CORP<1C>"), Ipv4(10, 1, 0, 0)));
  EXPECT_TRUE(holds(server.at("CORP<1C>"), bob));
}

// Q130273: more than five domain controllers
TEST(Commands, NoMemberOfALongListIsLost) {
  Addresses held;
  for (std::uint8_t i = 0; i < 25; ++i) held.emplace_back(10, 1, 0, i);
  Server server;
  server.command(add({fixed("CORP<1C>", held, special_group)}));
  EXPECT_EQ(addresses(server.at("CORP<1C>")), held);
}

TEST(Commands, SayWhatIsWrongAndChangeNothing) {
  Server server;
  Addresses too_many;
  for (std::uint8_t i = 0; i < 26; ++i) too_many.emplace_back(10, 1, 0, i);
  const std::vector<NewRecord> bad = {
      fixed("CORP<1B>", {alice}, normal_group),
      fixed("CORP<1C>", {alice}),
      fixed("CORP<1D>", {alice}),
      fixed("CORP<1E>", {alice}),
      fixed("WINSOME<20>", {alice}),
      fixed("WPAD", {alice}),
      fixed("*X", {alice}),
      fixed("PC", {}),
      fixed("CORP<1C>", too_many, special_group),
      fixed("PC", {alice, bob}),
      fixed("PC", {Ipv4(0, 0, 0, 0)}),
      fixed("PC", {Ipv4(224, 0, 0, 1)}),
      fixed("PC<00>." + std::string(60, 'a') + '.' + std::string(60, 'b') + '.' +
                std::string(60, 'c') + '.' + std::string(55, 'd'),
            {alice})};
  for (const auto& one : bad) {
    const auto result = server.command(add({fixed("GOOD", {alice}), one}));
    EXPECT_EQ(result.status, CommandStatus::refused) << nbns::to_text(one.name);
    ASSERT_EQ(result.refusals.size(), 1U) << nbns::to_text(one.name);
    EXPECT_EQ(result.refusals[0].index, 1U);
    EXPECT_FALSE(result.refusals[0].text.empty());
    EXPECT_EQ(result.added, 0U);
  }
  EXPECT_EQ(server.engine.statistics().records, 0U);
}

TEST(Commands, KeepGoingSkipsOnlyWhatIsWrong) {
  Server server;
  auto command = add({fixed("WPAD", {alice}), fixed("GOOD", {alice}), fixed("*", {alice})});
  command.keep_going = true;
  const auto result = server.command(command);
  EXPECT_EQ(result.status, CommandStatus::refused);
  EXPECT_EQ(result.refusals.size(), 2U);
  EXPECT_EQ(result.added, 1U);
  EXPECT_TRUE(server.knows("GOOD"));
}

// E, MS09-008: the advice is to reserve a static WPAD
TEST(Commands, AnAdministratorMayReserveABlockedName) {
  Server server;
  auto command = add({fixed("WPAD", {alice})});
  command.allow_blocked = true;
  EXPECT_EQ(server.command(command).added, 1U);
}

// Decision 20
TEST(Commands, AreNotBoundByTheLimitOfNames) {
  auto limited = options();
  limited.access.names_per_address = 1;
  Server server(limited, {record("FIRST")});
  AddRecords add;
  add.records.push_back(exact(MappingType::unique, name("STATIC"), {alice}));
  auto brought = exact(MappingType::unique, name("BROUGHT"), {alice});
  brought.is_static = false;
  brought.life = std::chrono::hours(1);
  add.records.push_back(brought);
  EXPECT_EQ(server.command(add).added, 2U);
  EXPECT_EQ(server.ask("THIRD", alice), silence);
}

TEST(Commands, ADryRunOnlyCounts) {
  Server server(options(), {record("PC")});
  auto command = add({fixed("PC", {bob}), fixed("NEW", {bob})});
  command.dry_run = true;
  const auto result = server.command(command);
  EXPECT_EQ(result.added, 1U);
  EXPECT_EQ(result.changed, 1U);
  EXPECT_EQ(server.at("PC"), record("PC"));
  EXPECT_FALSE(server.knows("NEW"));
  EXPECT_EQ(server.engine.version(), 100U);
}

// Brought along from another server
TEST(Commands, DynamicRecordsKeepWhatIsLeftOfTheirLife) {
  Server server;
  server.command(add({brought("PC", {alice}, std::chrono::hours(1)),
                      brought("LONG", {alice}, std::chrono::days(99)),
                      brought("SHORT", {alice}, seconds(0))}));
  EXPECT_EQ(server.at("PC").due, start + std::chrono::hours(1));
  EXPECT_EQ(server.at("LONG").due, start + std::chrono::days(6));
  EXPECT_EQ(server.at("SHORT").due, start + seconds(1));
  EXPECT_FALSE(server.at("PC").is_static);
}

TEST(Commands, DynamicRecordsReplaceOnlyWhatIsNotActive) {
  Server server(options(), {record("LIVE"), record("FIXED", {.is_static = true}),
                            record("DOWN", {.state = State::released})});
  const auto hour = std::chrono::hours(1);
  const auto result = server.command(add(
      {brought("LIVE", {bob}, hour), brought("FIXED", {bob}, hour), brought("DOWN", {bob}, hour)}));
  EXPECT_EQ(result.unchanged, 2U);
  EXPECT_EQ(result.changed, 1U);
  EXPECT_EQ(addresses(server.at("LIVE")), Addresses{alice});
  EXPECT_EQ(addresses(server.at("DOWN")), Addresses{bob});
}

TEST(Commands, DeletingIsLocal) {
  Server server(options(), {record("PC", {.owner = partner})});
  EXPECT_EQ(server.command(DeleteRecord{name("PC")}).deleted, 1U);
  EXPECT_FALSE(server.knows("PC"));
  EXPECT_EQ(server.engine.version(), 100U);
  EXPECT_EQ(server.command(DeleteRecord{name("PC")}).status, CommandStatus::not_found);
}

// B13: so that it disappears everywhere
TEST(Commands, TombstoningMakesItOursAndReplicatesIt) {
  Server server(options(), {record("PC", {.is_static = true, .owner = partner})});
  EXPECT_EQ(server.command(TombstoneRecord{name("PC")}).tombstoned, 1U);
  const auto after = server.at("PC");
  EXPECT_EQ(after.state, State::tombstone);
  EXPECT_EQ(after.owner, us);
  EXPECT_EQ(after.version, 101U);
  EXPECT_EQ(after.due, start + std::chrono::days(6));
  EXPECT_FALSE(after.is_static);
  EXPECT_EQ(server.command(TombstoneRecord{name("NONE")}).status, CommandStatus::not_found);
  EXPECT_EQ(server.ask("PC", bob), Rcode::ok);
}

}  // namespace
}  // namespace winsome::names
