#include <gtest/gtest.h>
// rapidcheck directly behind gtest, before all else: its Shrink.hpp breaks otherwise.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "replication/conflict/defence.h"
#include "replication/conflict/resolve.h"
#include "replication/conflict/special_group.h"

namespace winsome::conflict {
namespace {

namespace gen = rc::gen;
using names::Member;
using names::Members;
using names::Record;
using names::RecordType;
using names::State;

constexpr Instant due{std::chrono::days(10'024)};
constexpr std::uint8_t server_count = 4;

constexpr Ipv4 server(int i) {
  return {192, 0, 2, static_cast<std::uint8_t>(i)};
}
constexpr Ipv4 us = server(0);

/// One address of a list, before doubles are left out.
struct Entry {
  std::uint8_t host = 0;
  std::uint8_t owner = 0;
  std::uint8_t days = 0;
};

rc::Gen<std::vector<Entry>> entries(int hosts) {
  return gen::container<std::vector<Entry>>(gen::build<Entry>(
      gen::set(&Entry::host, gen::inRange<std::uint8_t>(1, static_cast<std::uint8_t>(hosts))),
      gen::set(&Entry::owner, gen::inRange<std::uint8_t>(0, server_count)),
      gen::set(&Entry::days, gen::inRange<std::uint8_t>(0, 30))));
}

Members members(const std::vector<Entry>& entries) {
  Members made;
  std::set<int> hosts;
  for (const auto& e : entries) {
    if (made.size() == names::members_max || !hosts.insert(e.host).second) continue;
    made.push_back({{10, 0, 0, e.host}, server(e.owner), due - std::chrono::days(e.days)});
  }
  return made;
}

/// 40 hosts, up to 25 of them listed: full lists that overlap are common.
Members any_members() {
  return members(*rc::gen::resize(120, entries(41)));
}

Record group(int owner, Members list) {
  return {.name = *nbns::parse_name("G<1C>", 0),
          .type = RecordType::special_group,
          .owner = server(owner),
          .version = 5,
          .due = due,
          .members = std::move(list)};
}

const Member* find(const Members& list, Ipv4 address) {
  const auto found = std::ranges::find(list, address, &Member::address);
  return found == list.end() ? nullptr : &*found;
}

/// `stored` is ours or another's, `incoming` is of the server 1.
struct Meeting {
  Record stored = group(*gen::element(0, 2), any_members());
  Record incoming = group(1, any_members());
  Rules rules{.us = us, .members_count_as_local = *gen::arbitrary<bool>()};

  [[nodiscard]] Verdict verdict() const { return resolve(&stored, incoming, rules); }
  [[nodiscard]] Merged merge() const {
    return merge_special_groups(stored, incoming, us, due, rules.members_count_as_local);
  }
};

RC_GTEST_PROP(SpecialGroup, ReplicaThatCameBeforeIsKept, ()) {
  const Meeting meeting;
  RC_PRE(meeting.verdict() == Verdict::merge);
  auto merged = meeting.merge();
  if (merged.ours) merged.record.version = 6;
  RC_ASSERT(resolve(&merged.record, meeting.incoming, meeting.rules) == Verdict::keep);
}

RC_GTEST_PROP(SpecialGroup, MergeHoldsEachAddressOnceAndNoMoreThanFit, ()) {
  const auto merged = Meeting().merge().record;
  std::set<Ipv4> addresses;
  for (const auto& member : merged.members) addresses.insert(member.address);
  RC_ASSERT(addresses.size() == merged.members.size());
  RC_ASSERT(merged.members.size() <= names::members_max);
}

RC_GTEST_PROP(SpecialGroup, MergeInventsNoMember, ()) {
  const Meeting meeting;
  for (const auto& member : meeting.merge().record.members) {
    const auto* held = find(meeting.stored.members, member.address);
    const auto* said = find(meeting.incoming.members, member.address);
    RC_ASSERT((held && held->owner == member.owner) || (said && said->owner == member.owner));
  }
}

RC_GTEST_PROP(SpecialGroup, MergeLosesNoMemberOfOurs, ()) {
  const Meeting meeting;
  const auto merged = meeting.merge().record;
  for (const auto& member : meeting.stored.members) {
    if (member.owner == us) RC_ASSERT(find(merged.members, member.address) != nullptr);
  }
}

RC_GTEST_PROP(SpecialGroup, MergeLosesOfOthersOnlyWhatTheReplicasOwnerHad, ()) {
  const Meeting meeting;
  RC_PRE(!meeting.rules.members_count_as_local);
  const auto merged = meeting.merge().record;
  for (const auto& member : meeting.stored.members) {
    if (member.owner != meeting.incoming.owner)
      RC_ASSERT(find(merged.members, member.address) != nullptr);
  }
}

RC_GTEST_PROP(SpecialGroup, NothingOfOursChangesWithoutAMerge, ()) {
  const Meeting meeting;
  const auto verdict = meeting.verdict();
  if (meeting.stored.owner == us) RC_ASSERT(verdict == Verdict::keep || verdict == Verdict::merge);
  if (verdict == Verdict::replace)
    RC_ASSERT(meeting.merge().record.members.size() == meeting.incoming.members.size());
}

/// One name at one server, and of whom he pulled what.
struct Server {
  Record record;
  std::uint64_t counter = 5;
  std::array<std::uint64_t, server_count> known{};  // the highest version of each owner

  void pull(const Record& his, int me) {
    auto& highest = known[his.owner.value() - server(0).value()];
    if (his.owner == server(me) || his.version <= highest) return;
    highest = his.version;
    const auto verdict = resolve(&record, his, {.us = server(me)});
    if (verdict == Verdict::replace) record = his;
    if (verdict != Verdict::merge) return;
    const auto merged = merge_special_groups(record, his, server(me), due, false);
    record = merged.record;
    if (merged.ours) record.version = ++counter;
  }
};

// Decision 34: whoever can pull from whom, and however many claim a member.
RC_GTEST_PROP(SpecialGroup, ServersComeToRest, ()) {
  std::vector<Server> servers;
  for (int i = 0; i < server_count; ++i) {
    auto list = members(*entries(7));
    for (auto& member : list) member.owner = server(i);
    servers.push_back({group(i, list)});
  }
  const auto links =
      *gen::container<std::vector<bool>>(server_count * server_count, gen::arbitrary<bool>());
  const bool at_once = *gen::arbitrary<bool>();

  for (int round = 0;; ++round) {
    RC_ASSERT(round < 30);
    const auto before = servers;
    for (int i = 0; i < server_count; ++i) {
      for (int j = 0; j < server_count; ++j) {
        if (i == j || !links[i * server_count + j]) continue;
        servers[i].pull(at_once ? before[j].record : servers[j].record, i);
      }
    }
    const auto same = [](const Server& a, const Server& b) { return a.record == b.record; };
    if (std::ranges::equal(servers, before, same)) break;
  }
}

Record any_record(int owner) {
  auto made = group(owner, any_members());
  made.type = *gen::element(RecordType::unique, RecordType::normal_group, RecordType::special_group,
                            RecordType::multihomed);
  made.state = *gen::element(State::active, State::released, State::tombstone);
  made.is_static = *gen::arbitrary<bool>();
  made.version = *gen::inRange<std::uint64_t>(1, 5);
  return made;
}

RC_GTEST_PROP(Resolve, CostsAVersionOfOursOnlyForARecordOfOurs, ()) {
  const auto stored = any_record(*gen::inRange(0, 3));
  const auto incoming = any_record(1);
  const auto verdict =
      resolve(&stored, incoming, {.us = us, .migrate_on = *gen::arbitrary<bool>()});
  RC_ASSERT(verdict != Verdict::add);
  if (verdict == Verdict::propagate || verdict == Verdict::challenge ||
      verdict == Verdict::demand_release)
    RC_ASSERT(stored.owner == us);
  if (verdict == Verdict::challenge)
    RC_ASSERT(names::is_single(stored.type) && stored.state == State::active);
}

RC_GTEST_PROP(Resolve, KeepsARangePulledTwice, ()) {
  const auto stored = any_record(1);
  RC_ASSERT(resolve(&stored, stored, {.us = us}) == Verdict::keep);
}

RC_GTEST_PROP(Defence, EachAnswerHasOneMeaning, ()) {
  const auto stored = any_record(0);
  const auto incoming = any_record(1);
  std::vector<Ipv4> claimed;
  for (const auto& member : any_members()) claimed.push_back(member.address);

  const auto covers = [&](const Record& record) {
    return std::ranges::all_of(record.members, [&](const Member& member) {
      return std::ranges::find(claimed, member.address) != claimed.end();
    });
  };
  switch (judge(stored, incoming, claimed)) {
    case Defence::replace: RC_ASSERT(claimed.empty()); break;
    case Defence::keep: RC_ASSERT(!covers(incoming)); break;
    case Defence::keep_and_demand: RC_ASSERT(covers(incoming) && !covers(stored)); break;
    case Defence::merge: RC_ASSERT(covers(incoming) && covers(stored)); break;
  }
}

RC_GTEST_PROP(Defence, MultihomedMergeHoldsTheReplicaAndEachAddressOnce, ()) {
  const auto stored = any_record(0);
  const auto incoming = any_record(1);
  const auto merged = merge_multihomed(stored, incoming, due);
  std::set<Ipv4> addresses;
  for (const auto& member : merged.members) addresses.insert(member.address);
  RC_ASSERT(addresses.size() == merged.members.size());
  RC_ASSERT(merged.members.size() <= names::members_max);
  for (const auto& member : incoming.members)
    RC_ASSERT(find(merged.members, member.address) != nullptr);
}

}  // namespace
}  // namespace winsome::conflict
