#include <gtest/gtest.h>

#include "tests/unit/server/names/fixture.h"

/// Names that leases bring (decisions 7 and 21).
namespace winsome::names {
namespace {

constexpr Instant lease_ends = start + std::chrono::hours(8);

Feed printer(Ipv4 address = alice) {
  return {.address = address, .name = "PRINTER", .suffixes = {0x00}, .due = lease_ends};
}

Feed withdrawal(Feed feed) {
  feed.withdraw = true;
  return feed;
}

Record fed(std::string_view text, Ipv4 address = alice, Instant due = lease_ends) {
  auto one = record(text, {.addresses = {address}, .due = due});
  one.fed = true;
  return one;
}

struct Fed {
  FeedOutcome outcome;
  Actions actions;
};

/// A step in which the leases feed one thing.
Fed feed(Server& server, const Feed& one) {
  server.engine.begin(server.now);
  server.engine.decide({}, 0);
  const auto outcome = server.engine.feed(one);
  auto actions = server.engine.finish();
  server.engine.committed();
  return {outcome, std::move(actions)};
}

std::uint16_t question(const Actions& actions) {
  const auto questions = sent<nbns::QueryRequest>(actions);
  EXPECT_EQ(questions.size(), 1U);
  return questions.empty() ? std::uint16_t{0} : questions.front().id;
}

Actions answer(Server& server, std::uint16_t id, Ipv4 source, const std::vector<Ipv4>& claimed) {
  nbns::QueryResponse response{.id = id, .name = name("PRINTER"), .entries = {}};
  for (const auto address : claimed) response.entries.push_back({.address = address});
  return server.step({ClientResponse{.path = {.remote = {source, 137}, .local = us, .socket = 3},
                                     .message = std::move(response)}});
}

std::vector<FeedResolved> resolved(Ipv4 address, FeedOutcome outcome) {
  return {{address, outcome}};
}

// B2, B7
TEST(Feeds, ANameThatNobodyHasIsRegisteredAtOnceUntilTheLeaseEnds) {
  Server server;
  const auto done = feed(server, printer());
  EXPECT_EQ(done.outcome, FeedOutcome::registered);
  const auto stored = server.at("PRINTER");
  EXPECT_TRUE(stored.fed);
  EXPECT_EQ(stored.type, RecordType::unique);
  EXPECT_EQ(stored.state, State::active);
  EXPECT_EQ(stored.owner, us);
  EXPECT_EQ(stored.version, 101U);
  EXPECT_EQ(stored.due, lease_ends);
  EXPECT_EQ(addresses(stored), std::vector{alice});
  ASSERT_EQ(done.actions.publications.size(), 1U);
  EXPECT_NE(done.actions.publications[0].answer, nullptr);
  EXPECT_EQ(server.engine.statistics().fed_records, 1U);
}

TEST(Feeds, ARenewalOfTheLeaseMovesOnlyTheTime) {
  Server server(options(), {fed("PRINTER")});
  auto longer = printer();
  longer.due = lease_ends + std::chrono::hours(4);
  const auto done = feed(server, longer);
  EXPECT_EQ(done.outcome, FeedOutcome::registered);
  EXPECT_EQ(server.at("PRINTER").version, 7U);
  ASSERT_EQ(done.actions.changes.size(), 1U);
  ASSERT_TRUE(std::holds_alternative<TouchRecord>(done.actions.changes[0]));
  EXPECT_EQ(std::get<TouchRecord>(done.actions.changes[0]).due, longer.due);
}

TEST(Feeds, ANameIsReleasedWhenItsLeaseEnds) {
  Server server(options(), {fed("PRINTER")});
  server.now = lease_ends;
  server.step();
  EXPECT_EQ(server.at("PRINTER").state, State::released);
  EXPECT_FALSE(server.at("PRINTER").fed);
  EXPECT_EQ(server.engine.statistics().fed_records, 0U);
}

TEST(Feeds, ANameOfAnInfiniteLeaseNeverAges) {
  Server server;
  auto infinite = printer();
  infinite.due = never;
  const auto done = feed(server, infinite);
  ASSERT_EQ(done.actions.publications.size(), 1U);
  const auto& shape = done.actions.publications[0].answer->shape();
  EXPECT_EQ(shape.life, Answer::Life::fixed);
  EXPECT_EQ(shape.fixed_ttl, options().intervals.renewal.count());
  server.now += std::chrono::days(4000);
  server.step();
  EXPECT_EQ(server.at("PRINTER").state, State::active);
  EXPECT_EQ(server.ask("PRINTER", bob), nbns::Rcode::act_err);
}

// B5
TEST(Feeds, AWithdrawnNameIsReleased) {
  Server server(options(), {fed("PRINTER")});
  feed(server, withdrawal(printer()));
  EXPECT_EQ(server.at("PRINTER").state, State::released);
  EXPECT_FALSE(server.at("PRINTER").fed);
  EXPECT_EQ(server.at("PRINTER").due, start + options().intervals.extinction);
}

TEST(Feeds, AWithdrawalTakesOnlyWhatItsLeaseBrought) {
  auto ours = record("CLIENT");
  Server server(options(), {fed("PRINTER", bob), ours});
  feed(server, withdrawal(printer(alice)));
  EXPECT_EQ(server.at("PRINTER").state, State::active);
  feed(server, withdrawal({.address = alice, .name = "CLIENT", .suffixes = {0x00}}));
  EXPECT_EQ(server.at("CLIENT"), ours);
}

TEST(Feeds, WhatIsNotActiveIsTakenAtOnce) {
  for (const auto state : {State::released, State::tombstone}) {
    for (const auto owner : {us, partner}) {
      Server server(options(),
                    {record("PRINTER", {.state = state, .owner = owner, .addresses = {bob}})});
      EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::registered);
      EXPECT_TRUE(server.at("PRINTER").fed);
      EXPECT_EQ(server.at("PRINTER").owner, us);
      EXPECT_EQ(server.at("PRINTER").version, 101U);
    }
  }
}

TEST(Feeds, WhatTheClientRegisteredItselfIsLeftAlone) {
  const std::vector<Record> themselves = {
      record("PRINTER"), record("PRINTER", {.owner = partner}),
      record("PRINTER", {.type = RecordType::multihomed, .addresses = {bob, alice}})};
  for (const auto& stored : themselves) {
    Server server(options(), {stored});
    EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::client);
    EXPECT_EQ(server.at("PRINTER"), stored);
  }
}

