#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "replication/conflict/special_group.h"
#include "tests/unit/replication/conflict/fixture.h"

// What becomes of a replica of A when one of B arrives, in the words in which smbtorture's replica
// test prints what it observed (C7.1, C8).

namespace winsome::conflict {
namespace {

// clang-format off
constexpr auto plain_rows = std::to_array<std::string_view>({
    "UNIQUE,ACTIVE vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "UNIQUE,RELEASED vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,RELEASED vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. GROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "UNIQUE,RELEASED vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,RELEASED vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. SGROUP,ACTIVE with same ip(s) => NOT REPLACE",
    "UNIQUE,ACTIVE vs. SGROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "UNIQUE,RELEASED vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,RELEASED vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,ACTIVE vs. MHOMED,TOMBSTONE with same ip(s) => NOT REPLACE",
    "UNIQUE,RELEASED vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,RELEASED vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "UNIQUE,TOMBSTONE vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "GROUP,ACTIVE vs. UNIQUE,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,ACTIVE vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. UNIQUE,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,TOMBSTONE vs. UNIQUE,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,TOMBSTONE vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,ACTIVE vs. GROUP,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,ACTIVE vs. GROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "GROUP,RELEASED vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "GROUP,TOMBSTONE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "GROUP,TOMBSTONE vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "GROUP,ACTIVE vs. SGROUP,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,ACTIVE vs. SGROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "GROUP,RELEASED vs. SGROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,TOMBSTONE vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "GROUP,TOMBSTONE vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "GROUP,ACTIVE vs. MHOMED,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,ACTIVE vs. MHOMED,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. MHOMED,ACTIVE with same ip(s) => NOT REPLACE",
    "GROUP,RELEASED vs. MHOMED,TOMBSTONE with same ip(s) => NOT REPLACE",
    "GROUP,TOMBSTONE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "GROUP,TOMBSTONE vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,ACTIVE vs. UNIQUE,ACTIVE with same ip(s) => NOT REPLACE",
    "SGROUP,ACTIVE vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "SGROUP,RELEASED vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,RELEASED vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,ACTIVE vs. GROUP,ACTIVE with same ip(s) => NOT REPLACE",
    "SGROUP,ACTIVE vs. GROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "SGROUP,RELEASED vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,RELEASED vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,RELEASED vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,RELEASED vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,ACTIVE vs. MHOMED,ACTIVE with same ip(s) => NOT REPLACE",
    "SGROUP,ACTIVE vs. MHOMED,TOMBSTONE with same ip(s) => NOT REPLACE",
    "SGROUP,RELEASED vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,RELEASED vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "SGROUP,TOMBSTONE vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. UNIQUE,TOMBSTONE with same ip(s) => NOT REPLACE",
    "MHOMED,RELEASED vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,RELEASED vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. UNIQUE,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. UNIQUE,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. GROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "MHOMED,RELEASED vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,RELEASED vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. GROUP,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. GROUP,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. SGROUP,ACTIVE with same ip(s) => NOT REPLACE",
    "MHOMED,ACTIVE vs. SGROUP,TOMBSTONE with same ip(s) => NOT REPLACE",
    "MHOMED,RELEASED vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,RELEASED vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. SGROUP,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. SGROUP,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,ACTIVE vs. MHOMED,TOMBSTONE with same ip(s) => NOT REPLACE",
    "MHOMED,RELEASED vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,RELEASED vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. MHOMED,ACTIVE with different ip(s) => REPLACE",
    "MHOMED,TOMBSTONE vs. MHOMED,TOMBSTONE with different ip(s) => REPLACE",
});

// A:A_3_4_X_3_4 is a record of A that holds A's and X's third and fourth address, each the member of
// its own server; OWNER_B behind a list makes it B's.
constexpr auto group_rows = std::to_array<std::string_view>({
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4 vs. B:A_3_4 => NOT REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4 vs. B:NULL => NOT REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4_X_3_4 vs. B:A_3_4 => NOT REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:B_3_4 vs. B:A_3_4 => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4 vs. B:A_3_4_OWNER_B => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4_OWNER_B vs. B:A_3_4 => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4 vs. B:B_3_4 => C:A_3_4_B_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:B_3_4_X_3_4 vs. B:A_3_4 => B:A_3_4_X_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:X_3_4 vs. B:A_3_4 => C:A_3_4_X_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4_X_3_4 vs. B:A_3_4_OWNER_B => B:A_3_4_OWNER_B_X_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:B_3_4_X_3_4 vs. B:B_3_4_X_1_2 => C:B_3_4_X_1_2_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:A_3_4_B_3_4 vs. B:NULL => B:A_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,ACTIVE A:B_3_4_X_3_4 vs. B:NULL => B:X_3_4 => SGROUP_MERGE",
    "SGROUP,ACTIVE vs. SGROUP,TOMBSTONE A:B_3_4_X_3_4 vs. B:NULL => B:NULL => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,TOMBSTONE A:B_3_4_X_3_4 vs. B:A_3_4 => B:A_3_4 => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,TOMBSTONE A:B_3_4_X_3_4 vs. B:B_3_4 => B:B_3_4 => REPLACE",
    "SGROUP,ACTIVE vs. SGROUP,TOMBSTONE A:B_3_4_X_3_4 vs. B:B_3_4_X_3_4 => B:B_3_4_X_3_4 => REPLACE",
});
// clang-format on

RecordType type(std::string_view word) {
  if (word == "UNIQUE") return RecordType::unique;
  if (word == "GROUP") return RecordType::normal_group;
  if (word == "SGROUP") return RecordType::special_group;
  EXPECT_EQ(word, "MHOMED");
  return RecordType::multihomed;
}

State state(std::string_view word) {
  if (word == "ACTIVE") return State::active;
  if (word == "RELEASED") return State::released;
  EXPECT_EQ(word, "TOMBSTONE");
  return State::tombstone;
}

/// `UNIQUE,ACTIVE`
Record plain(std::string_view kind, char owner, std::uint8_t host) {
  const auto comma = kind.find(',');
  return record(type(kind.substr(0, comma)), state(kind.substr(comma + 1)), owner,
                {member({10, 0, 0, host}, owner)});
}

std::uint8_t number(char letter) {
  return static_cast<std::uint8_t>(letter);
}

/// `A_3_4_OWNER_B_X_3_4`
Members list(std::string text) {
  Members members;
  if (text == "NULL") return members;
  std::ranges::replace(text, '_', ' ');
  char letter = 0;
  bool owner_follows = false;
  for (const auto& word : words(text)) {
    if (word == "OWNER") {
      owner_follows = true;
    } else if (owner_follows) {
      for (auto& m : members) m.owner = server(word.front());
      owner_follows = false;
    } else if (std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      members.push_back(member({10, 0, number(letter), number(word.front())}, letter));
    } else {
      letter = word.front();
    }
  }
  return members;
}

TEST(Replica, MeetsAnotherOwnersAsObserved) {
  ASSERT_EQ(plain_rows.size(), 94U);
  for (const auto row : plain_rows) {
    SCOPED_TRACE(row);
    const auto word = words(row);
    const bool same = word.at(4) == "same";
    const auto stored = plain(word.at(0), 'A', 1);
    const auto incoming = plain(word.at(2), 'B', same ? 1 : 2);
    const auto expected = word.at(7) == "NOT" ? Verdict::keep : Verdict::replace;
    EXPECT_EQ(resolve(&stored, incoming, {.us = us}), expected);
  }
}

TEST(Replica, OfOtherAddressesMeetsTheSame) {  // C7.1
  for (const auto row : plain_rows) {
    SCOPED_TRACE(row);
    const auto word = words(row);
    const auto stored = plain(word.at(0), 'A', 1);
    EXPECT_EQ(resolve(&stored, plain(word.at(2), 'B', 1), {.us = us}),
              resolve(&stored, plain(word.at(2), 'B', 2), {.us = us}));
  }
}

/// The record after the replica came, and what that was called.
struct After {
  std::string result;
  Record record;
};

After after(const Record& stored, const Record& incoming) {
  switch (resolve(&stored, incoming, {.us = us})) {
    case Verdict::keep: return {"NOT REPLACE", stored};
    case Verdict::replace: return {"REPLACE", incoming};
    case Verdict::merge:
      return {"SGROUP_MERGE", merge_special_groups(stored, incoming, us, due, false).record};
    default: return {"unheard of", stored};
  }
}

TEST(Replica, OfASpecialGroupMeetsAnotherOwnersAsObserved) {  // C8
  ASSERT_EQ(group_rows.size(), 17U);
  for (const auto row : group_rows) {
    SCOPED_TRACE(row);
    const auto word = words(row);
    const auto& kind = word.at(2);
    const auto stored =
        record(RecordType::special_group, State::active, 'A', list(word.at(3).substr(2)));
    auto incoming = record(RecordType::special_group, state(kind.substr(kind.find(',') + 1)), 'B',
                           list(word.at(5).substr(2)));
    incoming.version = 9;

    const auto found = after(stored, incoming);
    EXPECT_TRUE(row.ends_with(" => " + found.result)) << found.result;
    if (word.at(7).find(':') == std::string::npos)
      continue;  // does not say what the record is then
    EXPECT_EQ(found.record.owner, server(word.at(7).front()));
    EXPECT_EQ(owners(found.record.members), owners(list(word.at(7).substr(2))));
    EXPECT_EQ(found.record.state, incoming.state);
    EXPECT_EQ(found.record.version == 9U, found.record.owner == server('B'));
  }
}

}  // namespace
}  // namespace winsome::conflict
