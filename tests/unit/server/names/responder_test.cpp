#include "server/names/responder.h"

#include <gtest/gtest.h>

#include "tests/unit/server/names/answers.h"

namespace winsome::names {
namespace {

using Addresses = std::vector<Ipv4>;

constexpr nbns::Rcode ok = nbns::Rcode::ok;

bool silent(const Responder::Outcome& outcome) {
  return std::holds_alternative<Responder::Nothing>(outcome);
}

nbns::QueryRequest query(std::string_view text, bool recursion = true) {
  return {.id = 0x1235, .recursion_desired = recursion, .name = name(text)};
}

nbns::Message registration(std::string_view text) {
  return std::get<ClientRequest>(request(text, alice)).request;
}

// A5: RD=0 is for this node, not for the database
TEST(ResponderTest, WithoutRecursionOnlyOurOwnNamesAreFound) {
  Answers answers(options(), {record("PC")});
  EXPECT_TRUE(answers.query(name("PC"), true));
  EXPECT_FALSE(answers.query(name("PC"), false));
  EXPECT_TRUE(answers.query(name("WINSOME<20>"), false));
}

// Decision 5: at the address that was asked
TEST(ResponderTest, OurOwnNamesAreAnsweredWithTheAddressThatWasAsked) {
  Answers answers;
  for (const auto* own : {"WINSOME<00>", "WINSOME<20>"}) {
    const auto answer = answers.query(name(own));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->entries, (std::vector<nbns::NbEntry>{{false, nbns::NodeType::h, us}}));
    EXPECT_EQ(answer->ttl, 518'400U);
  }
  EXPECT_FALSE(answers.query(name("WINSOME<03>")));
  EXPECT_FALSE(answers.query(name("WINSOME<00>.scope")));
  EXPECT_FALSE(answers.query(name("winsome<00>")));
}

// A6
TEST(ResponderTest, NodeStatusListsOurNames) {
  Answers answers;
  const std::vector<nbns::NodeName> expected = {
      {.name = nbns::make_name("WINSOME", 0x00), .node = nbns::NodeType::h},
      {.name = nbns::make_name("WINSOME", 0x20), .node = nbns::NodeType::h}};
  for (const auto& asked : {nbns::ScopedName(nbns::wildcard_name()), name("WINSOME<20>")}) {
    const auto answer =
        answers.ask(nbns::QueryRequest{.id = 9, .node_status = true, .name = asked});
    ASSERT_TRUE(answer);
    const auto& status = std::get<nbns::NodeStatusResponse>(*answer);
    EXPECT_EQ(status.id, 9);
    EXPECT_EQ(status.name, asked);
    EXPECT_EQ(status.names, expected);
  }
  EXPECT_EQ(answers.responder.counters().node_status, 2U);
}

TEST(ResponderTest, NodeStatusHasTheHardwareAddress) {
  auto with_hardware = options();
  with_hardware.unit_id = {0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7};
  Answers answers(with_hardware);
  const auto answer =
      answers.ask(nbns::QueryRequest{.node_status = true, .name = name("WINSOME<20>")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<nbns::NodeStatusResponse>(*answer).unit_id, with_hardware.unit_id);
}

TEST(ResponderTest, NodeStatusOfAnotherNodeIsNotOurs) {
  Answers answers(options(), {record("PC")});
  EXPECT_FALSE(answers.ask(nbns::QueryRequest{.node_status = true, .name = name("PC")}));
}

// A5: what the decision plane is for
TEST(ResponderTest, RegistrationsAndReleasesAreHandedOn) {
  Answers answers;
  for (const auto opcode :
       {nbns::Opcode::registration, nbns::Opcode::release, nbns::Opcode::refresh,
        nbns::Opcode::refresh_alternate, nbns::Opcode::multihomed_registration}) {
    const auto message = std::get<ClientRequest>(request("PC", alice, {.opcode = opcode})).request;
    const auto outcome = answers.respond(message);
    ASSERT_TRUE(std::holds_alternative<nbns::Message>(outcome));
    EXPECT_EQ(std::get<nbns::NameRequest>(std::get<nbns::Message>(outcome)), message);
  }
}

// A5, decision 4: responses are worth a look only while a challenge awaits their id
TEST(ResponderTest, OnlyAwaitedResponsesAreHandedOn) {
  Answers answers(options(), {record("PC")});
  const auto id = sent<nbns::QueryRequest>(answers.step({request("PC", bob)})).at(0).id;
  const auto other = static_cast<std::uint16_t>(id + 1);
  EXPECT_TRUE(
      silent(answers.respond(nbns::NegativeQueryResponse{.id = other, .name = name("PC")})));
  EXPECT_EQ(answers.drops(Drop::unexpected_response), 1U);
  const auto outcome = answers.respond(nbns::NegativeQueryResponse{.id = id, .name = name("PC")});
  EXPECT_TRUE(std::holds_alternative<nbns::Message>(outcome));
}

// Decision 4: bound to 0.0.0.0, a challenge to one of our addresses comes back
TEST(ResponderTest, OurOwnChallengeIsNotAnswered) {
  Answers answers(options(), {record("PC")});
  const auto question = sent<nbns::QueryRequest>(answers.step({request("PC", bob)})).at(0);
  EXPECT_TRUE(silent(answers.respond(question, us)));
  EXPECT_EQ(answers.drops(Drop::own_challenge), 1U);
}

// A5
TEST(ResponderTest, BroadcastsAndOtherOpcodesAreDropped) {
  Answers answers(options(), {record("PC")});
  auto shouted = query("PC");
  shouted.broadcast = true;
  EXPECT_TRUE(silent(answers.respond(shouted)));
  EXPECT_EQ(answers.drops(Drop::broadcast), 1U);
  std::array<std::uint8_t, 12> header{0x12, 0x34, 0x38, 0x00};  // opcode 7, R=0
  EXPECT_TRUE(silent(answers.respond(Octets(header))));
  EXPECT_EQ(answers.drops(Drop::other_opcode), 1U);
}

// RFC 1002 5.1.1.5: an end node answers for its own names, whoever shouts for them
TEST(ResponderTest, OurOwnNamesAreDefendedAgainstBroadcasts) {
  Answers answers;
  auto shouted = query("WINSOME<20>");
  shouted.broadcast = true;
  EXPECT_TRUE(answers.ask(shouted));
  for (const auto opcode : {nbns::Opcode::registration, nbns::Opcode::refresh}) {
    auto claim = std::get<ClientRequest>(request("WINSOME", alice, {.opcode = opcode})).request;
    claim.broadcast = true;
    const auto answer = answers.ask(claim);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<nbns::NameResponse>(*answer).rcode, nbns::Rcode::act_err);
  }
  auto release = std::get<ClientRequest>(request("WINSOME", alice)).request;
  release.opcode = nbns::Opcode::release;
  release.broadcast = true;
  EXPECT_TRUE(silent(answers.respond(release)));
  EXPECT_EQ(answers.drops(Drop::broadcast), 1U);
}

// Decision 2: silence
TEST(ResponderTest, QueriesFromOutsideAreMetWithSilence) {
  auto closed = options();
  closed.access.query_from = {*parse_prefix("10.0.0.2/32")};
  Answers answers(closed, {record("PC")});
  EXPECT_FALSE(answers.ask(query("PC"), alice));
  EXPECT_FALSE(answers.ask(
      nbns::QueryRequest{.node_status = true, .name = nbns::ScopedName(nbns::wildcard_name())},
      alice));
  EXPECT_TRUE(answers.ask(query("PC"), bob));
  EXPECT_EQ(answers.drops(Drop::source_refused), 2U);
}

TEST(ResponderTest, RegistrationsFromOutsideAreDroppedBeforeTheyAreDecoded) {
  auto closed = options();
  closed.access.register_from = {*parse_prefix("10.0.0.2/32")};
  Answers answers(closed);
  EXPECT_TRUE(silent(answers.respond(registration("PC"), alice)));
  EXPECT_FALSE(silent(answers.respond(registration("PC"), bob)));
  EXPECT_EQ(answers.drops(Drop::source_refused), 1U);
}

TEST(ResponderTest, SomeNetworksAndAllNetworksAreAllNetworks) {
  auto both = options();
  both.access.query_from = {*parse_prefix("10.0.0.2/32"), Ipv4Prefix()};
  Answers answers(both, {record("PC")});
  EXPECT_TRUE(answers.ask(query("PC"), carol));
}

TEST(ResponderTest, ALimitHoldsForQueriesAndRegistrationsTogether) {
  auto limited = options();
  limited.access.requests_per_second = 3;
  Answers answers(limited, {record("PC")});
  EXPECT_TRUE(answers.ask(query("PC")));
  EXPECT_FALSE(silent(answers.respond(registration("PC"))));
  EXPECT_TRUE(answers.ask(query("PC")));
  EXPECT_FALSE(answers.ask(query("PC")));
  EXPECT_TRUE(silent(answers.respond(registration("PC"))));
  EXPECT_TRUE(answers.ask(query("PC"), bob));
  EXPECT_EQ(answers.drops(Drop::rate_limited), 2U);
  answers.server.now += seconds(1);
  EXPECT_TRUE(answers.ask(query("PC")));
}

// E: dropped and counted by reason
TEST(ResponderTest, MalformedDatagramsAreCountedByReason) {
  Answers answers;
  std::array<std::uint8_t, nbns::payload_length_max> octets{};
  const auto whole = nbns::encode(registration("PC"), octets);
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_TRUE(silent(answers.respond(whole.first(length)))) << length;
  std::uint64_t counted = 0;
  for (const auto& count : answers.responder.counters().malformed) counted += count;
  EXPECT_EQ(counted, whole.size());

  const auto asked = nbns::encode(query("PC"), octets);
  octets[13] = 'Z';
  EXPECT_TRUE(silent(answers.respond(asked)));
  EXPECT_EQ(answers.responder.counters()
                .malformed[static_cast<std::size_t>(nbns::DecodeError::bad_label)],
            1U);
}

TEST(ResponderTest, CountsHitsAndMisses) {
  Answers answers(options(), {record("PC")});
  answers.find("PC");
  answers.find("PC");
  answers.find("NONE");
  answers.find("WINSOME");
  const auto& counters = answers.responder.counters();
  EXPECT_EQ(counters.queries, 4U);
  EXPECT_EQ(counters.answered, 3U);
  EXPECT_EQ(counters.not_found, 1U);
}

// A4: a negative answer
TEST(ResponderTest, AnUnknownNameIsANameError) {
  Answers answers;
  const auto answer = answers.ask(query("NONE"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<nbns::NegativeQueryResponse>(*answer),
            (nbns::NegativeQueryResponse{.id = 0x1235, .name = name("NONE")}));
}

// A change of the configuration republishes what it changes
TEST(ResponderTest, ANewConfigurationChangesAnswers) {
  Answers answers(options(),
                  {record("SECRET"), record("CORP<1C>", {.type = RecordType::special_group}),
                   record("CORP<1B>", {.addresses = {bob}})});
  EXPECT_EQ(answers.find("SECRET"), Addresses{alice});
  auto changed = options();
  changed.access.blocked_names = {"SECRET"};
  changed.prepend_1b = false;
  ASSERT_TRUE(answers.server.engine.configure(changed));
  answers.server.engine.publish_all(
      [&](Publication&& one) { answers.index.publish(std::move(one)); });
  EXPECT_EQ(answers.find("SECRET"), Addresses{});
  EXPECT_EQ(answers.find("CORP<1C>"), Addresses{alice});
  EXPECT_EQ(rcode(answers.step({request("OTHER", alice)})), ok);
}

}  // namespace
}  // namespace winsome::names
