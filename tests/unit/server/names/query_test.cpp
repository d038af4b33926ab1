#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/server/names/answers.h"

namespace winsome::names {
namespace {

using enum RecordType;
using Addresses = std::vector<Ipv4>;

constexpr Ipv4 everybody{255, 255, 255, 255};

// B6
TEST(Query, AUniqueNameHasItsAddressAndNodeType) {
  for (const auto node :
       {nbns::NodeType::b, nbns::NodeType::p, nbns::NodeType::m, nbns::NodeType::h}) {
    Answers answers(options(), {record("PC", {.node = node})});
    const auto answer = answers.query(name("PC"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->id, 0x1235);
    EXPECT_EQ(answer->name, name("PC"));
    EXPECT_EQ(answer->entries, (std::vector<nbns::NbEntry>{{false, node, alice}}));
  }
}

TEST(Query, AMultihomedNameHasAllItsAddresses) {
  Answers answers(options(), {record("PC", {.type = multihomed, .addresses = {alice, bob}})});
  EXPECT_EQ(answers.query(name("PC"))->entries,
            (std::vector<nbns::NbEntry>{{false, nbns::NodeType::h, alice},
                                        {false, nbns::NodeType::h, bob}}));
}

// B6: a normal group answers in any state
TEST(Query, AGroupIsEverybodyInAnyState) {
  for (const auto state : {State::active, State::released, State::tombstone}) {
    Answers answers(options(), {record("WORK", {.type = normal_group, .state = state})});
    EXPECT_EQ(answers.query(name("WORK"))->entries,
              (std::vector<nbns::NbEntry>{{true, nbns::NodeType::b, everybody}}));
  }
}

TEST(Query, AGroupWithoutAddressesIsEverybodyToo) {
  Answers answers(options(), {record("WORK", {.type = normal_group, .addresses = {}})});
  EXPECT_EQ(answers.find("WORK"), Addresses{everybody});
}

TEST(Query, OtherNamesAnswerOnlyWhileActive) {
  for (const auto type : {unique, multihomed, special_group}) {
    for (const auto state : {State::released, State::tombstone}) {
      Answers answers(options(), {record("PC", {.type = type, .state = state})});
      EXPECT_EQ(answers.find("PC"), Addresses{});
    }
  }
}

TEST(Query, ReplicasAnswerLikeOurs) {
  Answers answers(options(), {record("PC", {.owner = partner})});
  EXPECT_EQ(answers.find("PC"), Addresses{alice});
}

// B6: never
TEST(Query, ASegmentsBrowserIsNeverFound) {
  Answers answers(options(), {record("CORP<1D>", {.type = normal_group})});
  EXPECT_EQ(answers.find("CORP<1D>"), Addresses{});
}

// A3, B15
TEST(Query, NamesAndScopesAreComparedOctetByOctet) {
  Answers answers(options(), {record("PC<00>.scope")});
  EXPECT_EQ(answers.find("PC<00>.scope"), Addresses{alice});
  for (const auto* other : {"pc<00>.scope", "PC<00>.SCOPE", "PC<00>", "PC<20>.scope", "PC<00>.s"})
    EXPECT_EQ(answers.find(other), Addresses{}) << other;
}

TEST(Query, TheLongestScopeIsAnswered) {
  std::string scope(237, 'x');
  for (std::size_t dot = 63; dot < scope.size(); dot += 64) scope[dot] = '.';
  const nbns::ScopedName far(nbns::make_name("CORP", 0x1c), nbns::Scope(scope));
  auto full = record("CORP<1C>", {.type = special_group, .addresses = {}});
  full.name = far;
  for (std::uint8_t i = 0; i < 25; ++i)
    full.members.push_back({Ipv4(10, 1, 0, i), us, start + seconds(9)});
  Answers answers(options(), {full});
  EXPECT_EQ(answers.find(far).size(), 25U);
}

// Decision 3: what is left of the life granted
TEST(Query, TheTimeToLiveIsWhatIsLeft) {
  Answers answers;
  answers.step({request("PC", alice)});
  EXPECT_EQ(answers.query(name("PC"))->ttl, 518'400U);
  answers.server.now += seconds(400);
  EXPECT_EQ(answers.query(name("PC"))->ttl, 518'000U);
  answers.server.now += std::chrono::days(7);
  EXPECT_EQ(answers.query(name("PC"))->ttl, 1U);  // 0 would be for ever
}

TEST(Query, AStaticNameAlwaysHasTheRenewalInterval) {
  Answers answers(options(), {record("PC", {.is_static = true, .due = start})});
  answers.server.now += std::chrono::days(100);
  EXPECT_EQ(answers.query(name("PC"))->ttl, 518'400U);
}

// B6, special groups: members with G on each, ours first, the newest first
TEST(Query, ADomainListsItsMembersTheNewestFirst) {
  Answers answers;
  for (const auto host : {alice, bob, carol}) {
    answers.step({request("CORP<1C>", host, group)});
    answers.server.now += seconds(1);
  }
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{carol, bob, alice}));
  const auto answer = answers.query(name("CORP<1C>"));
  for (const auto& entry : answer->entries) EXPECT_TRUE(entry.group);
  answers.step({request("CORP<1C>", alice, group_refresh)});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{alice, carol, bob}));
}

TEST(Query, ADomainListsReplicasMembersLast) {
  auto domain = record("CORP<1C>", {.type = special_group, .addresses = {}});
  domain.members = {{alice, partner, start + std::chrono::days(20)}};
  Answers answers(options(), {domain});
  answers.step({request("CORP<1C>", bob, group)});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{bob, alice}));
}

