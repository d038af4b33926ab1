#include "server/names/claim.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/names/policy.h"
#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using enum RecordType;
using Types = std::vector<RecordType>;

const Types every_type = {unique, normal_group, special_group, multihomed};

enum class Is : std::uint8_t { live, down, fixed };  // active; released or tombstone; static

enum class From : std::uint8_t { any, same, other };  // the address that is registered

/// One line of fact base B3, step 2: what is stored, what is asked, and what comes of it, for a
/// record of ours and for a replica.
struct Row {
  Types stored;
  Is state;
  Types asked;
  From from;
  std::string_view ours;
  std::string_view replica;
};

const std::vector<Row> rows = {
    {{unique, multihomed}, Is::fixed, every_type, From::any, "ACT_ERR", "ACT_ERR"},
    {{normal_group, special_group}, Is::fixed, every_type, From::any, "unchanged", "unchanged"},
    {{normal_group}, Is::live, {normal_group}, From::any, "time", "time ours version"},
    {{normal_group},
     Is::live,
     {unique, multihomed, special_group},
     From::any,
     "ACT_ERR",
     "ACT_ERR"},
    {{normal_group},
     Is::down,
     {unique, multihomed, special_group},
     From::any,
     "ACT_ERR",
     "ACT_ERR"},
    {{normal_group}, Is::down, {normal_group}, From::any, "new", "new"},
    {{unique, multihomed, special_group}, Is::down, every_type, From::any, "new", "new"},
    {{unique, multihomed}, Is::live, {normal_group}, From::any, "WACK", "WACK"},
    {{unique, multihomed},
     Is::live,
     {unique, multihomed, special_group},
     From::same,
     "time",
     "time ours version"},
    {{unique, multihomed},
     Is::live,
     {unique, multihomed, special_group},
     From::other,
     "WACK",
     "WACK"},
    {{special_group},
     Is::live,
     {unique, normal_group, multihomed},
     From::any,
     "ACT_ERR",
     "ACT_ERR"},
    {{special_group}, Is::live, {special_group}, From::same, "time", "time ours version"},
    {{special_group}, Is::live, {special_group}, From::other, "member", "member"},
};

bool contains(const Types& types, RecordType type) {
  return std::ranges::find(types, type) != types.end();
}

struct Case {
  RecordType stored;
  State state;
  bool is_static;
  bool ours;
  RecordType asked;
  bool same;
};

/// The line that speaks of `c`; there must be exactly one.
std::string_view expected(const Case& c) {
  const auto is = c.is_static ? Is::fixed : c.state == State::active ? Is::live : Is::down;
  std::vector<const Row*> found;
  for (const auto& row : rows) {
    const bool from = row.from == From::any || (row.from == From::same) == c.same;
    if (contains(row.stored, c.stored) && row.state == is && contains(row.asked, c.asked) && from)
      found.push_back(&row);
  }
  EXPECT_EQ(found.size(), 1U);
  if (found.empty()) return "no row";
  return c.ours ? found.front()->ours : found.front()->replica;
}

/// What a registration came to, in the words of the table.
std::string outcome(const Actions& actions, const Record& before, const Record& after) {
  if (!sent<nbns::Wack>(actions).empty()) return after == before ? "WACK" : "WACK, but changed";
  const auto code = rcode(actions);
  if (!code) return "silence";
  if (*code != nbns::Rcode::ok) return std::string(nbns::to_text(*code));
  if (after == before) return "unchanged";
  const bool anew = after.owner == us && after.version == 101;
  if (after.members.size() > before.members.size()) return anew ? "member" : "member, old version";
  if (after.type != before.type || after.state != before.state)
    return anew ? "new" : "new, old version";
  if (after.due == before.due) return "not extended";
  if (addresses(after) != addresses(before)) return "other addresses";
  if (after.version == before.version && after.owner == before.owner) return "time";
  return anew ? "time ours version" : "time, strange owner";
}

How how_to_ask(RecordType type) {
  switch (type) {
    case unique: return {};
    case multihomed: return names::multihomed;
    case normal_group:
    case special_group: return group;
  }
  return {};
}

std::string run(const Case& c) {
  // A special group is asked for with suffix 1C, and 1C is nothing else.
  const auto* const text = c.asked == special_group ? "CORP<1C>" : "CORP<00>";
  const auto before = record(text, {.type = c.stored,
                                    .state = c.state,
                                    .is_static = c.is_static,
                                    .owner = c.ours ? us : partner});
  Server server(options(), {before});
  const auto actions = server.step({request(text, c.same ? alice : bob, how_to_ask(c.asked))});
  return outcome(actions, before, server.at(text));
}

