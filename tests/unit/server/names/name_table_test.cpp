#include "server/names/name_table.h"

#include <gtest/gtest.h>

#include <map>

#include "server/core/random.h"
#include "tests/unit/server/names/fixture.h"

namespace winsome::names {
namespace {

using Records = std::map<nbns::ScopedName, Record>;

/// Everything a reader of the table can see.
struct Snapshot {
  Records records;
  std::array<std::size_t, 5> counts{};
  std::vector<std::pair<nbns::ScopedName, Ipv4>> masters;
  std::map<Ipv4, std::size_t> names_of;
  std::map<std::pair<Ipv4, std::uint64_t>, std::vector<nbns::ScopedName>> by_owner;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

constexpr std::uint8_t hosts = 5;

Snapshot snapshot(const NameTable& table) {
  Snapshot seen;
  table.for_each([&](const Record& one) { seen.records.emplace(one.name, one); });
  const auto& counts = table.counts();
  seen.counts = {table.size(), counts.active, counts.released, counts.tombstones,
                 counts.static_records};
  for (const auto& [name, address] : table.domain_masters())
    seen.masters.emplace_back(name, address);
  for (std::uint8_t i = 0; i < hosts; ++i)
    seen.names_of[Ipv4(10, 0, 0, i)] = table.names_of(Ipv4(10, 0, 0, i));
  for (const auto& extent : table.extents()) {
    table.visit_owner(extent.owner, extent.min, extent.max, [&](const Record& one) {
      seen.by_owner[{one.owner, one.version}].push_back(one.name);
      return true;
    });
  }
  for (auto& [key, names] : seen.by_owner) std::ranges::sort(names);
  return seen;
}

/// The same from the records alone.
Snapshot recount(const Records& records) {
  Snapshot seen;
  seen.records = records;
  for (std::uint8_t i = 0; i < hosts; ++i) seen.names_of[Ipv4(10, 0, 0, i)] = 0;
  for (const auto& [name, one] : records) {
    seen.by_owner[{one.owner, one.version}].push_back(name);
    ++seen.counts[0];
    ++seen.counts[1 + static_cast<std::size_t>(one.state)];
    if (one.is_static) ++seen.counts[4];
    for (const auto& member : one.members) ++seen.names_of[member.address];
    if (name.name.suffix() == 0x1b && one.state == State::active && is_single(one.type))
      seen.masters.emplace_back(name, one.members.front().address);
  }
  return seen;
}

Record random_record(Random& random) {
  static const std::vector<std::string> texts = {"A<00>", "B<00>", "C<1B>",       "D<1B>",
                                                 "E<1C>", "F<20>", "A<00>.scope", "G<1E>"};
  Stored stored{.type = static_cast<RecordType>(random.below(4)),
                .state = static_cast<State>(random.below(3)),
                .is_static = random.below(4) == 0,
                .version = random.below(1000),
                .addresses = {},
                .due = start + seconds(random.below(1000))};
  const auto members = has_list(stored.type) ? 1 + random.below(3) : 1;
  for (std::uint32_t i = 0; i < members; ++i) {
    const Ipv4 address(10, 0, 0, static_cast<std::uint8_t>((random.below(2) + i * 2) % hosts));
    stored.addresses.push_back(address);
  }
  return record(texts[random.below(static_cast<std::uint32_t>(texts.size()))], stored);
}

void apply(const Change& change, Records& records) {
  if (const auto* put = std::get_if<PutRecord>(&change)) {
    records.insert_or_assign(put->record.name, put->record);
  } else if (const auto* touch = std::get_if<TouchRecord>(&change)) {
    auto& one = records.at(touch->name);
    one.due = touch->due;
    EXPECT_LE(one.members.size(), 1U);
    for (auto& member : one.members) member.due = touch->due;
  } else {
    EXPECT_EQ(records.erase(std::get<EraseRecord>(change).name), 1U);
  }
}

const nbns::ScopedName& name_of(const Change& change) {
  if (const auto* put = std::get_if<PutRecord>(&change)) return put->record.name;
  if (const auto* touch = std::get_if<TouchRecord>(&change)) return touch->name;
  return std::get<EraseRecord>(change).name;
}

void change_something(NameTable& table, Random& random) {
  auto one = random_record(random);
  switch (random.below(4)) {
    case 0: return table.erase(one.name.view());
    case 1:
      if (const auto* stored = table.find(one.name.view())) {
        auto touched = *stored;
        touched.due += seconds(1);
        if (!has_list(touched.type)) touched.members.front().due = touched.due;
        return table.put(touched);
      }
      [[fallthrough]];
    default: return table.put(std::move(one));
  }
}

/// Batches of random changes; some become durable, some are taken back.
class RandomBatches : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomBatches, UndoRestoresExactlyAndChangesRebuildTheRest) {
  Random random(GetParam());
  NameTable table;
  Records durable;
  std::deque<std::vector<Change>> in_flight;
  std::uint64_t version = 0;
  std::uint64_t durable_version = 0;
  std::deque<std::uint64_t> versions;