TEST(Feeds, StaticRecordsAndGroupsAreRefused) {
  auto changed = options();
  changed.migrate_on = true;  // for clients; a lease is none
  const std::vector<Record> held = {
      record("PRINTER", {.is_static = true}),
      record("PRINTER", {.type = RecordType::normal_group, .is_static = true}),
      record("PRINTER", {.type = RecordType::normal_group}),
      record("PRINTER", {.type = RecordType::normal_group, .state = State::released}),
      record("PRINTER", {.type = RecordType::special_group})};
  for (const auto& stored : held) {
    Server server(changed, {stored});
    EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::refused);
    EXPECT_EQ(server.at("PRINTER"), stored);
  }
}

TEST(Feeds, WhatPolicyForbidsIsRefused) {
  auto limited = options();
  limited.access.names_per_address = 1;
  limited.access.register_1b_from = {};
  Server server(limited, {record("OTHER")});
  EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::refused);
  const auto refused = [&](const char* text, std::uint8_t suffix) {
    return feed(server, {.address = bob, .name = text, .suffixes = {suffix}}).outcome ==
           FeedOutcome::refused;
  };
  EXPECT_TRUE(refused("WPAD", 0x00));
  EXPECT_TRUE(refused("WINSOME", 0x20));  // our own
  EXPECT_TRUE(refused("*", 0x00));
  EXPECT_TRUE(refused("PRINTER", 0x1b));
  EXPECT_TRUE(refused("PRINTER", 0x1c));
  EXPECT_TRUE(refused("PRINTER", 0x1d));
  EXPECT_TRUE(refused("PRINTER", 0x1e));
  EXPECT_FALSE(refused("PRINTER", 0x20));
}

