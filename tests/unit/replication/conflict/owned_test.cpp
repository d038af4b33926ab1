#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "replication/conflict/special_group.h"
#include "tests/unit/replication/conflict/fixture.h"

// What becomes of a record of ours when a replica of B arrives, in the words in which smbtorture's
// owned test prints what it observed (C7.2, C9, C12). A row's name is: our record's type and state;
// the replica's; SI same address, DI another, SP superset, SB subset, SM same; what the client does
// when it is asked: P answers with what it registered, A with all, PRA with the replica's, O with
// others, N denies; U is not asked, R is told to release.

namespace winsome::conflict {
namespace {

// clang-format off
constexpr auto rows = std::to_array<std::string_view>({
    "_UR_UA_SI<00> => REPLACE",
    "_UR_UA_DI<00> => REPLACE",
    "_UR_UT_SI<00> => REPLACE",
    "_UR_UT_DI<00> => REPLACE",
    "_UR_GA_SI<00> => REPLACE",
    "_UR_GA_DI<00> => REPLACE",
    "_UR_GT_SI<00> => REPLACE",
    "_UR_GT_DI<00> => REPLACE",
    "_UR_SA_SI<00> => REPLACE",
    "_UR_SA_DI<00> => REPLACE",
    "_UR_ST_SI<00> => REPLACE",
    "_UR_ST_DI<00> => REPLACE",
    "_UR_MA_SI<00> => REPLACE",
    "_UR_MA_DI<00> => REPLACE",
    "_UR_MT_SI<00> => REPLACE",
    "_UR_MT_DI<00> => REPLACE",
    "_GR_UA_SI<00> => NOT REPLACE",
    "_GR_UA_DI<00> => NOT REPLACE",
    "_GR_UT_SI<00> => NOT REPLACE",
    "_GR_UT_DI<00> => NOT REPLACE",
    "_GR_GA_SI<00> => REPLACE",
    "_GR_GA_DI<00> => REPLACE",
    "_GR_GT_SI<00> => REPLACE",
    "_GR_GT_DI<00> => REPLACE",
    "_GR_SA_SI<00> => NOT REPLACE",
    "_GR_SA_DI<00> => NOT REPLACE",
    "_GR_ST_SI<00> => NOT REPLACE",
    "_GR_ST_DI<00> => NOT REPLACE",
    "_GR_MA_SI<00> => NOT REPLACE",
    "_GR_MA_DI<00> => NOT REPLACE",
    "_GR_MT_SI<00> => NOT REPLACE",
    "_GR_MT_DI<00> => NOT REPLACE",
    "_SR_UA_SI<1c> => REPLACE",
    "_SR_UA_DI<1c> => REPLACE",
    "_SR_UT_SI<1c> => REPLACE",
    "_SR_UT_DI<1c> => REPLACE",
    "_SR_GA_SI<1c> => REPLACE",
    "_SR_GA_DI<1c> => REPLACE",
    "_SR_GT_SI<1c> => REPLACE",
    "_SR_GT_DI<1c> => REPLACE",
    "_SR_SA_SI<1c> => REPLACE",
    "_SR_SA_DI<1c> => REPLACE",
    "_SR_ST_SI<1c> => REPLACE",
    "_SR_ST_DI<1c> => REPLACE",
    "_SR_MA_SI<1c> => REPLACE",
    "_SR_MA_DI<1c> => REPLACE",
    "_SR_MT_SI<1c> => REPLACE",
    "_SR_MT_DI<1c> => REPLACE",
    "_MR_UA_SI<00> => REPLACE",
    "_MR_UA_DI<00> => REPLACE",
    "_MR_UT_SI<00> => REPLACE",
    "_MR_UT_DI<00> => REPLACE",
    "_MR_GA_SI<00> => REPLACE",
    "_MR_GA_DI<00> => REPLACE",
    "_MR_GT_SI<00> => REPLACE",
    "_MR_GT_DI<00> => REPLACE",
    "_MR_SA_SI<00> => REPLACE",
    "_MR_SA_DI<00> => REPLACE",
    "_MR_ST_SI<00> => REPLACE",
    "_MR_ST_DI<00> => REPLACE",
    "_MR_MA_SI<00> => REPLACE",
    "_MR_MA_DI<00> => REPLACE",
    "_MR_MT_SI<00> => REPLACE",
    "_MR_MT_DI<00> => REPLACE",
    "_UA_UA_SI_U<00> => REPLACE",
    "_UA_UA_DI_P<00> => NOT REPLACE",
    "_UA_UA_DI_O<00> => NOT REPLACE",
    "_UA_UA_DI_N<00> => REPLACE",
    "_UA_UT_SI_U<00> => NOT REPLACE",
    "_UA_UT_DI_U<00> => NOT REPLACE",
    "_UA_GA_SI_R<00> => REPLACE",
    "_UA_GA_DI_R<00> => REPLACE",
    "_UA_GT_SI_U<00> => NOT REPLACE",
    "_UA_GT_DI_U<00> => NOT REPLACE",
    "_UA_SA_SI_R<00> => REPLACE",
    "_UA_SA_DI_R<00> => REPLACE",
    "_UA_ST_SI_U<00> => NOT REPLACE",
    "_UA_ST_DI_U<00> => NOT REPLACE",
    "_UA_MA_SI_U<00> => REPLACE",
    "_UA_MA_SP_U<00> => REPLACE",
    "_UA_MA_DI_P<00> => NOT REPLACE",
    "_UA_MA_DI_O<00> => NOT REPLACE",
    "_UA_MA_DI_N<00> => REPLACE",
    "_UA_MT_SI_U<00> => NOT REPLACE",
    "_UA_MT_DI_U<00> => NOT REPLACE",
    "_GA_UA_SI_U<00> => NOT REPLACE",
    "_GA_UA_DI_U<00> => NOT REPLACE",
    "_GA_UT_SI_U<00> => NOT REPLACE",
    "_GA_UT_DI_U<00> => NOT REPLACE",
    "_GA_GA_SI_U<00> => REPLACE",
    "_GA_GA_DI_U<00> => REPLACE",
    "_GA_GT_SI_U<00> => NOT REPLACE",
    "_GA_GT_DI_U<00> => NOT REPLACE",
    "_GA_SA_SI_U<00> => NOT REPLACE",
    "_GA_SA_DI_U<00> => NOT REPLACE",
    "_GA_ST_SI_U<00> => NOT REPLACE",
    "_GA_ST_DI_U<00> => NOT REPLACE",
    "_GA_MA_SI_U<00> => NOT REPLACE",
    "_GA_MA_DI_U<00> => NOT REPLACE",
    "_GA_MT_SI_U<00> => NOT REPLACE",
    "_GA_MT_DI_U<00> => NOT REPLACE",
    "_SA_UA_SI_U<1c> => NOT REPLACE",
    "_SA_UA_DI_U<1c> => NOT REPLACE",
    "_SA_UT_SI_U<1c> => NOT REPLACE",
    "_SA_UT_DI_U<1c> => NOT REPLACE",
    "_SA_GA_SI_U<1c> => NOT REPLACE",
    "_SA_GA_DI_U<1c> => NOT REPLACE",
    "_SA_GT_SI_U<1c> => NOT REPLACE",
    "_SA_GT_DI_U<1c> => NOT REPLACE",
    "_SA_MA_SI_U<1c> => NOT REPLACE",
    "_SA_MA_DI_U<1c> => NOT REPLACE",
    "_SA_MT_SI_U<1c> => NOT REPLACE",
    "_SA_MT_DI_U<1c> => NOT REPLACE",
    "_MA_UA_SI_U<00> => REPLACE",
    "_MA_UA_DI_P<00> => NOT REPLACE",
    "_MA_UA_DI_O<00> => NOT REPLACE",
    "_MA_UA_DI_N<00> => REPLACE",
    "_MA_UT_SI_U<00> => NOT REPLACE",
    "_MA_UT_DI_U<00> => NOT REPLACE",
    "_MA_GA_SI_R<00> => REPLACE",
    "_MA_GA_DI_R<00> => REPLACE",
    "_MA_GT_SI_U<00> => NOT REPLACE",
    "_MA_GT_DI_U<00> => NOT REPLACE",
    "_MA_SA_SI_R<00> => REPLACE",
    "_MA_SA_DI_R<00> => REPLACE",
    "_MA_ST_SI_U<00> => NOT REPLACE",
    "_MA_ST_DI_U<00> => NOT REPLACE",
    "_MA_MA_SI_U<00> => REPLACE",
    "_MA_MA_SP_U<00> => REPLACE",
    "_MA_MA_DI_P<00> => NOT REPLACE",
    "_MA_MA_DI_O<00> => NOT REPLACE",
    "_MA_MA_DI_N<00> => REPLACE",
    "_MA_MT_SI_U<00> => NOT REPLACE",
    "_MA_MT_DI_U<00> => NOT REPLACE",
    "_SA_SA_DI_U<1c> => SGROUP_MERGE",
    "_SA_SA_SI_U<1c> => SGROUP_MERGE",
    "_SA_SA_SP_U<1c> => SGROUP_MERGE",
    "_SA_SA_SB_U<1c> => SGROUP_MERGE",
    "_SA_ST_DI_U<1c> => NOT REPLACE",
    "_SA_ST_SI_U<1c> => NOT REPLACE",
    "_SA_ST_SP_U<1c> => NOT REPLACE",
    "_SA_ST_SB_U<1c> => NOT REPLACE",
});

// BEST and BEST2 are single addresses of our client, MHOMED those it registered, ALL all it has,
// B_3_4 somebody else's. In brackets: the addresses in the client's answer; LR is the late release.
constexpr auto multihomed_rows = std::to_array<std::string_view>({
    "_MA_MA_SP_U<00>: C:MHOMED vs. B:ALL => B:ALL => REPLACE",
    "_MA_MA_SM_U<00>: C:MHOMED vs. B:MHOMED => B:MHOMED => REPLACE",
    "_MA_MA_SB_P<00>: C:MHOMED vs. B:BEST (C:MHOMED) => B:MHOMED => MHOMED_MERGE",
    "_MA_MA_SB_A<00>: C:MHOMED vs. B:BEST (C:ALL) => B:MHOMED => MHOMED_MERGE",
    "_MA_MA_SB_PRA<00>: C:MHOMED vs. B:BEST (C:BEST) => C:MHOMED => NOT REPLACE",
    "_MA_MA_SB_O<00>: C:MHOMED vs. B:BEST (B:B_3_4) =>C:MHOMED => NOT REPLACE",
    "_MA_MA_SB_N<00>: C:MHOMED vs. B:BEST (NEGATIVE) => B:BEST => REPLACE",
    "_MA_UA_SB_P<00>: C:MHOMED vs. B:UNIQUE,BEST (C:MHOMED) => B:MHOMED => MHOMED_MERGE",
    "_UA_UA_DI_PRA<00>: C:BEST vs. B:BEST2 (C:BEST2,LR:BEST2) => C:BEST => NOT REPLACE",
    "_UA_UA_DI_A<00>: C:BEST vs. B:BEST2 (C:ALL) => B:MHOMED => MHOMED_MERGE",
    "_UA_MA_DI_A<00>: C:BEST vs. B:BEST2 (C:ALL) => B:MHOMED => MHOMED_MERGE",
});
// clang-format on

constexpr Ipv4 best{10, 0, 0, 1};
constexpr Ipv4 best2{10, 0, 0, 2};
constexpr Ipv4 third{10, 0, 0, 3};
constexpr Ipv4 foreign1{10, 0, 9, 3};
constexpr Ipv4 foreign2{10, 0, 9, 4};
using Addresses = std::vector<Ipv4>;
const Addresses multihomed_addresses = {best, best2};
const Addresses all = {best, best2, third};

RecordType type(char letter) {
  switch (letter) {
    case 'U': return RecordType::unique;
    case 'G': return RecordType::normal_group;
    case 'S': return RecordType::special_group;
    default: return RecordType::multihomed;
  }
}

State state(char letter) {
  switch (letter) {
    case 'A': return State::active;
    case 'R': return State::released;
    default: return State::tombstone;
  }
}

Members members(const Addresses& addresses, char owner) {
  Members made;
  for (const auto address : addresses) made.push_back(member(address, owner));
  return made;
}

/// `_UA_GA_DI_R<00>`
struct Row {
  explicit Row(std::string_view name)
      : stored{record(type(name[1]), state(name[2]), 'C', members(own(name), 'C'))},
        incoming{record(type(name[4]), state(name[5]), 'B', members(theirs(name), 'B'))},
        client{name.substr(9, name.find('<') - 9)} {}