// B3, step 2
TEST(Claim, FollowsTheDecisionTable) {
  for (const auto stored : every_type) {
    for (const auto state : {State::active, State::released, State::tombstone}) {
      for (const bool is_static : {false, true}) {
        if (is_static && state != State::active) continue;
        for (const bool ours : {true, false}) {
          for (const auto asked : every_type) {
            for (const bool same : {true, false}) {
              const Case c{stored, state, is_static, ours, asked, same};
              EXPECT_EQ(run(c), expected(c))
                  << to_text(stored) << ' ' << to_text(state) << (is_static ? " static" : "")
                  << (ours ? " ours" : " replica") << ", asked " << to_text(asked) << " from the "
                  << (same ? "same" : "other") << " address";
            }
          }
        }
      }
    }
  }
}

// B3: what a new name becomes, B2: how the type is chosen
TEST(Claim, NewNamesBecomeTheTypeThatIsAsked) {
  const auto stored_as = [](std::string_view text, How how) {
    Server server;
    EXPECT_EQ(server.ask(text, alice, how), nbns::Rcode::ok);
    EXPECT_EQ(server.at(text).version, 101U);
    EXPECT_EQ(server.at(text).owner, us);
    EXPECT_EQ(addresses(server.at(text)), std::vector{alice});
    return server.at(text).type;
  };
  EXPECT_EQ(stored_as("PC<00>", {}), unique);
  EXPECT_EQ(stored_as("PC<00>", names::multihomed), multihomed);
  EXPECT_EQ(stored_as("WORK<00>", group), normal_group);
  EXPECT_EQ(stored_as("CORP<1C>", group), special_group);
  EXPECT_EQ(stored_as("PC<1B>", {}), unique);
  // Microsoft's clients may register a group by opcode 15 (MS-NBTE)
  EXPECT_EQ(stored_as("WORK<1E>", {.opcode = nbns::Opcode::multihomed_registration, .group = true}),
            normal_group);
  EXPECT_EQ(stored_as("CORP<1C>", {.opcode = nbns::Opcode::multihomed_registration, .group = true}),
            special_group);
}

// B3: a refresh of an unknown name acts as registration
TEST(Claim, RefreshOfAnUnknownNameRegistersIt) {
  for (const auto opcode : {nbns::Opcode::refresh, nbns::Opcode::refresh_alternate}) {
    Server server;
    EXPECT_EQ(server.ask("PC", alice, {.opcode = opcode}), nbns::Rcode::ok);
    EXPECT_EQ(server.at("PC").version, 101U);
  }
}

