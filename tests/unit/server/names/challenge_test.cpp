#include <gtest/gtest.h>

#include <map>

#include "server/names/challenges.h"
#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using nbns::Rcode;

constexpr Instant last = start + std::chrono::days(2);

struct Question {
  milliseconds after;
  Ipv4 whom;
  friend bool operator==(const Question&, const Question&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Question& q) {
    return out << q.after.count() << " ms " << to_text(q.whom);
  }
};

/// Lets the server run and notes whom it asks when, until it answers the requester.
struct Asked {
  std::vector<Question> questions;
  milliseconds answered{-1};
  std::optional<Rcode> code;
};

Asked watch(Server& server, Input input) {
  Asked asked;
  const auto begin = server.now;
  auto actions = server.step({std::move(input)});
  for (int i = 0; i < 1000; ++i) {
    for (const auto& send : actions.sends) {
      if (std::holds_alternative<nbns::QueryRequest>(send.message))
        asked.questions.push_back({server.now - begin, send.path.remote.address});
    }
    if (const auto code = rcode(actions)) {
      asked.code = code;
      asked.answered = server.now - begin;
      return asked;
    }
    server.now = std::max(actions.wake_at, server.now + milliseconds(1));
    if (server.now > begin + std::chrono::minutes(1)) break;
    actions = server.step();
  }
  return asked;
}

std::uint16_t question_id(const Actions& actions) {
  const auto questions = sent<nbns::QueryRequest>(actions);
  EXPECT_FALSE(questions.empty());
  return questions.empty() ? std::uint16_t{0} : questions.front().id;
}

Input denial(std::uint16_t id, std::string_view text, Ipv4 source) {
  return ClientResponse{.path = {.remote = {source, 137}, .local = us, .socket = 3},
                        .message = nbns::NegativeQueryResponse{.id = id, .name = name(text)}};
}

// B4, A4: the requester is told to wait, then the owner is asked from our name-service port
TEST(ChallengeTest, TheRequesterWaitsAndTheOwnerIsAsked) {
  Server server(options(), {record("PC")});
  const auto actions = server.step({request("PC", bob, {.id = 0x4321, .port = 1500})});
  ASSERT_EQ(actions.sends.size(), 2U);

  const auto& wack = actions.sends[0];
  EXPECT_EQ(wack.path.remote, (Endpoint{bob, 1500}));
  EXPECT_EQ(std::get<nbns::Wack>(wack.message),
            (nbns::Wack{.id = 0x4321, .name = name("PC"), .ttl = 9, .held_flags = 0x2900}));

  const auto& question = actions.sends[1];
  EXPECT_EQ(question.path, (Path{.remote = {alice, 137}, .local = us, .socket = 3}));
  const auto& query = std::get<nbns::QueryRequest>(question.message);
  EXPECT_EQ(query.name, name("PC"));
  EXPECT_FALSE(query.recursion_desired);  // decision 4
  EXPECT_FALSE(query.node_status);
  EXPECT_TRUE(actions.changes.empty());
  EXPECT_EQ(server.engine.statistics().challenges_pending, 1U);
}

// A4: a WACK echoes the flags of the request that is held
TEST(ChallengeTest, TheWackEchoesTheFlagsOfTheRequest) {
  const auto held = [](How how) {
    Server server(options(), {record("PC")});
    return sent<nbns::Wack>(server.step({request("PC", bob, how)})).at(0).held_flags;
  };
  EXPECT_EQ(held({}), 0x2900);
  EXPECT_EQ(held(multihomed), 0x7900);
  EXPECT_EQ(held(refresh), 0x4100);
}

// B4: three tries, 500 ms, doubling
TEST(ChallengeTest, TriesThreeTimesWithDoublingIntervals) {
  Server server(options(), {record("PC")});
  const auto asked = watch(server, request("PC", bob));
  EXPECT_EQ(asked.questions, (std::vector<Question>{{milliseconds(0), alice},
                                                    {milliseconds(500), alice},
                                                    {milliseconds(1500), alice}}));
  EXPECT_EQ(asked.answered, milliseconds(3500));
  EXPECT_EQ(asked.code, Rcode::ok);
  EXPECT_EQ(addresses(server.at("PC")), std::vector{bob});
}

TEST(ChallengeTest, TriesAndIntervalAreConfigurable) {
  auto quick = options();
  quick.challenge.tries = 2;
  quick.challenge.interval = milliseconds(100);
  quick.challenge.port = 1137;
  Server server(quick, {record("PC")});
  const auto actions = server.step({request("PC", bob)});
  EXPECT_EQ(actions.sends.at(1).path.remote.port, 1137);
  EXPECT_EQ(sent<nbns::Wack>(actions).at(0).ttl, 6U);
  EXPECT_EQ(actions.wake_at, start + milliseconds(100));
  Server again(quick, {record("PC")});
  EXPECT_EQ(watch(again, request("PC", bob)).answered, milliseconds(300));
}

