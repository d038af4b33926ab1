#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;
using nbns::Rcode;
using Addresses = std::vector<Ipv4>;

constexpr auto extinction = std::chrono::days(4);
constexpr auto extinction_timeout = std::chrono::days(6);

// B5
TEST(Release, AnUnknownNameIsReleasedWithoutEffect) {
  Server server;
  const auto actions = server.step({request("PC", alice, {.opcode = nbns::Opcode::release})});
  EXPECT_EQ(rcode(actions), Rcode::ok);
  EXPECT_TRUE(actions.changes.empty());
  EXPECT_EQ(server.engine.statistics().releases_not_found, 1U);
}

// A4: 0xB400, time to live 0, RDATA echoed
TEST(Release, TheAnswerEchoesTheRequest) {
  Server server(options(), {record("PC")});
  const auto actions = server.step({request("PC", alice, {.opcode = nbns::Opcode::release})});
  EXPECT_EQ(sent<nbns::NameResponse>(actions).at(0),
            (nbns::NameResponse{.id = 0x1234,
                                .opcode = nbns::Opcode::release,
                                .recursion_available = false,
                                .name = name("PC"),
                                .ttl = 0,
                                .entry = {false, nbns::NodeType::h, alice}}));
}

// B5, B7: no version, no replication
TEST(Release, OurUniqueNamesAndGroupsAreReleased) {
  for (const auto type : {unique, normal_group}) {
    Server server(options(), {record("PC", {.type = type})});
    EXPECT_EQ(server.release("PC", alice), Rcode::ok);
    const auto after = server.at("PC");
    EXPECT_EQ(after.state, State::released);
    EXPECT_EQ(after.due, start + extinction);
    EXPECT_EQ(after.version, 7U);
    EXPECT_EQ(addresses(after), Addresses{alice});
    EXPECT_EQ(server.engine.version(), 100U);
    EXPECT_EQ(server.engine.statistics().releases_found, 1U);
  }
}

// B5: so that the real owner learns
TEST(Release, AReplicasNameBecomesATombstoneOfOurs) {
  for (const auto type : {unique, normal_group, special_group, multihomed}) {
    Server server(options(), {record("PC", {.type = type, .owner = partner})});
    EXPECT_EQ(server.release("PC", alice), Rcode::ok);
    const auto after = server.at("PC");
    EXPECT_EQ(after.state, State::tombstone) << to_text(type);
    EXPECT_EQ(after.owner, us);
    EXPECT_EQ(after.version, 101U);
    EXPECT_EQ(after.due, start + extinction + extinction_timeout);
  }
}

// B5: only the source of the datagram counts
TEST(Release, SomebodyElseReleasesNothing) {
  for (const auto type : {unique, normal_group, special_group, multihomed}) {
    const auto before = record("PC", {.type = type});
    Server server(options(), {before});
    EXPECT_EQ(server.release("PC", alice, {.source = bob}), Rcode::ok);
    EXPECT_EQ(server.at("PC"), before);
    EXPECT_EQ(server.engine.statistics().releases_not_found, 1U);
  }
}

TEST(Release, TheAddressInTheRequestDoesNotCount) {
  Server server(options(), {record("PC")});
  EXPECT_EQ(server.release("PC", bob, {.source = alice}), Rcode::ok);
  EXPECT_EQ(server.at("PC").state, State::released);
}

// B5
TEST(Release, WhatIsNotActiveStaysAsItIs) {
  for (const auto state : {State::released, State::tombstone}) {
    const auto before = record("PC", {.state = state});
    Server server(options(), {before});
    EXPECT_EQ(server.release("PC", alice), Rcode::ok);
    EXPECT_EQ(server.at("PC"), before);
  }
}

TEST(Release, NobodyReleasesASegmentsBrowser) {
  const auto before = record("CORP<1D>", {.type = normal_group});
  Server server(options(), {before});
  EXPECT_EQ(server.release("CORP<1D>", alice), Rcode::ok);
  EXPECT_EQ(server.at("CORP<1D>"), before);
}

// B5
TEST(Release, StaticNamesStay) {
  for (const auto type : {unique, multihomed, normal_group, special_group}) {
    const auto before = record("PC", {.type = type, .is_static = true});
    Server server(options(), {before});
    EXPECT_EQ(server.release("PC", alice), is_group(type) ? Rcode::act_err : Rcode::ok);
    EXPECT_EQ(server.at("PC"), before);
  }
}

// B5: one address of several goes
TEST(Release, TheOtherMembersStayActive) {
  for (const auto type : {special_group, multihomed}) {
    Server server(options(), {record("PC", {.type = type, .addresses = {alice, bob, carol}})});
    EXPECT_EQ(server.release("PC", bob), Rcode::ok);
    const auto after = server.at("PC");
    EXPECT_EQ(after.state, State::active);
    EXPECT_EQ(addresses(after), (Addresses{alice, carol}));
    EXPECT_EQ(after.version, 7U);
  }
}

// Decision 6
TEST(Release, TheRecordIsDueWithTheLatestAddressThatIsLeft) {
  for (const auto type : {special_group, multihomed}) {
    auto three = record("PC", {.type = type, .addresses = {alice, bob, carol}});
    three.members[0].due = start + std::chrono::hours(3);
    three.members[1].due = start + std::chrono::hours(2);
    three.members[2].due = start + std::chrono::hours(1);
    three.due = three.members[0].due;
    Server server(options(), {three});
    EXPECT_EQ(server.release("PC", bob), Rcode::ok);
    EXPECT_EQ(server.at("PC").due, start + std::chrono::hours(3));
    EXPECT_EQ(server.release("PC", alice), Rcode::ok);
    EXPECT_EQ(server.at("PC").due, start + std::chrono::hours(1));
  }
}

TEST(Release, AMemberOfAReplicaMakesItOurs) {
  Server server(
      options(),
      {record("PC", {.type = special_group, .owner = partner, .addresses = {alice, bob}})});
  EXPECT_EQ(server.release("PC", bob), Rcode::ok);
  EXPECT_EQ(server.at("PC").owner, us);
  EXPECT_EQ(server.at("PC").version, 101U);
  EXPECT_EQ(addresses(server.at("PC")), Addresses{alice});
}

TEST(Release, TheLastMemberReleasesTheRecord) {
  for (const auto type : {special_group, multihomed}) {
    Server server(options(), {record("PC", {.type = type, .addresses = {alice, bob}})});
    EXPECT_EQ(server.release("PC", alice), Rcode::ok);
    EXPECT_EQ(server.release("PC", bob), Rcode::ok);
    EXPECT_EQ(server.at("PC").state, State::released);
    EXPECT_EQ(server.at("PC").due, start + extinction);
  }
}

// B15, steps 8 to 10
TEST(Release, ASecondReleaseIsPositiveToo) {
  Server server(options(), {record("PC")});
  EXPECT_EQ(server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(server.engine.statistics().releases_found, 1U);
}

// B3: a released name is anybody's, without a challenge
TEST(Release, AReleasedNameMayBeRegisteredByAnother) {
  Server server(options(), {record("PC")});
  EXPECT_EQ(server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(server.ask("PC", bob), Rcode::ok);
  EXPECT_EQ(addresses(server.at("PC")), Addresses{bob});
  EXPECT_EQ(server.at("PC").version, 101U);
}

}  // namespace
}  // namespace winsome::names