TEST(Feeds, ANameFedByAnotherLiveLeaseIsRefusedAtOnce) {
  Server server(options(), {fed("PRINTER", bob)});
  const auto done = feed(server, printer());
  EXPECT_EQ(done.outcome, FeedOutcome::refused);
  EXPECT_TRUE(done.actions.sends.empty());
  EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{bob});
}

// B4
TEST(Feeds, ANameThatAnotherHostHasIsPendingAndTakenOverIfThatIsSilent) {
  for (const auto owner : {us, partner}) {
    Server server(options(), {record("PRINTER", {.owner = owner, .addresses = {bob}})});
    const auto done = feed(server, printer());
    EXPECT_EQ(done.outcome, FeedOutcome::pending);
    ASSERT_EQ(done.actions.sends.size(), 1U);
    EXPECT_EQ(done.actions.sends[0].path.remote.address, bob);
    EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{bob});
    server.run_for(seconds(10));
    EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
    EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{alice});
    EXPECT_TRUE(server.at("PRINTER").fed);
    EXPECT_EQ(server.at("PRINTER").owner, us);
    EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
  }
}

TEST(Feeds, ANameThatItsHostDefendsIsRefused) {
  const auto stored = record("PRINTER", {.addresses = {bob}});
  Server server(options(), {stored});
  const auto id = question(feed(server, printer()).actions);
  const auto actions = answer(server, id, bob, {bob});
  EXPECT_EQ(actions.wake_at, server.now);
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::refused));
  EXPECT_EQ(server.at("PRINTER"), stored);
}

TEST(Feeds, AHostThatHasBothAddressesSpeaksForItself) {
  Server server(options(), {record("PRINTER", {.addresses = {bob}})});
  const auto id = question(feed(server, printer()).actions);
  answer(server, id, bob, {bob, alice});
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::client));
}

TEST(Feeds, AWithdrawnFeedIsNotResolved) {
  const auto stored = record("PRINTER", {.addresses = {bob}});
  Server server(options(), {stored});
  feed(server, printer());
  feed(server, withdrawal(printer()));
  server.run_for(seconds(10));
  EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
  EXPECT_EQ(server.at("PRINTER"), stored);
}

TEST(Feeds, ALeaseThatIsRenewedWhileItsNameIsPendingGetsItUntilItsNewEnd) {
  Server server(options(), {record("PRINTER", {.addresses = {bob}})});
  feed(server, printer());
  auto longer = printer();
  longer.due = lease_ends + std::chrono::hours(4);
  EXPECT_EQ(feed(server, longer).outcome, FeedOutcome::pending);
  server.run_for(seconds(10));
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
  EXPECT_EQ(server.at("PRINTER").due, longer.due);
  server.run_for(seconds(10));
  EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
}

TEST(Feeds, WhoRefreshesWhileSomebodyElseIsAskedIsAskedAnew) {
  Server server(options(), {record("PRINTER", {.addresses = {bob}})});
  feed(server, printer());
  server.step({request("PRINTER", bob, {.node = nbns::NodeType::b})});  // a new version
  server.run_for(seconds(5));
  EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
  server.run_for(seconds(10));
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
}

TEST(Feeds, ANameThatIsBeingChallengedForAClientIsTriedAgain) {
  Server server(options(), {record("PRINTER", {.addresses = {bob}})});
  server.step({request("PRINTER", carol)});
  EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::pending);
  server.run_for(seconds(5));  // carol has it, and is asked for the lease
  EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{carol});
  EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
  server.run_for(seconds(10));
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
}

TEST(Feeds, MoreThanMayBeAskedAtOnceWaitForTheirTurn) {
  auto changed = options();
  changed.challenge.at_once = 1;
  Server server(changed, {record("PRINTER", {.addresses = {bob}}),
                          record("SCANNER", {.version = 8, .addresses = {bob}})});
  feed(server, printer(alice));
  const auto done = feed(server, {.address = carol, .name = "SCANNER", .suffixes = {0x00}});
  EXPECT_EQ(done.outcome, FeedOutcome::pending);
  EXPECT_EQ(server.engine.statistics().challenges_pending, 1U);
  server.run_for(seconds(15));
  EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{alice});
  EXPECT_EQ(addresses(server.at("SCANNER")), std::vector{carol});
}

