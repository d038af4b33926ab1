#include "server/names/policy.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using nbns::Rcode;

std::vector<Ipv4Prefix> networks(const char* text) {
  return {parse_prefix(text).value()};
}

// B3, step 1
TEST(PolicyTest, UniqueNamesOfASegmentsBrowserAreGrantedAndNotStored) {
  Server server;
  EXPECT_EQ(server.ask("CORP<1D>", alice), Rcode::ok);
  EXPECT_EQ(server.ask("CORP<1D>", bob), Rcode::ok);
  EXPECT_FALSE(server.knows("CORP<1D>"));
  EXPECT_EQ(server.engine.version(), 100U);
}

TEST(PolicyTest, AGroupWithSuffix1dIsStored) {
  Server server;
  EXPECT_EQ(server.ask("CORP<1D>", alice, group), Rcode::ok);
  EXPECT_EQ(server.at("CORP<1D>").type, RecordType::normal_group);
}

// B3, step 1
TEST(PolicyTest, SuffixesThatDoNotFitTheGroupBitAreRefused) {
  Server server;
  EXPECT_EQ(server.ask("CORP<1B>", alice, group), Rcode::rfs_err);
  EXPECT_EQ(server.ask("CORP<1C>", alice), Rcode::rfs_err);
  EXPECT_EQ(server.ask("CORP<1C>", alice, multihomed), Rcode::rfs_err);
  EXPECT_EQ(server.ask("CORP<1E>", alice), Rcode::rfs_err);
  EXPECT_EQ(server.engine.statistics().records, 0U);
  EXPECT_EQ(server.engine.statistics().policy_refusals, 4U);
}

// B3, step 1: the rules come before any look-up
TEST(PolicyTest, TheRulesHoldForNamesThatExist) {
  Server server(options(), {record("CORP<1C>", {.type = RecordType::special_group})});
  EXPECT_EQ(server.ask("CORP<1C>", alice), Rcode::rfs_err);
}

// B15: 237 characters are legal, 238 are not
TEST(PolicyTest, AScopeOfMoreThan237CharactersIsAServerError) {
  const auto scope_of = [](std::size_t length) {
    std::string scope(length, 'x');
    for (std::size_t dot = 63; dot < length; dot += 64) scope[dot] = '.';
    return nbns::ScopedName(nbns::make_name("PC", 0x72), nbns::Scope(scope));
  };
  Server server;
  EXPECT_EQ(rcode(server.step({request(scope_of(237), alice)})), Rcode::ok);
  EXPECT_EQ(rcode(server.step({request(scope_of(238), alice)})), Rcode::srv_err);
  EXPECT_EQ(rcode(server.step({request(scope_of(238), alice, {.opcode = nbns::Opcode::release})})),
            Rcode::ok);
  EXPECT_EQ(server.engine.statistics().records, 1U);
}

// E, CVE-2009-0093
TEST(PolicyTest, BlockedNamesAreRefusedWithEverySuffixAndScope) {
  Server server;
  for (const auto* blocked : {"WPAD<00>", "WPAD<20>", "ISATAP<03>", "WPAD<00>.scope"}) {
    EXPECT_EQ(server.ask(blocked, alice), Rcode::rfs_err) << blocked;
    EXPECT_EQ(server.ask(blocked, alice, refresh), Rcode::rfs_err) << blocked;
    EXPECT_EQ(server.ask(blocked, alice, group), Rcode::rfs_err) << blocked;
  }
  EXPECT_EQ(server.ask("WPAD2<00>", alice), Rcode::ok);
  EXPECT_EQ(server.ask("XWPAD<00>", alice), Rcode::ok);
}

TEST(PolicyTest, NothingIsBlockedWhereTheListIsEmpty) {
  auto open = options();
  open.access.blocked_names.clear();
  Server server(open);
  EXPECT_EQ(server.ask("WPAD", alice), Rcode::ok);
}

// A8: no host registers a name that begins with an asterisk
TEST(PolicyTest, NamesThatBeginWithAnAsteriskAreRefused) {
  Server server;
  EXPECT_EQ(server.ask("*", alice), Rcode::rfs_err);
  EXPECT_EQ(server.ask("*X<1B>", alice), Rcode::rfs_err);
}