// B6: the domain master browser comes first, once
TEST(Query, TheDomainMasterBrowserComesFirst) {
  const auto domain = record("CORP<1C>", {.type = special_group, .addresses = {alice, bob}});
  Answers answers(options(), {domain, record("CORP<1B>", {.addresses = {bob}})});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{bob, alice}));
}

TEST(Query, ADomainMasterThatIsNoMemberComesFirstToo) {
  const auto domain = record("CORP<1C>", {.type = special_group, .addresses = {alice}});
  Answers answers(options(), {domain, record("CORP<1B>", {.addresses = {carol}})});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{carol, alice}));
}

TEST(Query, TheDomainMasterIsLeftOutWhereConfigured) {
  auto plain = options();
  plain.prepend_1b = false;
  const auto domain = record("CORP<1C>", {.type = special_group, .addresses = {alice, bob}});
  Answers answers(plain, {domain, record("CORP<1B>", {.addresses = {bob}})});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{alice, bob}));
}

TEST(Query, TheDomainMasterOfAnotherScopeIsAnothers) {
  const auto domain = record("CORP<1C>", {.type = special_group, .addresses = {alice, bob}});
  Answers answers(options(), {domain, record("CORP<1B>.scope", {.addresses = {bob}})});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{alice, bob}));
}

// Decision 11: a 1C answer depends on the 1B of the same name
TEST(Query, TheDomainFollowsItsMasterBrowser) {
  Answers answers(options(),
                  {record("CORP<1C>", {.type = special_group, .addresses = {alice, bob}})});
  answers.step({request("CORP<1B>", bob)});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{bob, alice}));
  answers.step({request("CORP<1B>", bob, {.opcode = nbns::Opcode::release})});
  EXPECT_EQ(answers.find("CORP<1C>"), (Addresses{alice, bob}));
}

// B6: up to 25, the 1B among them
TEST(Query, ADomainHasTwentyFiveAddressesAtMost) {
  auto full = record("CORP<1C>", {.type = special_group, .addresses = {}});
  for (std::uint8_t i = 0; i < 25; ++i)
    full.members.push_back({Ipv4(10, 1, 0, i), us, start + seconds(9)});
  Answers answers(options(), {full, record("CORP<1B>", {.addresses = {carol}})});
  const auto answer = answers.query(name("CORP<1C>"));
  ASSERT_EQ(answer->entries.size(), 25U);
  EXPECT_EQ(answer->entries.front().address, carol);
  EXPECT_EQ(answer->entries.back().address, Ipv4(10, 1, 0, 23));
  EXPECT_FALSE(answer->truncated);
}

