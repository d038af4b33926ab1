#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using nbns::Rcode;
using Addresses = std::vector<Ipv4>;

constexpr Ipv4 dave{10, 0, 0, 4};

/// A server that challenges the owner of `PC`, and the owner's possible answers.
struct Contest {
  explicit Contest(Record stored, How how = {}, Ipv4 requester = bob,
                   const Options& the_options = options())
      : server(the_options, {std::move(stored)}) {
    const auto actions = server.step({request("PC", requester, how)});
    const auto questions = sent<nbns::QueryRequest>(actions);
    EXPECT_EQ(questions.size(), 1U);
    id = questions.empty() ? std::uint16_t{0} : questions[0].id;
  }

  std::optional<Rcode> defend(const Addresses& claimed, Ipv4 source = alice) {
    nbns::QueryResponse response{.id = id, .name = name("PC")};
    for (const auto address : claimed)
      response.entries.push_back({false, nbns::NodeType::h, address});
    return rcode(server.step({ClientResponse{from(source), response}}));
  }
  std::optional<Rcode> deny(Ipv4 source = alice) {
    const nbns::NegativeQueryResponse response{.id = id, .name = name("PC")};
    return rcode(server.step({ClientResponse{from(source), response}}));
  }
  /// Every address stays silent.
  std::optional<Rcode> ignore() {
    for (int i = 0; i < 100; ++i) {
      server.now += milliseconds(100);
      if (const auto code = rcode(server.step())) return code;
    }
    return {};
  }
  [[nodiscard]] Record pc() const { return server.at("PC"); }

  static Path from(Ipv4 source) { return {.remote = {source, 137}, .local = us, .socket = 3}; }

  Server server;
  std::uint16_t id = 0;
};

Record held_by(const Addresses& held, RecordType type = RecordType::multihomed, Ipv4 owner = us) {
  return record("PC", {.type = type, .owner = owner, .addresses = held});
}

// B4, first row
TEST(ChallengeOutcome, ADeniedNameGoesToTheRequester) {
  Contest contest(record("PC"));
  EXPECT_EQ(contest.deny(), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), Addresses{bob});
  EXPECT_EQ(contest.pc().version, 101U);
  EXPECT_EQ(contest.server.engine.statistics().challenges_denied, 1U);
}

TEST(ChallengeOutcome, ASilentOwnersNameGoesToTheRequester) {
  Contest contest(held_by({alice, carol}));
  EXPECT_EQ(contest.ignore(), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), Addresses{bob});
  EXPECT_EQ(contest.pc().type, RecordType::unique);
  EXPECT_EQ(contest.server.engine.statistics().challenges_silent, 1U);
}

TEST(ChallengeOutcome, AGroupMayTakeWhatItsOwnerGaveUp) {
  Contest contest(record("PC"), group);
  EXPECT_EQ(contest.deny(), Rcode::ok);
  EXPECT_EQ(contest.pc().type, RecordType::normal_group);
}

// B4, second and third row
TEST(ChallengeOutcome, ADefendedNameStays) {
  Contest contest(record("PC"));
  const auto before = contest.pc();
  EXPECT_EQ(contest.defend({alice}), Rcode::act_err);
  EXPECT_EQ(contest.pc(), before);
  EXPECT_EQ(contest.server.engine.statistics().challenges_defended, 1U);
}

TEST(ChallengeOutcome, AGroupNeverTakesADefendedName) {
  Contest contest(record("PC"), group);
  EXPECT_EQ(contest.defend({alice, bob}), Rcode::act_err);
  EXPECT_EQ(contest.pc().type, RecordType::unique);
}

// The negative answer goes to who asked, with what was asked
TEST(ChallengeOutcome, TheRefusalEchoesTheRequest) {
  Contest contest(record("PC"), {.id = 0x77, .port = 4000});
  nbns::QueryResponse response{.id = contest.id, .name = name("PC")};
  response.entries.push_back({false, nbns::NodeType::h, alice});
  const auto actions = contest.server.step({ClientResponse{Contest::from(alice), response}});
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].path.remote, (Endpoint{bob, 4000}));
  EXPECT_EQ(sent<nbns::NameResponse>(actions).at(0).id, 0x77);
}

// B4, second row: one host with two interfaces
TEST(ChallengeOutcome, OneHostThatClaimsBothAddressesBecomesMultihomed) {
  Contest contest(record("PC"), multihomed);
  EXPECT_EQ(contest.defend({alice, bob}), Rcode::ok);
  const auto pc = contest.pc();
  EXPECT_EQ(pc.type, RecordType::multihomed);
  EXPECT_EQ(addresses(pc), (Addresses{bob, alice}));
  EXPECT_EQ(pc.version, 101U);
  EXPECT_EQ(pc.owner, us);
  EXPECT_EQ(pc.due, start + std::chrono::days(6));
  EXPECT_EQ(pc.members[1].due, start + std::chrono::days(2));
}

TEST(ChallengeOutcome, APlainRegistrationMergesToo) {
  Contest contest(record("PC"));
  EXPECT_EQ(contest.defend({bob, alice}), Rcode::ok);
  EXPECT_EQ(contest.pc().type, RecordType::multihomed);
}

TEST(ChallengeOutcome, AddressesThatTheOwnerNoLongerClaimsAreDropped) {
  Contest contest(held_by({alice, carol}));
  EXPECT_EQ(contest.defend({alice, bob}), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), (Addresses{bob, alice}));
}

TEST(ChallengeOutcome, AHostThatMovedKeepsOneAddressAndIsUnique) {
  Contest contest(held_by({alice, carol}));
  EXPECT_EQ(contest.defend({bob, dave}), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), Addresses{bob});
  EXPECT_EQ(contest.pc().type, RecordType::unique);
}