  for (int round = 0; round < 250; ++round) {
    table.begin_batch(version);
    const auto changes = random.below(6);
    for (std::uint32_t i = 0; i < changes; ++i) change_something(table, random);
    version += changes;
    in_flight.push_back(table.changes());
    versions.push_back(version);

    std::map<nbns::ScopedName, int> seen;
    for (const auto& change : in_flight.back()) EXPECT_EQ(++seen[name_of(change)], 1);
    for (const auto& name : table.changed_names()) EXPECT_LE(++seen[name], 2);
    const auto now = snapshot(table);
    ASSERT_EQ(now, recount(now.records));

    const auto fate = random.below(4);
    if (fate == 0) {
      ASSERT_EQ(table.undo_all(), durable_version);
      version = durable_version;
      in_flight.clear();
      versions.clear();
      ASSERT_EQ(snapshot(table), recount(durable));
    }
    while (!in_flight.empty() && (fate == 1 || in_flight.size() > 2)) {
      table.commit_oldest();
      for (const auto& change : in_flight.front()) apply(change, durable);
      durable_version = versions.front();
      in_flight.pop_front();
      versions.pop_front();
    }
    if (in_flight.empty()) {
      ASSERT_EQ(snapshot(table), recount(durable));
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomBatches, testing::Range<std::uint64_t>(1, 13));

TEST(NameTableTest, NothingIsUndoneWithoutABatch) {
  NameTable table;
  table.load(record("PC"));
  EXPECT_EQ(table.undo_all(), std::nullopt);
  EXPECT_EQ(table.size(), 1U);
}

TEST(NameTableTest, ATouchIsAChangeOfTimeAlone) {
  NameTable table;
  table.load(record("PC"));
  auto touched = record("PC");
  touched.due += seconds(1);
  touched.members[0].due += seconds(1);
  table.begin_batch(0);
  table.put(touched);
  EXPECT_TRUE(std::holds_alternative<TouchRecord>(table.changes().at(0)));
  touched.version = 8;
  table.put(touched);
  EXPECT_TRUE(std::holds_alternative<PutRecord>(table.changes().at(0)));
}

TEST(NameTableTest, APutThatChangesNothingIsNoChange) {
  NameTable table;
  table.load(record("PC"));
  table.begin_batch(0);
  table.put(record("PC"));
  EXPECT_TRUE(table.changes().empty());
}

// Every record comes up at its deadline, whatever happened to the deadline before
TEST(NameTableTest, EveryDeadlineSurfacesOnce) {
  Random random(7);
  NameTable table;
  table.begin_batch(0);
  Records records;
  for (int i = 0; i < 3000; ++i) {
    auto one = random_record(random);
    one.is_static = false;
    one.state = State::released;
    one.name = nbns::make_name(std::to_string(random.below(300)), 0);
    if (random.below(5) == 0) {
      table.erase(one.name.view());
      records.erase(one.name);
    } else {
      table.put(one);
      records.insert_or_assign(one.name, one);
    }
  }
  for (auto now = start; now <= start + seconds(1000); now += seconds(1)) {
    EXPECT_LE(
        table.next_deadline(), records.empty() ? never : [&] {
          auto first = never;
          for (const auto& [name, one] : records) first = std::min(first, one.due);
          return first;
        }());
    while (const auto* due = table.next_due(now)) {
      ASSERT_EQ(records.erase(due->name), 1U);
      EXPECT_EQ(due->due, now);
      const auto name = due->name;
      table.erase(name.view());
    }
  }
  EXPECT_TRUE(records.empty());
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.next_deadline(), never);
}

TEST(NameTableTest, ADeadlineThatWasUndoneComesBack) {
  NameTable table;
  table.load(record("PC", {.due = start + seconds(10)}));
  table.begin_batch(0);
  auto later = record("PC", {.due = start + seconds(99)});
  EXPECT_NE(table.next_due(start + seconds(10)), nullptr);
  table.put(later);
  EXPECT_EQ(table.next_due(start + seconds(10)), nullptr);
  [[maybe_unused]] const auto version = table.undo_all();
  EXPECT_EQ(table.next_deadline(), start + seconds(10));
  EXPECT_NE(table.next_due(start + seconds(10)), nullptr);
}

}  // namespace
}  // namespace winsome::names
