#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;
using nbns::Rcode;
using Addresses = std::vector<Ipv4>;

constexpr Instant long_ago = start - std::chrono::days(100);

Options migrating() {
  auto changed = options();
  changed.migrate_on = true;
  return changed;
}

Record fixed(RecordType type, Addresses held = {alice}, Ipv4 owner = us,
             std::string_view text = "PC") {
  return record(text, {.type = type,
                       .is_static = true,
                       .owner = owner,
                       .addresses = std::move(held),
                       .due = long_ago});
}

// B9, migrate off: not even the same address makes a static record dynamic
TEST(StaticTest, WithoutMigrationAStaticNameNeverChanges) {
  for (const auto type : {unique, multihomed}) {
    Server server(options(), {fixed(type)});
    EXPECT_EQ(server.ask("PC", alice), Rcode::act_err);
    EXPECT_EQ(server.ask("PC", bob), Rcode::act_err);
    EXPECT_EQ(server.ask("PC", alice, refresh), Rcode::act_err);
    EXPECT_EQ(server.at("PC"), fixed(type));
  }
}

// B3: the answer to members of a static group is positive, with a time to live they can use
TEST(StaticTest, AStaticGroupGrantsTheRenewalInterval) {
  Server server(options(), {fixed(normal_group)});
  const auto actions = server.step({request("PC", bob, group)});
  EXPECT_EQ(sent<nbns::NameResponse>(actions).at(0).ttl, 518'400U);
  EXPECT_TRUE(actions.changes.empty());
}

// B9, migrate on
TEST(StaticTest, WithMigrationTheSameHostMakesItDynamic) {
  Server server(migrating(), {fixed(unique)});
  EXPECT_EQ(server.ask("PC", alice), Rcode::ok);
  const auto after = server.at("PC");
  EXPECT_FALSE(after.is_static);
  EXPECT_EQ(after.version, 101U);
  EXPECT_EQ(after.due, start + std::chrono::days(6));
}

TEST(StaticTest, WithMigrationAnotherHostChallenges) {
  Server server(migrating(), {fixed(unique)});
  const auto actions = server.step({request("PC", bob)});
  EXPECT_EQ(sent<nbns::Wack>(actions).size(), 1U);
  server.run_for(seconds(4));
  EXPECT_EQ(addresses(server.at("PC")), Addresses{bob});
  EXPECT_FALSE(server.at("PC").is_static);
}

// The deadlines of a static record mean nothing, so its addresses begin a new life
TEST(StaticTest, WithMigrationTheOtherAddressesLiveOn) {
  Server server(migrating(), {fixed(multihomed, {alice, bob})});
  EXPECT_EQ(server.ask("PC", alice), Rcode::ok);
  server.run_for(std::chrono::days(1));
  EXPECT_TRUE(holds(server.at("PC"), alice));
  EXPECT_TRUE(holds(server.at("PC"), bob));
}

TEST(StaticTest, WithMigrationAMergeKeepsTheOtherAddresses) {
  Server server(migrating(), {fixed(unique)});
  const auto id = sent<nbns::QueryRequest>(server.step({request("PC", bob)})).at(0).id;
  nbns::QueryResponse defence{.id = id, .name = name("PC")};
  defence.entries = {{false, nbns::NodeType::h, alice}, {false, nbns::NodeType::h, bob}};
  EXPECT_EQ(rcode(server.step({ClientResponse{{.remote = {alice, 137}, .local = us}, defence}})),
            Rcode::ok);
  server.run_for(std::chrono::days(1));
  EXPECT_EQ(server.at("PC").members.size(), 2U);
}

TEST(StaticTest, MigrationLeavesGroupsAlone) {
  for (const auto type : {normal_group, special_group}) {
    Server server(migrating(), {fixed(type)});
    EXPECT_EQ(server.ask("PC", bob, group), Rcode::ok);
    EXPECT_EQ(server.at("PC"), fixed(type));
  }
}

// B9: except a static 1C, by a dynamic 1C at the same owning server
TEST(StaticTest, WithMigrationADomainOfOursBecomesDynamic) {
  Server server(migrating(), {fixed(special_group, {alice, carol}, us, "CORP<1C>")});
  EXPECT_EQ(server.ask("CORP<1C>", bob, group), Rcode::ok);
  EXPECT_FALSE(server.at("CORP<1C>").is_static);
  server.run_for(std::chrono::days(1));
  EXPECT_EQ(server.at("CORP<1C>").members.size(), 3U);
}

TEST(StaticTest, WithMigrationADomainOfAReplicaStays) {
  const auto before = fixed(special_group, {alice}, partner, "CORP<1C>");
  Server server(migrating(), {before});
  EXPECT_EQ(server.ask("CORP<1C>", bob, group), Rcode::ok);
  EXPECT_EQ(server.at("CORP<1C>"), before);
}

// B9: a dynamic member never displaces a static one
TEST(StaticTest, AFullStaticDomainTakesNoDynamicMember) {
  Addresses held;
  for (std::uint8_t i = 0; i < 25; ++i) held.emplace_back(10, 1, 0, i);
  const auto before = fixed(special_group, held, us, "CORP<1C>");
  Server server(migrating(), {before});
  EXPECT_EQ(server.ask("CORP<1C>", bob, group), Rcode::ok);
  EXPECT_EQ(server.at("CORP<1C>"), before);
}

}  // namespace
}  // namespace winsome::names