// B15: every other octet is legal, and so is the empty name
TEST(PolicyTest, ControlOctetsDotsHighOctetsAndBlanksAreLegal) {
  Server server;
  for (const auto* odd : {R"(_T\x01-1.FOO<72>.foo.example.com)", "<72>", ".<72>",
                          R"(\xff\x80\xc0<72>)", R"(HAS SPACES<00>)", R"(|LOOK|<00>)"}) {
    EXPECT_EQ(server.ask(odd, alice), Rcode::ok) << odd;
    EXPECT_TRUE(server.knows(odd)) << odd;
  }
}

// Decision 5
TEST(PolicyTest, TheServersOwnNamesAreTaken) {
  Server server;
  EXPECT_EQ(server.ask("WINSOME<00>", alice), Rcode::act_err);
  EXPECT_EQ(server.ask("WINSOME<20>", alice, refresh), Rcode::act_err);
  EXPECT_EQ(server.ask("WINSOME<00>", alice, group), Rcode::act_err);
  EXPECT_EQ(server.ask("WINSOME<03>", alice), Rcode::ok);
  EXPECT_EQ(server.ask("WINSOME<00>.scope", alice), Rcode::ok);
}

// E, CVE-1999-1593
TEST(PolicyTest, DomainNamesMayBeReservedForNetworks) {
  auto closed = options();
  closed.access.register_1b_from = networks("10.0.0.1/32");
  closed.access.register_1c_from = networks("10.0.0.2/32");
  closed.access.register_1d_from = networks("10.0.0.3/32");
  Server server(closed);
  const auto codes = [&](const char* text, How how) {
    return std::array{server.ask(text, alice, how), server.ask(text, bob, how),
                      server.ask(text, carol, how)};
  };
  using Codes = std::array<std::optional<Rcode>, 3>;
  const auto ok = Rcode::ok;
  const auto no = Rcode::rfs_err;
  EXPECT_EQ(codes("A<1B>", {}), (Codes{ok, no, no}));
  EXPECT_EQ(codes("A<1C>", group), (Codes{no, ok, no}));
  EXPECT_EQ(codes("A<1D>", {}), (Codes{no, no, ok}));
  EXPECT_EQ(codes("B<1D>", group), (Codes{no, no, ok}));
}

TEST(PolicyTest, WhoAsksCountsNotWhatTheyRegister) {
  auto closed = options();
  closed.access.register_1b_from = networks("10.0.0.1/32");
  Server server(closed);
  EXPECT_EQ(server.ask("A<1B>", alice, {.source = bob}), Rcode::rfs_err);
}

// Decision 2
TEST(PolicyTest, RequestsFromOutsideAreMetWithSilence) {
  auto closed = options();
  closed.access.register_from = networks("10.0.0.1/32");
  Server server(closed, {record("BOB", {.addresses = {bob}})});
  EXPECT_EQ(server.ask("PC", bob), silence);
  EXPECT_EQ(server.ask("BOB", bob, refresh), silence);
  EXPECT_EQ(server.release("BOB", bob), silence);
  EXPECT_EQ(server.at("BOB").state, State::active);
  EXPECT_EQ(server.drops(Drop::source_refused), 3U);
  EXPECT_EQ(server.ask("PC", alice), Rcode::ok);
}

// A5
TEST(PolicyTest, BroadcastsAreNotForANameServer) {
  Server server;
  auto input = request("PC", alice);
  std::get<ClientRequest>(input).request.broadcast = true;
  EXPECT_EQ(rcode(server.step({input})), silence);
  EXPECT_FALSE(server.knows("PC"));
  EXPECT_EQ(server.drops(Drop::broadcast), 1U);
}

