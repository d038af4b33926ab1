#include <gtest/gtest.h>

#include <map>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

std::map<nbns::ScopedName, Record> records(const NameServer& server) {
  std::map<nbns::ScopedName, Record> all;
  server.for_each([&](const Record& one) { all.emplace(one.name, one); });
  return all;
}

struct Loaded : NameServer {
  Loaded() : NameServer(options(), 42, start) {
    load(record("PC"));
    load(record("OLD", {.due = start}));
    load(record("CORP<1B>"));
    load(record("CORP<1C>", {.type = RecordType::special_group}));
    load(record("AWAY", {.owner = partner}));
    load_version(100);
  }
};

std::vector<Input> everything() {
  AddRecords add;
  add.records.push_back(exact(MappingType::unique, name("STATIC"), {carol}));
  return {request("NEW", bob),
          request("PC", alice, refresh),
          request("AWAY", alice, refresh),
          request("CORP<1C>", bob, group),
          request("CORP<1B>", alice, {.opcode = nbns::Opcode::release}),
          request("PC", carol),  // a challenge
          CommandRequest{1, add},
          CommandRequest{2, DeleteRecord{name("PC")}}};
}

// Architecture 2: on failure both batches in flight are undone
TEST(Undo, LeavesNoTraceOfTwoBatches) {
  Loaded server;
  const auto before = records(server);
  auto inputs = everything();
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  inputs = {request("NEW", bob, refresh), request("MORE", bob)};
  [[maybe_unused]] const auto second = server.step(inputs, 0, start + seconds(1));
  EXPECT_NE(records(server), before);

  server.undo();
  EXPECT_EQ(records(server), before);
  EXPECT_EQ(server.version(), 100U);
  EXPECT_EQ(server.statistics().challenges_pending, 0U);
  EXPECT_EQ(server.statistics().static_records, 0U);
  EXPECT_EQ(server.statistics().active, before.size());
}

// N7: what the disk refused never happened, but who was dropped got no answer all the same
TEST(Undo, CountsNothingButDrops) {
  Loaded server;
  std::vector<Input> inputs = {request("FIRST", bob)};
  [[maybe_unused]] const auto durable = server.step(inputs, 0, start);
  server.committed();
  const auto before = server.statistics();

  inputs = everything();
  inputs.push_back(request("BAD", Ipv4(255, 255, 255, 255)));
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  inputs = {request("MORE", bob)};
  [[maybe_unused]] const auto second = server.step(inputs, 0, start + seconds(1));
  server.undo();

  const auto after = server.statistics();
  EXPECT_EQ(after.unique_registrations, 1U);
  EXPECT_EQ(after.unique_registrations, before.unique_registrations);
  EXPECT_EQ(after.unique_renewals, before.unique_renewals);
  EXPECT_EQ(after.group_registrations, before.group_registrations);
  EXPECT_EQ(after.releases_found, before.releases_found);
  EXPECT_EQ(after.challenges, before.challenges);
  EXPECT_EQ(after.scavenged_released, before.scavenged_released);
  EXPECT_EQ(after.last_scavenging, before.last_scavenging);
  EXPECT_EQ(after.drops[static_cast<std::size_t>(Drop::bad_address)], 1U);
}

TEST(Undo, OfASecondBatchKeepsTheCountsOfTheFirst) {
  Loaded server;
  std::vector<Input> inputs = {request("FIRST", bob)};
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  inputs = {request("SECOND", bob)};
  [[maybe_unused]] const auto second = server.step(inputs, 0, start);
  server.committed();
  server.undo();
  EXPECT_EQ(server.statistics().unique_registrations, 1U);
}

// What is tried again comes to the same, version for version
TEST(Undo, TheSameRequestsComeToTheSameLater) {
  Loaded server;
  auto inputs = everything();
  const auto first = server.step(inputs, 0, start);
  server.undo();
  inputs = everything();
  const auto second = server.step(inputs, 0, start);
  EXPECT_EQ(first.version, second.version);
  ASSERT_EQ(first.changes.size(), second.changes.size());
  for (std::size_t i = 0; i < first.changes.size(); ++i) {
    const auto* a = std::get_if<PutRecord>(&first.changes[i]);
    const auto* b = std::get_if<PutRecord>(&second.changes[i]);
    ASSERT_EQ(a == nullptr, b == nullptr);
    if (a) {
      EXPECT_EQ(a->record, b->record);
    }
  }
}

TEST(Undo, KeepsWhatWasCommittedBefore) {
  Loaded server;
  std::vector<Input> inputs = {request("FIRST", bob)};
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  inputs = {request("SECOND", bob), request("FIRST", bob, {.opcode = nbns::Opcode::release})};
  [[maybe_unused]] const auto second = server.step(inputs, 0, start);
  server.committed();
  const auto version = server.version();
  server.undo();
  ASSERT_NE(server.find(name("FIRST").view()), nullptr);
  EXPECT_EQ(server.find(name("FIRST").view())->state, State::active);
  EXPECT_EQ(server.find(name("SECOND").view()), nullptr);
  EXPECT_LT(server.version(), version);
  EXPECT_EQ(server.version(), first.version);
}

TEST(Undo, WithNothingInFlightNothingHappens) {
  Loaded server;
  std::vector<Input> inputs = {request("FIRST", bob)};
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  server.committed();
  const auto before = records(server);
  server.undo();
  server.undo();
  EXPECT_EQ(records(server), before);
  EXPECT_EQ(server.version(), first.version);
}

// An ageing that could not be stored is due again
TEST(Undo, WhatCouldNotAgeAgesLater) {
  Loaded server;
  const auto first = server.step({}, 0, start);
  EXPECT_EQ(server.find(name("OLD").view())->state, State::released);
  server.undo();
  EXPECT_EQ(server.find(name("OLD").view())->state, State::active);
  const auto second = server.step({}, 0, start + seconds(1));
  EXPECT_EQ(first.changes.size(), second.changes.size());
  EXPECT_EQ(server.find(name("OLD").view())->state, State::released);
}

// A challenge that was decided in an undone batch ends in silence: the requester asks again
TEST(Undo, AnUndoneDecisionOfAChallengeMayBeSoughtAgain) {
  Loaded server;
  std::vector<Input> inputs = {request("PC", bob)};
  const auto id = sent<nbns::QueryRequest>(server.step(inputs, 0, start)).at(0).id;
  server.committed();
  inputs = {ClientResponse{{.remote = {alice, 137}, .local = us},
                           nbns::NegativeQueryResponse{.id = id, .name = name("PC")}}};
  [[maybe_unused]] const auto granted = server.step(inputs, 0, start);
  EXPECT_TRUE(holds(*server.find(name("PC").view()), bob));
  server.undo();
  EXPECT_TRUE(holds(*server.find(name("PC").view()), alice));
  inputs = {request("PC", bob)};
  EXPECT_EQ(sent<nbns::Wack>(server.step(inputs, 0, start)).size(), 1U);
}

}  // namespace
}  // namespace winsome::names