// Decision 18
TEST(Feeds, AClosedServerFeedsWhenItOpens) {
  Server server;
  server.engine.set_closed(true);
  EXPECT_EQ(feed(server, printer()).outcome, FeedOutcome::pending);
  server.run_for(seconds(5));
  EXPECT_FALSE(server.knows("PRINTER"));
  server.engine.set_closed(false);
  server.run_for(seconds(1));
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
  EXPECT_TRUE(server.at("PRINTER").fed);
}

TEST(Feeds, OfSeveralSuffixesTheMostCounts) {
  Server server(options(), {record("PRINTER", {.is_static = true})});
  auto both = printer();
  both.suffixes = {0x00, 0x20};
  EXPECT_EQ(feed(server, both).outcome, FeedOutcome::registered);
  EXPECT_TRUE(server.at("PRINTER<20>").fed);
  EXPECT_FALSE(server.at("PRINTER").fed);
}

TEST(Feeds, OneOfSeveralSuffixesThatIsPendingMakesTheLeasePending) {
  Server server(options(), {record("PRINTER", {.addresses = {bob}})});
  auto both = printer();
  both.suffixes = {0x00, 0x20};
  const auto done = feed(server, both);
  EXPECT_EQ(done.outcome, FeedOutcome::pending);
  EXPECT_TRUE(server.at("PRINTER<20>").fed);
  answer(server, question(done.actions), bob, {bob});
  EXPECT_EQ(server.engine.take_feeds_resolved(), resolved(alice, FeedOutcome::registered));
}

// B3
TEST(FedNames, AClientThatRegistersItsOwnNameHasItFromThenOn) {
  for (const auto& how : {How{}, multihomed, refresh}) {
    Server server(options(), {fed("PRINTER", alice, never)});
    EXPECT_EQ(server.ask("PRINTER", alice, how), nbns::Rcode::ok);
    const auto stored = server.at("PRINTER");
    EXPECT_FALSE(stored.fed);
    EXPECT_EQ(stored.due, start + options().intervals.renewal);
    EXPECT_EQ(stored.members.front().due, stored.due);
    EXPECT_EQ(stored.version, 7U);
    feed(server, withdrawal(printer()));
    EXPECT_EQ(server.at("PRINTER").state, State::active);
  }
}

TEST(FedNames, ABurstTakesNothingBackThatTheLeasePromised) {
  Server server(options(), {fed("PRINTER")});
  server.step({request("PRINTER", alice)}, options().burst.threshold + 1);
  EXPECT_FALSE(server.at("PRINTER").fed);
  EXPECT_EQ(server.at("PRINTER").due, lease_ends);
}

TEST(FedNames, AClientMayMakeAGroupOfItsOwnName) {
  Server server(options(), {fed("PRINTER")});
  EXPECT_EQ(server.ask("PRINTER", bob, group), nbns::Rcode::act_err);
  EXPECT_EQ(server.ask("PRINTER", alice, group), nbns::Rcode::ok);
  EXPECT_EQ(server.at("PRINTER").type, RecordType::normal_group);
  EXPECT_FALSE(server.at("PRINTER").fed);
}

// Decision 7
TEST(FedNames, ARegistrationByAnotherHostIsRefusedWithoutAChallenge) {
  Server server(options(), {fed("PRINTER")});
  for (const auto& how : {How{}, multihomed, group}) {
    const auto actions = server.step({request("PRINTER", bob, how)});
    EXPECT_EQ(rcode(actions), nbns::Rcode::act_err);
    EXPECT_EQ(actions.sends.size(), 1U);
  }
  EXPECT_EQ(server.at("PRINTER"), fed("PRINTER"));
}