// B4: one stored address after another, and 10 s in all (decision 4)
TEST(ChallengeTest, AsksOneAddressAfterAnother) {
  Server server(options(),
                {record("PC", {.type = RecordType::multihomed, .addresses = {alice, bob}})});
  const auto asked = watch(server, request("PC", carol));
  ASSERT_EQ(asked.questions.size(), 6U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(asked.questions[i].whom, alice);
  for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(asked.questions[i].whom, bob);
  EXPECT_EQ(asked.questions[3].after, milliseconds(3500));
  EXPECT_EQ(asked.answered, milliseconds(7000));
}

TEST(ChallengeTest, TenSecondsHoldForAnyNumberOfAddresses) {
  for (const int count : {1, 2, 3, 4, 5, 7, 10, 20, 25}) {
    auto many = record("PC", {.type = RecordType::multihomed, .addresses = {}});
    for (int i = 0; i < count; ++i)
      many.members.push_back({Ipv4(10, 1, 0, static_cast<std::uint8_t>(i)), us, last});
    Server server(options(), {many});
    const auto input = request("PC", carol);
    const auto asked = watch(server, input);
    std::map<Ipv4, int> tries;
    for (const auto& question : asked.questions) ++tries[question.whom];
    EXPECT_EQ(tries.size(), static_cast<std::size_t>(count));
    EXPECT_LE(asked.answered, seconds(10)) << count;
    EXPECT_GE(asked.answered, seconds(3)) << count;
  }
}

// B4: the wait that is announced is longer than the challenge can take
TEST(ChallengeTest, TheWackOutlastsTheChallenge) {
  for (const int count : {1, 3, 25}) {
    auto many = record("PC", {.type = RecordType::multihomed, .addresses = {}});
    for (int i = 0; i < count; ++i)
      many.members.push_back({Ipv4(10, 1, 0, static_cast<std::uint8_t>(i)), us, last});
    Server one(options(), {many});
    const auto wack = sent<nbns::Wack>(one.step({request("PC", carol)})).at(0);
    Server other(options(), {many});
    EXPECT_GT(seconds(wack.ttl), watch(other, request("PC", carol)).answered) << count;
  }
}

// A5, decision 4: a duplicate while the first is pending is met with silence
TEST(ChallengeTest, DuplicatesWhilePendingAreSilent) {
  Server server(options(), {record("PC")});
  server.step({request("PC", bob)});
  EXPECT_TRUE(server.step({request("PC", bob)}).sends.empty());
  EXPECT_TRUE(server.step({request("PC", carol)}).sends.empty());
  EXPECT_EQ(server.drops(Drop::duplicate), 2U);
  EXPECT_EQ(server.engine.statistics().challenges, 1U);
}

TEST(ChallengeTest, TheOwnerMayRefreshWhileItIsAsked) {
  Server server(options(), {record("PC")});
  server.step({request("PC", bob)});
  EXPECT_EQ(server.ask("PC", alice, refresh), Rcode::ok);
}

// E, challenge reflection; decision 4
TEST(ChallengeTest, OneRequesterHasOnlySoManyAtOnce) {
  auto limited = options();
  limited.challenge.at_once_per_requester = 2;
  Server server(limited, {record("A"), record("B"), record("C")});
  for (const auto* text : {"A", "B", "C"}) server.step({request(text, bob)});
  EXPECT_EQ(server.engine.statistics().challenges_pending, 2U);
  EXPECT_EQ(server.drops(Drop::challenge_limit), 1U);
  server.step({request("C", carol)});
  EXPECT_EQ(server.engine.statistics().challenges_pending, 3U);
  server.run_for(seconds(4));
  EXPECT_EQ(server.engine.statistics().challenges_pending, 0U);
  server.step({request("A", carol), request("B", carol)});
  EXPECT_EQ(server.engine.statistics().challenges_pending, 2U);
}

TEST(ChallengeTest, AllTogetherHaveOnlySoManyAtOnce) {
  auto limited = options();
  limited.challenge.at_once = 2;
  Server server(limited, {record("A"), record("B"), record("C")});
  server.step({request("A", bob)});
  server.step({request("B", carol)});
  EXPECT_TRUE(server.step({request("C", Ipv4(10, 0, 0, 4))}).sends.empty());
  EXPECT_EQ(server.drops(Drop::challenge_limit), 1U);
}

// Whatever is configured, a free transaction id is found soon
TEST(ChallengeTest, ThereAreNeverMoreThanHalfOfAllTransactionIds) {
  ChallengeOptions greedy;
  greedy.at_once = greedy.at_once_per_requester = 1'000'000;
  PendingIds ids;
  Challenges challenges(1, ids);
  std::size_t begun = 0;
  for (; begun < 0x10000; ++begun) {
    const nbns::ScopedName contested = nbns::make_name(std::to_string(begun), 0);
    if (challenges.refusal(contested.view(), bob, greedy)) break;
    const auto input = std::get<ClientRequest>(request(contested, bob));
    Challenge challenge{.path = input.path,
                        .request = input.request,
                        .owner = us,
                        .addresses = {alice},
                        .due = start};
    challenges.begin(std::move(challenge), greedy, start);
  }
  EXPECT_EQ(begun, 0x8000U);
  EXPECT_EQ(challenges.size(), begun);
}

// A5, decision 4: an answer counts only from the challenged address, with the right id and name
TEST(ChallengeTest, AnswersThatDoNotMatchAreDropped) {
  Server server(options(), {record("PC")});
  const auto id = question_id(server.step({request("PC", bob)}));
  const auto wrong_id = static_cast<std::uint16_t>(id + 1);
  for (const auto& wrong :
       {denial(id, "PC", bob), denial(wrong_id, "PC", alice), denial(id, "pc", alice),
        denial(id, "PC<20>", alice), denial(id, "PC<00>.scope", alice)}) {
    EXPECT_TRUE(server.step({wrong}).sends.empty());
  }
  EXPECT_EQ(server.drops(Drop::unexpected_response), 5U);
  EXPECT_EQ(server.engine.statistics().challenges_pending, 1U);
  EXPECT_EQ(rcode(server.step({denial(id, "PC", alice)})), Rcode::ok);
}

TEST(ChallengeTest, MessagesOfAnotherKindAreNotAnswers) {
  Server server(options(), {record("PC")});
  const auto id = question_id(server.step({request("PC", bob)}));
  const Path path{.remote = {alice, 137}, .local = us, .socket = 3};
  for (const nbns::Message& message :
       std::initializer_list<nbns::Message>{nbns::NameResponse{.id = id, .name = name("PC")},
                                            nbns::Wack{.id = id, .name = name("PC")},
                                            nbns::NodeStatusResponse{.id = id, .name = name("PC")},
                                            nbns::RedirectResponse{.id = id, .name = name("PC")}}) {
    EXPECT_TRUE(server.step({ClientResponse{path, message}}).sends.empty());
  }
  EXPECT_EQ(server.drops(Drop::unexpected_response), 4U);
  EXPECT_EQ(server.engine.statistics().challenges_pending, 1U);
}

TEST(ChallengeTest, AnAddressThatWasNotAskedYetCannotAnswer) {
  Server server(options(),
                {record("PC", {.type = RecordType::multihomed, .addresses = {alice, bob}})});
  const auto id = question_id(server.step({request("PC", carol)}));
  EXPECT_TRUE(server.step({denial(id, "PC", bob)}).sends.empty());
  server.now += milliseconds(3500);
  server.run_for(milliseconds(0));
  server.now = start + milliseconds(3500);
  EXPECT_EQ(server.engine.statistics().challenges_pending, 1U);
}

// B4: late, but the challenge still runs
TEST(ChallengeTest, TheAddressAskedBeforeMayStillAnswer) {
  Server server(options(),
                {record("PC", {.type = RecordType::multihomed, .addresses = {alice, bob}})});
  const auto id = question_id(server.step({request("PC", carol)}));
  server.run_for(milliseconds(4000));
  EXPECT_EQ(rcode(server.step({denial(id, "PC", alice)})), Rcode::ok);
}

TEST(ChallengeTest, AnAnswerAfterTheEndIsDropped) {
  Server server(options(), {record("PC")});
  const auto id = question_id(server.step({request("PC", bob)}));
  server.run_for(seconds(4));
  const auto before = server.at("PC");
  EXPECT_TRUE(server.step({denial(id, "PC", alice)}).sends.empty());
  EXPECT_EQ(server.at("PC"), before);
  EXPECT_EQ(server.drops(Drop::unexpected_response), 1U);
}

// Decision 4: the answer threads let only awaited responses through
TEST(ChallengeTest, PendingIdsAreThoseOfTheChallengesInFlight) {
  Server server(options(), {record("PC")});
  const auto pending = [&] {
    std::size_t count = 0;
    for (unsigned id = 0; id < 0x10000; ++id)
      count += server.engine.pending_ids().contains(static_cast<std::uint16_t>(id)) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(pending(), 0U);
  const auto id = question_id(server.step({request("PC", bob)}));
  EXPECT_TRUE(server.engine.pending_ids().contains(id));
  EXPECT_EQ(pending(), 1U);
  server.step({denial(id, "PC", alice)});
  EXPECT_EQ(pending(), 0U);
}

TEST(ChallengeTest, IdsAreHardToGuess) {
  const auto ids = [](std::uint64_t seed) {
    NameServer server(options(), seed, start);
    std::vector<Input> inputs;
    for (char c = 'A'; c <= 'Z'; ++c) {
      server.load(record(std::string(1, c)));
      inputs.push_back(request(std::string(1, c), bob));
    }
    std::vector<std::uint16_t> list;
    for (const auto& query : sent<nbns::QueryRequest>(server.step(inputs, 0, start)))
      list.push_back(query.id);
    return list;
  };
  EXPECT_EQ(ids(1).size(), 26U);
  EXPECT_NE(ids(1), ids(2));
  EXPECT_EQ(ids(1), ids(1));
}

}  // namespace
}  // namespace winsome::names