// B6, Randomize1CList: after the pinned 1B
TEST(Query, AShuffledDomainKeepsItsMasterFirst) {
  auto shuffled = options();
  shuffled.randomize_1c = true;
  auto domain = record("CORP<1C>", {.type = special_group, .addresses = {}});
  for (std::uint8_t i = 0; i < 6; ++i)
    domain.members.push_back({Ipv4(10, 1, 0, i), us, start + seconds(9)});
  Answers answers(shuffled, {domain, record("CORP<1B>", {.addresses = {Ipv4(10, 1, 0, 3)}})});
  std::set<Addresses> orders;
  std::set<Ipv4> seconds_seen;
  for (int i = 0; i < 200; ++i) {
    auto found = answers.find("CORP<1C>");
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found[0], Ipv4(10, 1, 0, 3));
    orders.insert(found);
    seconds_seen.insert(found[1]);
    std::ranges::sort(found);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end());
  }
  EXPECT_GT(orders.size(), 50U);
  EXPECT_EQ(seconds_seen.size(), 5U);
}

TEST(Query, OnlyDomainsAreShuffled) {
  auto shuffled = options();
  shuffled.randomize_1c = true;
  Answers answers(shuffled, {record("PC", {.type = multihomed, .addresses = {alice, bob, carol}})});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answers.find("PC"), (Addresses{alice, bob, carol}));
}

// B6: `*`<1B> for domain master browsers, padded with NULs or with blanks
TEST(Query, AnAsteriskFindsAllDomainMasters) {
  const auto nuls = nbns::ScopedName(nbns::wildcard_name().with_suffix(0x1b));
  const auto blanks = nbns::ScopedName(nbns::make_name("*", 0x1b));
  Answers answers(options(), {record("A<1B>"), record("C<1B>", {.state = State::released}),
                              record("D<1B>", {.owner = partner, .addresses = {carol}})});
  EXPECT_EQ(answers.find(nuls), (Addresses{alice, carol}));
  EXPECT_EQ(answers.find(blanks), (Addresses{alice, carol}));
  answers.step({request("B<1B>", bob)});
  EXPECT_EQ(answers.find(nuls), (Addresses{alice, bob, carol}));
  answers.step({request("A<1B>", alice, {.opcode = nbns::Opcode::release})});
  EXPECT_EQ(answers.find(blanks), (Addresses{bob, carol}));
}

TEST(Query, AnAsteriskFindsNothingWithoutDomainMasters) {
  Answers answers(options(), {record("PC")});
  EXPECT_EQ(answers.find(nbns::ScopedName(nbns::make_name("*", 0x1b))), Addresses{});
  answers.step({request("A<1B>", alice)});
  answers.step({CommandRequest{1, DeleteRecord{name("A<1B>")}}});
  EXPECT_EQ(answers.find(nbns::ScopedName(nbns::make_name("*", 0x1b))), Addresses{});
}

// A4: cut at whole entries, with TC, when a datagram is full
TEST(Query, MoreDomainMastersThanFitAreTruncated) {
  Answers answers;
  std::vector<Input> inputs;
  for (std::uint8_t i = 0; i < 100; ++i)
    inputs.push_back(request("D" + std::to_string(i) + "<1B>", Ipv4(10, 1, 0, i)));
  answers.step(std::move(inputs));
  const auto answer = answers.query(nbns::ScopedName(nbns::make_name("*", 0x1b)));
  EXPECT_EQ(answer->entries.size(), 82U);
  EXPECT_TRUE(answer->truncated);
}

// E: blocked names are not found, but what the administrator reserved is
TEST(Query, BlockedNamesAreNotFoundUnlessReserved) {
  Answers answers(options(),
                  {record("WPAD", {.owner = partner}), record("ISATAP", {.is_static = true})});
  EXPECT_EQ(answers.find("WPAD"), Addresses{});
  EXPECT_EQ(answers.find("ISATAP"), Addresses{alice});
}

// Every change is published with it
TEST(Query, TheIndexFollowsARecordThroughItsLife) {
  Answers answers;
  answers.step({request("PC", alice)});
  EXPECT_EQ(answers.find("PC"), Addresses{alice});
  answers.step({request("PC", alice, {.opcode = nbns::Opcode::release})});
  EXPECT_EQ(answers.find("PC"), Addresses{});
  answers.step({request("PC", bob)});
  EXPECT_EQ(answers.find("PC"), Addresses{bob});
  answers.server.now += std::chrono::days(6);
  answers.step();
  EXPECT_EQ(answers.find("PC"), Addresses{});
}

}  // namespace
}  // namespace winsome::names