TEST(ChallengeOutcome, AddressesThatNobodyRegisteredAreNotAdded) {
  Contest contest(record("PC"));
  EXPECT_EQ(contest.defend({alice, bob, dave}), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), (Addresses{bob, alice}));
}

TEST(ChallengeOutcome, AReplicaThatIsMergedBecomesOurs) {
  Contest contest(held_by({alice}, RecordType::unique, partner));
  EXPECT_EQ(contest.defend({alice, bob}), Rcode::ok);
  EXPECT_EQ(contest.pc().owner, us);
  EXPECT_EQ(contest.pc().version, 101U);
}

// B2: at most 25 addresses
TEST(ChallengeOutcome, TheTwentySixthAddressReplacesTheOldest) {
  Addresses held;
  for (std::uint8_t i = 0; i < 25; ++i) held.emplace_back(10, 1, 0, i);
  auto full = held_by(held);
  full.members[4].due = start + std::chrono::hours(1);
  Contest contest(full);
  auto claimed = held;
  claimed.push_back(bob);
  EXPECT_EQ(contest.defend(claimed, held[0]), Rcode::ok);
  EXPECT_EQ(contest.pc().members.size(), 25U);
  EXPECT_TRUE(holds(contest.pc(), bob));
  EXPECT_FALSE(holds(contest.pc(), held[4]));
}

// B4: looked up again before committing
TEST(ChallengeOutcome, ARecordThatChangedMeanwhileIsNotTouched) {
  Contest contest(record("PC"));
  EXPECT_EQ(contest.server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(contest.server.ask("PC", carol), Rcode::ok);  // version 101
  EXPECT_EQ(contest.deny(), Rcode::act_err);
  EXPECT_EQ(addresses(contest.pc()), Addresses{carol});
}

// The address that was asked gave the name up, not the one that keeps it: simulation, seed 267
TEST(ChallengeOutcome, AnAddressReleasedMeanwhileDoesNotSpeakForTheOthers) {
  Contest contest(held_by({alice, carol}));
  EXPECT_EQ(contest.server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(contest.deny(alice), Rcode::act_err);
  EXPECT_EQ(addresses(contest.pc()), Addresses{carol});
}

TEST(ChallengeOutcome, ARefreshMeanwhileDoesNotEndTheChallenge) {
  Contest contest(held_by({alice, carol}));
  EXPECT_EQ(contest.server.ask("PC", carol, refresh), Rcode::ok);  // another order
  EXPECT_EQ(contest.deny(alice), Rcode::ok);
}

TEST(ChallengeOutcome, ARecordReleasedMeanwhileGoesToTheRequester) {
  Contest contest(record("PC"));
  EXPECT_EQ(contest.server.release("PC", alice), Rcode::ok);
  EXPECT_EQ(contest.defend({alice}), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), Addresses{bob});
  EXPECT_EQ(contest.pc().state, State::active);
}

TEST(ChallengeOutcome, ARecordDeletedMeanwhileGoesToTheRequester) {
  Contest contest(record("PC"));
  contest.server.command(DeleteRecord{name("PC")});
  EXPECT_EQ(contest.deny(), Rcode::ok);
  EXPECT_EQ(addresses(contest.pc()), Addresses{bob});
}

TEST(ChallengeOutcome, AnAdministratorWhoReservesTheNameMeanwhileWins) {
  Contest contest(record("PC"));
  AddRecords add;
  add.records.push_back(exact(MappingType::unique, name("PC"), {dave}));
  contest.server.command(add);
  EXPECT_EQ(contest.deny(), Rcode::act_err);
  EXPECT_EQ(addresses(contest.pc()), Addresses{dave});
  EXPECT_TRUE(contest.pc().is_static);
}

// Decision 4: what could not be made durable began nothing
TEST(ChallengeOutcome, AChallengeBegunInAnUndoneBatchIsForgotten) {
  NameServer server(options(), 42, start);
  server.load(record("PC"));
  std::vector<Input> inputs = {request("PC", bob)};
  const auto actions = server.step(inputs, 0, start);
  const auto id = sent<nbns::QueryRequest>(actions).at(0).id;
  server.undo();
  EXPECT_EQ(server.statistics().challenges_pending, 0U);
  EXPECT_FALSE(server.pending_ids().contains(id));
  EXPECT_TRUE(server.step({}, 0, start + seconds(5)).sends.empty());
}

// While the disk refuses nobody hears the owner's answer: its silence must not cost it the name
TEST(ChallengeOutcome, AnUndoForgetsTheChallengesOfDurableBatchesToo) {
  NameServer server(options(), 42, start);
  server.load(record("PC"));
  std::vector<Input> inputs = {request("PC", bob)};
  [[maybe_unused]] const auto first = server.step(inputs, 0, start);
  server.committed();
  inputs = {request("OTHER", bob)};
  [[maybe_unused]] const auto second = server.step(inputs, 0, start);
  server.undo();
  EXPECT_EQ(server.statistics().challenges_pending, 0U);
  EXPECT_TRUE(server.step({}, 0, start + seconds(60)).changes.empty());
}

// names_per_address holds for what a challenge wins, too
TEST(ChallengeOutcome, AWinnerWithTooManyNamesGetsNothing) {
  auto limited = options();
  limited.access.names_per_address = 1;
  Contest contest(record("PC"), {}, bob, limited);
  EXPECT_EQ(contest.server.ask("OTHER", bob), Rcode::ok);
  EXPECT_EQ(contest.defend({alice, bob}), silence);
  EXPECT_EQ(addresses(contest.pc()), Addresses{alice});
}

}  // namespace
}  // namespace winsome::names