// A4: the answer echoes the request, carries the time to live granted, and is opcode 5 also for
// refreshes and multihomed registrations
TEST(Claim, TheAnswerEchoesTheRequestAndGrantsTheRenewalInterval) {
  for (const auto opcode :
       {nbns::Opcode::registration, nbns::Opcode::refresh, nbns::Opcode::refresh_alternate,
        nbns::Opcode::multihomed_registration}) {
    Server server;
    const auto actions = server.step({request("PC", alice, {.opcode = opcode, .port = 4711})});
    ASSERT_EQ(actions.sends.size(), 1U);
    EXPECT_EQ(actions.sends[0].path, (Path{.remote = {alice, 4711}, .local = us, .socket = 3}));
    const auto answer = sent<nbns::NameResponse>(actions).at(0);
    EXPECT_EQ(answer.id, 0x1234);
    EXPECT_EQ(answer.opcode, nbns::Opcode::registration);
    EXPECT_TRUE(answer.recursion_available);
    EXPECT_EQ(answer.name, name("PC"));
    EXPECT_EQ(answer.ttl, 518'400U);  // decision 3, whatever was asked
    EXPECT_EQ(answer.entry, (nbns::NbEntry{false, nbns::NodeType::h, alice}));
  }
}

TEST(Claim, TheRecordLivesAsLongAsTheAnswerSays) {
  Server server;
  EXPECT_EQ(server.ask("PC", alice), nbns::Rcode::ok);
  EXPECT_EQ(server.at("PC").due, start + std::chrono::days(6));
}

// A refresh that changes only time may be made durable by a few octets (decision 8)
TEST(Claim, ARefreshOfOurOwnRecordIsATouch) {
  Server server(options(), {record("PC")});
  const auto actions = server.step({request("PC", alice, refresh)});
  ASSERT_EQ(actions.changes.size(), 1U);
  const auto* touch = std::get_if<TouchRecord>(&actions.changes[0]);
  ASSERT_NE(touch, nullptr);
  EXPECT_EQ(touch->due, start + std::chrono::days(6));
  EXPECT_EQ(actions.version, 100U);
}

// B3: other opcode, same registrant: a multihomed record stays what it is
TEST(Claim, OneAddressOfAMultihomedRecordIsRefreshedAlone) {
  Server server(options(), {record("PC", {.type = multihomed, .addresses = {alice, bob}})});
  EXPECT_EQ(server.ask("PC", bob, refresh), nbns::Rcode::ok);
  const auto after = server.at("PC");
  EXPECT_EQ(after.type, multihomed);
  EXPECT_EQ(addresses(after), (std::vector{bob, alice}));  // the newest first: B6
  EXPECT_EQ(after.members[0].due, start + std::chrono::days(6));
  EXPECT_EQ(after.members[1].due, start + std::chrono::days(2));
  EXPECT_EQ(after.due, start + std::chrono::days(6));
}

// A3, B15: names are compared octet by octet
TEST(Claim, CaseAndScopeMakeAnotherName) {
  Server server(options(), {record("PC")});
  for (const auto* other : {"pc", "PC<20>", "PC<00>.scope", "PC<00>.SCOPE"}) {
    EXPECT_EQ(server.ask(other, bob), nbns::Rcode::ok) << other;
  }
  EXPECT_EQ(server.engine.statistics().records, 5U);
}

// B2: a special group has at most 25 members; Q167365: the oldest replica's member goes first, then
// the oldest
TEST(Claim, TheTwentySixthMemberEvictsTheOldestReplica) {
  auto full = record("CORP<1C>", {.type = special_group, .addresses = {}});
  for (std::uint8_t i = 0; i < 25; ++i) {
    const auto owner = i == 3 || i == 7 ? partner : us;
    full.members.push_back({Ipv4(10, 1, 0, i), owner, start + std::chrono::hours(24 + i)});
  }
  const std::uint64_t first_version = 101;
  Server server(options(), {full});
  const auto join = [&](std::uint8_t host) {
    EXPECT_EQ(server.ask("CORP<1C>", Ipv4(10, 2, 0, host), group), nbns::Rcode::ok);
    EXPECT_EQ(server.at("CORP<1C>").members.size(), 25U);
    EXPECT_EQ(server.at("CORP<1C>").version, first_version + host);
  };
  const auto has = [&](std::uint8_t host) {
    return holds(server.at("CORP<1C>"), Ipv4(10, 1, 0, host));
  };
  join(0);
  EXPECT_FALSE(has(3));
  EXPECT_TRUE(has(0));
  join(1);
  EXPECT_FALSE(has(7));
  EXPECT_TRUE(has(0));
  join(2);
  EXPECT_FALSE(has(0));
  EXPECT_TRUE(has(1));
}

// B12, burst, must never shorten what was promised: the answer may be lost
TEST(Claim, ARefreshNeverShortensALife) {
  auto with_burst = options();
  with_burst.burst.threshold = 1;
  Server server(with_burst, {record("PC"), record("CORP<1C>", {.type = special_group})});
  const auto before = server.at("PC").due;
  const auto actions =
      server.step({request("PC", alice, refresh), request("CORP<1C>", alice, group_refresh)}, 5);
  EXPECT_EQ(sent<nbns::NameResponse>(actions).at(0).ttl, 300U);
  EXPECT_EQ(server.at("PC").due, before);
  EXPECT_EQ(server.at("CORP<1C>").members[0].due, before);
}

// A normal group's members differ in node type: it is not what the group is
TEST(Claim, TheNodeTypeOfAnotherMemberDoesNotChangeAGroup) {
  Server server(options(), {record("WORK", {.type = normal_group})});
  EXPECT_EQ(server.ask("WORK", bob, {.group = true, .node = nbns::NodeType::b}), nbns::Rcode::ok);
  EXPECT_EQ(server.at("WORK").version, 7U);
}

TEST(Claim, AnotherNodeTypeOfTheSameHostIsANewVersion) {
  Server server(options(), {record("PC")});
  EXPECT_EQ(server.ask("PC", alice, {.node = nbns::NodeType::b}), nbns::Rcode::ok);
  EXPECT_EQ(server.at("PC").node, nbns::NodeType::b);
  EXPECT_EQ(server.at("PC").version, 101U);
}

}  // namespace
}  // namespace winsome::names
