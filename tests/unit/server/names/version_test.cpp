#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;

/// How far our counter moves when `inputs` meet `stored`.
std::uint64_t bumps(const Record& stored, std::vector<Input> inputs,
                    Instant now = start + seconds(1)) {
  Server server(options(), {stored});
  server.now = now;
  server.step(std::move(inputs));
  EXPECT_EQ(server.engine.statistics().version, server.engine.version());
  return server.engine.version() - 100;
}

Input release(std::string_view text, Ipv4 address) {
  return request(text, address, {.opcode = nbns::Opcode::release});
}

// B10
TEST(Version, StartsAtOne) {
  NameServer server(options(), 1, start);
  std::vector<Input> inputs = {request("PC", alice)};
  EXPECT_EQ(server.step(inputs, 0, start).version, 1U);
  EXPECT_EQ(server.find(name("PC").view())->version, 1U);
}

TEST(Version, GoesOnWhereTheStoreLeftIt) {
  Server server(options(), {}, 41);
  EXPECT_EQ(server.ask("PC", alice), nbns::Rcode::ok);
  EXPECT_EQ(server.at("PC").version, 42U);
}

// B10: bump when
TEST(Version, MovesWithEveryReplicatedChange) {
  const auto other = record("OTHER");
  EXPECT_EQ(bumps(other, {request("PC", alice)}), 1U) << "new registration";
  EXPECT_EQ(bumps(record("PC", {.state = State::released}), {request("PC", alice)}), 1U)
      << "released to active";
  EXPECT_EQ(bumps(record("PC", {.state = State::tombstone}), {request("PC", alice)}), 1U)
      << "tombstone to active";
  EXPECT_EQ(bumps(record("PC", {.state = State::released, .due = start}), {}), 1U)
      << "to tombstone";
  EXPECT_EQ(bumps(record("PC", {.owner = partner}), {request("PC", alice, refresh)}), 1U)
      << "a replica refreshed here";
  EXPECT_EQ(bumps(record("PC", {.owner = partner}), {release("PC", alice)}), 1U)
      << "a replica released here";
  EXPECT_EQ(bumps(record("C<1C>", {.type = special_group}), {request("C<1C>", bob, group)}), 1U)
      << "a member added";
}

// B7, B10: and not when
TEST(Version, StaysWhereNothingIsReplicated) {
  EXPECT_EQ(bumps(record("PC"), {request("PC", alice, refresh)}), 0U) << "own refresh";
  EXPECT_EQ(bumps(record("PC"), {request("PC", alice)}), 0U) << "own registration again";
  EXPECT_EQ(bumps(record("W", {.type = normal_group}), {request("W", bob, group)}), 0U)
      << "own group";
  EXPECT_EQ(bumps(record("C<1C>", {.type = special_group}), {request("C<1C>", alice, group)}), 0U)
      << "own member";
  EXPECT_EQ(bumps(record("PC"), {release("PC", alice)}), 0U) << "own release";
  EXPECT_EQ(bumps(record("PC", {.due = start}), {}), 0U) << "active to released";
  EXPECT_EQ(bumps(record("PC", {.state = State::released, .owner = partner, .due = start}), {}), 0U)
      << "a replica to tombstone";
  EXPECT_EQ(bumps(record("PC", {.owner = partner, .due = start}), {}), 0U) << "a replica unseen";
  EXPECT_EQ(bumps(record("PC", {.is_static = true}), {request("PC", bob)}), 0U) << "refused";
  EXPECT_EQ(bumps(record("PC"), {request("PC", bob)}), 0U) << "challenged";
}

TEST(Version, IsDifferentForEveryChangeOfABatch) {
  Server server;
  const auto actions = server.step({request("A", alice), request("B", alice), request("C", alice)});
  EXPECT_EQ(server.at("A").version, 101U);
  EXPECT_EQ(server.at("B").version, 102U);
  EXPECT_EQ(server.at("C").version, 103U);
  EXPECT_EQ(actions.version, 103U);
}

// Actions: at most one change for each name, and the last one counts
TEST(Version, ANameThatChangesTwiceInABatchIsStoredOnce) {
  Server server;
  const auto actions = server.step({request("A", alice), release("A", alice), request("A", bob)});
  ASSERT_EQ(actions.changes.size(), 1U);
  const auto& put = std::get<PutRecord>(actions.changes[0]);
  EXPECT_EQ(addresses(put.record), std::vector{bob});
  EXPECT_EQ(put.record.version, 102U);
  EXPECT_EQ(actions.version, 102U);
}

TEST(Version, NothingIsStoredOfANameThatCameAndWentInABatch) {
  Server server;
  const auto actions = server.step(
      {request("A", alice), CommandRequest{.ticket = 1, .command = DeleteRecord{name("A")}}});
  EXPECT_TRUE(actions.changes.empty());
  EXPECT_EQ(actions.version, 101U);  // never given twice
}

}  // namespace
}  // namespace winsome::names