TEST(FedNames, TheDefenceCanBeSwitchedOff) {
  auto changed = options();
  changed.defend_fed_names = false;
  Server server(changed, {fed("PRINTER")});
  server.step({request("PRINTER", bob)});
  EXPECT_EQ(server.engine.statistics().challenges, 1U);
  server.run_for(seconds(10));
  EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{bob});
  EXPECT_FALSE(server.at("PRINTER").fed);
}

TEST(FedNames, ALeaseThatIsRenewedDuringAChallengeKeepsItsName) {
  auto changed = options();
  changed.defend_fed_names = false;
  Server server(changed, {fed("PRINTER")});
  server.step({request("PRINTER", bob)});
  changed.defend_fed_names = true;
  (void)server.engine.configure(changed);
  server.run_for(seconds(10));
  EXPECT_EQ(addresses(server.at("PRINTER")), std::vector{alice});
}

// Decision 7, C9
TEST(FedNames, AReplicasChallengeIsAnsweredByUs) {
  Server server(options(), {fed("PRINTER")});
  server.engine.begin(server.now);
  EXPECT_TRUE(server.engine.challenge_for_replica(server.at("PRINTER")));
  const auto actions = server.engine.finish();
  server.engine.committed();
  EXPECT_TRUE(actions.sends.empty());
  EXPECT_EQ(actions.wake_at, server.now);
  const auto defences = server.engine.take_defences();
  ASSERT_EQ(defences.size(), 1U);
  EXPECT_EQ(defences[0].claimed, std::vector{alice});
}

TEST(FedNames, AReplicaIsNeverFed) {
  Server server;
  auto replica = fed("PRINTER");
  replica.owner = partner;
  server.engine.begin(server.now);
  server.engine.put(replica);
  (void)server.engine.finish();
  server.engine.committed();
  EXPECT_FALSE(server.at("PRINTER").fed);
}

TEST(FedNames, AServerThatGetsAnotherAddressFeedsAnew) {
  auto old = fed("PRINTER");
  old.owner = partner;
  Server server(options(), {old});
  EXPECT_FALSE(server.at("PRINTER").fed);
}

// B5
TEST(FedNames, AClientMayReleaseItsName) {
  Server server(options(), {fed("PRINTER")});
  EXPECT_EQ(server.release("PRINTER", alice), nbns::Rcode::ok);
  EXPECT_EQ(server.at("PRINTER").state, State::released);
  EXPECT_FALSE(server.at("PRINTER").fed);
}

// D6
TEST(FedNames, AdministratorsDoWithThemWhatTheyLike) {
  Server server(options(), {fed("PRINTER"), fed("PLOTTER"), fed("SCANNER")});
  EXPECT_EQ(server.command(DeleteRecord{name("PRINTER")}).deleted, 1U);
  EXPECT_EQ(server.command(TombstoneRecord{name("PLOTTER")}).tombstoned, 1U);
  EXPECT_FALSE(server.at("PLOTTER").fed);
  AddRecords add;
  add.records.push_back(exact(MappingType::unique, name("SCANNER"), {bob}));
  EXPECT_EQ(server.command(add).changed, 1U);
  EXPECT_FALSE(server.at("SCANNER").fed);
  EXPECT_EQ(server.engine.statistics().fed_records, 0U);
}

TEST(FedNames, UndoneIsAsIfNothingHadBeenFed) {
  const auto stored = record("SCANNER", {.addresses = {bob}});
  Server server(options(), {stored});
  server.engine.begin(server.now);
  EXPECT_EQ(server.engine.feed(printer()), FeedOutcome::registered);
  EXPECT_EQ(server.engine.feed({.address = carol, .name = "SCANNER", .suffixes = {0x00}}),
            FeedOutcome::pending);
  (void)server.engine.finish();
  server.engine.undo();
  EXPECT_FALSE(server.knows("PRINTER"));
  EXPECT_EQ(server.engine.version(), 100U);
  server.run_for(seconds(10));
  EXPECT_TRUE(server.engine.take_feeds_resolved().empty());
  EXPECT_EQ(server.at("SCANNER"), stored);
}

}  // namespace
}  // namespace winsome::names
