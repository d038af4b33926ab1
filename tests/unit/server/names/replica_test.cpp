#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

/// What NameServer does for the replication engine.
namespace winsome::names {
namespace {

const Stored theirs{.owner = partner};

Input answer(nbns::Message message, Ipv4 source) {
  return ClientResponse{.path = {.remote = {source, 137}, .local = us, .socket = 3},
                        .message = std::move(message)};
}

/// A step in which the engine of replication does `work`.
template <class Work>
Actions step_with(Server& server, Work work) {
  server.engine.begin(server.now);
  server.engine.decide({}, 0);
  work();
  auto actions = server.engine.finish();
  server.engine.committed();
  return actions;
}

// C6 PROPAGATE, B10
TEST(Replicas, WhatIsTakenOverGetsOurNextVersion) {
  Server server(options(), {record("PRINTER", theirs)}, 100);
  step_with(server, [&] { server.engine.put_own(server.at("PRINTER")); });
  EXPECT_EQ(server.at("PRINTER").owner, us);
  EXPECT_EQ(server.at("PRINTER").version, 101U);
}

TEST(Replicas, ARaisedCounterNeverGoesBack) {
  Server server(options(), {}, 100);
  step_with(server, [&] {
    server.engine.raise_version(500);
    server.engine.raise_version(200);
  });
  EXPECT_EQ(server.ask("NEW", alice), nbns::Rcode::ok);
  EXPECT_EQ(server.at("NEW").version, 501U);
}

TEST(Replicas, ARaisedCounterIsUndoneWithItsBatch) {
  Server server(options(), {}, 100);
  server.engine.begin(server.now);
  server.engine.raise_version(500);
  const auto actions = server.engine.finish();
  EXPECT_EQ(actions.version, 500U);
  server.engine.undo();
  EXPECT_EQ(server.engine.version(), 100U);
}

// C9
TEST(Replicas, AChallengeForOneTellsWhatTheOwnerClaimed) {
  Server server(options(), {record("LAPTOP")});
  const auto actions = step_with(
      server, [&] { EXPECT_TRUE(server.engine.challenge_for_replica(server.at("LAPTOP"))); });
  const auto questions = sent<nbns::QueryRequest>(actions);
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_TRUE(server.engine.pending_ids().contains(questions[0].id));
  server.step({answer(nbns::QueryResponse{.id = questions[0].id,
                                          .name = name("LAPTOP"),
                                          .entries = {{.address = alice}, {.address = bob}}},
                      alice)});
  const auto defences = server.engine.take_defences();
  ASSERT_EQ(defences.size(), 1U);
  EXPECT_EQ(defences[0].name, name("LAPTOP"));
  EXPECT_EQ(defences[0].owner, us);
  EXPECT_EQ(defences[0].version, 7U);
  EXPECT_EQ(defences[0].claimed, (std::vector{alice, bob}));
  EXPECT_TRUE(server.engine.take_defences().empty());
}

TEST(Replicas, AChallengeForOneThatNobodyAnswersEndsAndWakesTheServer) {
  Server server(options(), {record("LAPTOP")});
  step_with(server, [&] { (void)server.engine.challenge_for_replica(server.at("LAPTOP")); });
  server.run_for(seconds(10));
  const auto defences = server.engine.take_defences();
  ASSERT_EQ(defences.size(), 1U);
  EXPECT_TRUE(defences[0].claimed.empty());
}

TEST(Replicas, ANameIsChallengedOnceAtATime) {
  Server server(options(), {record("LAPTOP")});
  server.step({request("LAPTOP", bob)});
  step_with(server,
            [&] { EXPECT_FALSE(server.engine.challenge_for_replica(server.at("LAPTOP"))); });
}

// C9, RFC 1002 4.2.9
TEST(Replicas, ADemandedReleaseIsRepeatedUntilItIsAnswered) {
  Server server;
  auto actions = step_with(server, [&] { server.engine.demand_release(record("LAPTOP")); });
  auto demands = sent<nbns::NameRequest>(actions);
  ASSERT_EQ(demands.size(), 1U);
  EXPECT_EQ(nbns::flags_word(demands[0]), 0x3000);
  EXPECT_EQ(demands[0].entry.address, alice);

  server.now += seconds(1);
  demands = sent<nbns::NameRequest>(server.step());
  ASSERT_EQ(demands.size(), 1U);

  const nbns::NameResponse obeyed{
      .id = demands[0].id, .opcode = nbns::Opcode::release, .name = name("LAPTOP")};
  server.step({answer(obeyed, bob)});  // who was not told
  EXPECT_EQ(server.drops(Drop::unexpected_response), 1U);
  server.step({answer(obeyed, alice)});
  server.now += seconds(60);
  EXPECT_TRUE(sent<nbns::NameRequest>(server.step()).empty());
  EXPECT_FALSE(server.engine.pending_ids().contains(demands[0].id));
}

TEST(Replicas, SeveralAddressesAreToldOneAfterTheOther) {
  Server server;
  const auto lost = record("SERVER", {.type = RecordType::multihomed, .addresses = {alice, bob}});
  auto actions = step_with(server, [&] { server.engine.demand_release(lost); });
  std::vector<std::pair<milliseconds, Ipv4>> told;
  const auto note = [&] {
    for (const auto& send : actions.sends)
      told.emplace_back(server.now - start, send.path.remote.address);
  };
  note();
  while (actions.wake_at < start + seconds(30)) {
    server.now = actions.wake_at;
    actions = server.step();
    note();
  }
  const std::vector<std::pair<milliseconds, Ipv4>> expected = {
      {seconds(0), alice}, {seconds(2), bob}, {seconds(3), bob}, {seconds(4), bob}};
  EXPECT_EQ(told, expected);
}

// Decision 18
TEST(Replicas, AClosedServerAnswersNoClientAndAgesNothing) {
  Server server(options(), {record("OLD", {.due = start + seconds(1)})});
  server.engine.set_closed(true);
  server.now += seconds(5);
  EXPECT_EQ(server.ask("NEW", bob), silence);
  EXPECT_EQ(server.drops(Drop::starting), 1U);
  EXPECT_EQ(server.at("OLD").state, State::active);
  EXPECT_EQ(server.command(DeleteRecord{name("OLD")}).status, CommandStatus::starting);
  server.engine.set_closed(false);
  EXPECT_EQ(server.ask("NEW", bob), nbns::Rcode::ok);
  EXPECT_EQ(server.at("OLD").state, State::released);
}

// B8
TEST(Replicas, AnOwnerIsOverdueWhenItsReplicaCameDue) {
  Server server(options(), {record("FAR", {.owner = partner, .due = start + seconds(1)})});
  EXPECT_TRUE(server.engine.take_overdue_owners().empty());
  server.now += seconds(2);
  server.step();
  EXPECT_EQ(server.engine.take_overdue_owners(), (std::vector{partner}));
  EXPECT_EQ(server.at("FAR").state, State::active);
}

TEST(Replicas, RecordsOfAnOwnerComeInTheOrderOfVersions) {
  Server server(options(), {record("C", {.owner = partner, .version = 30}),
                            record("A", {.owner = partner, .version = 10}),
                            record("B", {.owner = partner, .version = 20}), record("OURS")});
  std::vector<std::uint64_t> versions;
  server.engine.table().visit_owner(partner, 11, 30, [&](const Record& one) {
    versions.push_back(one.version);
    return true;
  });
  EXPECT_EQ(versions, (std::vector<std::uint64_t>{20, 30}));
}

// B7: a member that registered here and went silent leaves, whoever owns the list
TEST(Replicas, AMemberOfOursLeavesAReplicaWhenItsTimeIsOver) {
  auto domain = record("DOMAIN<1C>", {.type = RecordType::special_group,
                                      .owner = partner,
                                      .addresses = {alice, bob},
                                      .due = start + std::chrono::days(9)});
  domain.members[0].owner = us;
  domain.members[0].due = start + seconds(1);
  Server server(options(), {domain}, 100);
  server.now += seconds(2);
  server.step();
  EXPECT_EQ(addresses(server.at("DOMAIN<1C>")), (std::vector{bob}));
  EXPECT_EQ(server.at("DOMAIN<1C>").owner, us);
  EXPECT_EQ(server.at("DOMAIN<1C>").version, 101U);
}

}  // namespace
}  // namespace winsome::names