  static Addresses own(std::string_view name) {
    return name.substr(7, 2) == "SB" ? multihomed_addresses : Addresses{best};
  }

  static Addresses theirs(std::string_view name) {
    const bool many = name[4] == 'M' || name[4] == 'S';
    const auto relation = name.substr(7, 2);
    if (relation == "DI") return many ? Addresses{foreign1, foreign2} : Addresses{foreign1};
    if (relation == "SP") return all;
    return {best};
  }

  Record stored;
  Record incoming;
  std::string client;  // `_R`, or nothing
};

/// REPLACE, NOT REPLACE or a merge; checks what happens to the client on the way.
std::string outcome(const Row& row, const Addresses& claimed) {
  const auto verdict = resolve(&row.stored, row.incoming, {.us = us});
  EXPECT_EQ(verdict == Verdict::demand_release, row.client == "_R");
  const bool asked = !row.client.empty() && row.client != "_R" && row.client != "_U";
  EXPECT_EQ(verdict == Verdict::challenge, asked) << to_text(verdict);
  switch (verdict) {
    case Verdict::keep:
    case Verdict::propagate: return "NOT REPLACE";
    case Verdict::replace:
    case Verdict::demand_release: return "REPLACE";
    case Verdict::merge: return "SGROUP_MERGE";
    default: break;
  }
  switch (judge(row.stored, row.incoming, claimed)) {
    case Defence::replace: return "REPLACE";
    case Defence::merge: return "MHOMED_MERGE";
    case Defence::keep: EXPECT_NE(row.client, "_PRA"); break;
    case Defence::keep_and_demand: EXPECT_EQ(row.client, "_PRA"); break;
  }
  return "NOT REPLACE";
}

Addresses answer(const Row& row) {
  if (row.client == "_O") return {foreign2, {10, 0, 9, 5}};
  if (row.client != "_P") return {};
  Addresses registered;
  for (const auto& m : row.stored.members) registered.push_back(m.address);
  return registered;
}

TEST(Owned, MeetsAReplicaAsObserved) {
  ASSERT_EQ(rows.size() + multihomed_rows.size(), 153U);
  for (const auto text : rows) {
    SCOPED_TRACE(text);
    const Row row(text);
    EXPECT_TRUE(text.ends_with("> => " + outcome(row, answer(row))));
  }
}

Addresses named(std::string_view word) {
  if (word == "BEST") return {best};
  if (word == "BEST2") return {best2};
  if (word == "MHOMED") return multihomed_addresses;
  if (word == "ALL") return all;
  if (word == "B_3_4") return {foreign1, foreign2};
  EXPECT_EQ(word, "NEGATIVE");
  return {};
}

/// `B:UNIQUE,BEST`, `(C:MHOMED)`, `=>C:MHOMED`, `(C:BEST2,LR:BEST2)`
Addresses named_in(std::string word) {
  std::erase_if(word, [](char c) { return c == '(' || c == ')'; });
  if (const auto late = word.find(",LR:"); late != std::string::npos) word.resize(late);
  if (const auto colon = word.rfind(':'); colon != std::string::npos) word.erase(0, colon + 1);
  if (const auto comma = word.find(','); comma != std::string::npos) word.erase(0, comma + 1);
  return named(word);
}

TEST(Owned, MultihomedMeetsAReplicaAsObserved) {
  for (const auto text : multihomed_rows) {
    SCOPED_TRACE(text);
    const auto word = words(text);  // name C:… vs. B:… [(answer)] => owner:… => result
    Row row(text);
    row.stored.members = members(named_in(word.at(1)), 'C');
    row.incoming.members = members(named_in(word.at(3)), 'B');
    row.incoming.version = 9;
    const bool answered = word.at(4).front() == '(';
    const auto claimed = answered ? named_in(word.at(4)) : Addresses{};

    const auto result = outcome(row, claimed);
    EXPECT_TRUE(text.ends_with(" => " + result)) << result;
    if (result != "MHOMED_MERGE") continue;

    const auto merged = merge_multihomed(row.stored, row.incoming, due);
    EXPECT_EQ(merged.owner, server('B'));
    EXPECT_EQ(merged.version, 9U);
    EXPECT_EQ(merged.type, RecordType::multihomed);
    // Theirs are now B's members, what remains stays ours.
    auto expected = owners(row.stored.members);
    for (const auto& m : row.incoming.members) expected[m.address] = server('B');
    EXPECT_EQ(owners(merged.members), expected);
    EXPECT_EQ(merged.members.size(), multihomed_addresses.size());
  }
}

}  // namespace
}  // namespace winsome::conflict