// E: addresses that no host can have
TEST(PolicyTest, AddressesThatNoHostHasAreIgnored) {
  Server server;
  for (const auto bad : {Ipv4(0, 0, 0, 0), Ipv4(224, 0, 0, 1), Ipv4(255, 255, 255, 255)}) {
    EXPECT_EQ(server.ask("PC", bad, {.source = alice}), silence) << to_text(bad);
    EXPECT_EQ(server.ask("CORP<1C>", bad, {.group = true, .source = alice}), silence);
  }
  EXPECT_EQ(server.engine.statistics().records, 0U);
  EXPECT_EQ(server.drops(Drop::bad_address), 6U);
}

// B15: loopback has to be accepted
TEST(PolicyTest, LoopbackAddressesAreAccepted) {
  Server server;
  EXPECT_EQ(server.ask("PC", Ipv4(127, 64, 64, 1), {.source = alice}), Rcode::ok);
}

// Decision 10
TEST(PolicyTest, AnotherAddressThanTheSourceIsAllowedUnlessConfigured) {
  Server server;
  EXPECT_EQ(server.ask("PC", bob, {.source = alice}), Rcode::ok);
  auto strict_options = options();
  strict_options.access.register_other_addresses = false;
  Server strict(strict_options);
  EXPECT_EQ(strict.ask("PC", bob, {.source = alice}), Rcode::rfs_err);
  EXPECT_EQ(strict.ask("PC", alice), Rcode::ok);
}

// E: more than N names per source
TEST(PolicyTest, AnAddressHasAtMostSoManyNames) {
  auto limited = options();
  limited.access.names_per_address = 2;
  Server server(limited,
                {record("CORP<1C>", {.type = RecordType::special_group, .addresses = {carol}})});
  EXPECT_EQ(server.ask("ONE", alice), Rcode::ok);
  EXPECT_EQ(server.ask("TWO", alice), Rcode::ok);
  EXPECT_EQ(server.ask("THREE", alice), silence);
  EXPECT_EQ(server.ask("CORP<1C>", alice, group), silence);
  EXPECT_EQ(server.drops(Drop::names_limit), 2U);
  EXPECT_EQ(server.ask("ONE", alice, refresh), Rcode::ok);
  EXPECT_EQ(server.ask("THREE", bob), Rcode::ok);
}

TEST(PolicyTest, AReleasedNameMayComeBackWithinTheLimit) {
  auto limited = options();
  limited.access.names_per_address = 1;
  Server server(limited);
  EXPECT_EQ(server.ask("ONE", alice), Rcode::ok);
  EXPECT_EQ(server.release("ONE", alice), Rcode::ok);
  EXPECT_EQ(server.ask("ONE", alice), Rcode::ok);
}

// Decision 20
TEST(PolicyTest, ReleasedStaticAndReplicatedNamesCountTowardsTheLimit) {
  auto limited = options();
  limited.access.names_per_address = 3;
  Server server(limited,
                {record("STATIC", {.is_static = true}), record("AWAY", {.owner = partner})});
  EXPECT_EQ(server.ask("ONE", alice), Rcode::ok);
  EXPECT_EQ(server.release("ONE", alice), Rcode::ok);
  EXPECT_EQ(server.ask("TWO", alice), silence);
  EXPECT_EQ(server.drops(Drop::names_limit), 1U);
}

TEST(PolicyTest, NobodyIsChallengedForAHostThatHasTooManyNames) {
  auto limited = options();
  limited.access.names_per_address = 1;
  Server server(limited, {record("PC"), record("BOB", {.addresses = {bob}})});
  const auto actions = server.step({request("PC", bob)});
  EXPECT_TRUE(actions.sends.empty());
  EXPECT_EQ(server.drops(Drop::names_limit), 1U);
}

TEST(PolicyTest, ANewConfigurationHoldsForWhatComes) {
  Server server;
  auto closed = options();
  closed.access.blocked_names = {"SECRET"};
  EXPECT_TRUE(server.engine.configure(closed));
  EXPECT_EQ(server.ask("SECRET", alice), Rcode::rfs_err);
  EXPECT_EQ(server.ask("WPAD", alice), Rcode::ok);
  EXPECT_FALSE(server.engine.configure(closed));
}

}  // namespace
}  // namespace winsome::names
