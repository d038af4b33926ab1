#include "server/store/sqlite_record_reader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

using names::RecordFilter;

class RecordReader : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(load(*store_)); }

  void expect_committed(const std::vector<names::Change>& changes) {
    ASSERT_TRUE(commit(*store_, changes));
  }

  std::vector<std::string> page(const RecordFilter& filter,
                                const std::optional<nbns::ScopedName>& after = {},
                                std::size_t limit = 100) {
    const auto records = reader_.page(filter, after, limit);
    EXPECT_TRUE(records) << records.error();
    std::vector<std::string> texts;
    if (records) {
      for (const auto& record : *records) texts.push_back(to_text(record.name));
    }
    return texts;
  }

  Instant due(std::string_view text) {
    const auto record = reader_.find(name_of(text));
    EXPECT_TRUE(record) << record.error();
    return record && *record ? (*record)->due : never;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<SqliteStore> store_ =
      *SqliteStore::open(directory_.path(), {.refresh_generation = 3});
  SqliteRecordReader reader_{directory_.path()};
};

using Texts = std::vector<std::string>;

TEST_F(RecordReader, PagesInTheOrderOfNames) {
  expect_committed(
      {names::PutRecord{unique_record("C", 1)}, names::PutRecord{unique_record("A", 1)},
       names::PutRecord{unique_record("B", 1, "x")}, names::PutRecord{unique_record("B", 1)}});
  EXPECT_EQ(page({}, {}, 2), (Texts{"A<20>", "B<20>"}));
  EXPECT_EQ(page({}, name_of("B"), 2), (Texts{"B<20>.x", "C<20>"}));
  EXPECT_EQ(page({}, name_of("C"), 2), Texts{});
  EXPECT_EQ(page({}, name_of("AA"), 1), Texts{"B<20>"});  // the cursor need not exist
  EXPECT_EQ(page({}, {}, 0), Texts{});
}

TEST_F(RecordReader, FiltersByEachField) {
  auto browser = unique_record("CORP", 1);
  browser.name.name = nbns::make_name("CORP", 0x1b);
  auto group = special_group("GROUP", 3);
  auto pinned = unique_record("PINNED", 1);
  pinned.is_static = true;
  auto replica = unique_record("REPLICA", 1);
  replica.owner = Ipv4(198, 51, 100, 1);
  replica.state = names::State::tombstone;
  expect_committed({names::PutRecord{browser}, names::PutRecord{group}, names::PutRecord{pinned},
                    names::PutRecord{replica}});

  RecordFilter filter;
  filter.suffix = 0x1b;
  EXPECT_EQ(page(filter), Texts{"CORP<1B>"});
  filter = {};
  filter.type = names::RecordType::special_group;
  EXPECT_EQ(page(filter), Texts{"GROUP<20>"});
  filter = {};
  filter.is_static = true;
  EXPECT_EQ(page(filter), Texts{"PINNED<20>"});
  filter = {};
  filter.owner = Ipv4(198, 51, 100, 1);
  EXPECT_EQ(page(filter), Texts{"REPLICA<20>"});
  filter = {};
  filter.state = names::State::tombstone;
  EXPECT_EQ(page(filter), Texts{"REPLICA<20>"});
  filter = {};
  filter.address = group.members[2].address;
  EXPECT_EQ(page(filter), Texts{"GROUP<20>"});
  filter = {};
  filter.name_pattern = "?I*D";
  EXPECT_EQ(page(filter), Texts{"PINNED<20>"});
  filter.state = names::State::released;
  EXPECT_EQ(page(filter), Texts{});
}

TEST_F(RecordReader, PatternsSeeTheNameWithoutItsBlanksAndSuffix) {
  expect_committed(
      {names::PutRecord{unique_record("FRED", 1)}, names::PutRecord{unique_record("FREDDY", 1)}});
  RecordFilter filter;
  filter.name_pattern = "FRED";
  EXPECT_EQ(page(filter), Texts{"FRED<20>"});
  filter.name_pattern = "*<20>";
  EXPECT_EQ(page(filter), Texts{});
}

TEST_F(RecordReader, SeesRefreshesWhetherFoldedOrNot) {
  expect_committed(
      {names::PutRecord{unique_record("A", 1)}, names::PutRecord{unique_record("B", 1)}});
  for (int i = 2; i <= 12; ++i) {
    expect_committed({touch("A", i)});
    if (i % 2 == 0) expect_committed({touch("B", 100 + i)});
    EXPECT_EQ(due("A"), at(i));
    const auto records = reader_.page({}, {}, 2);
    ASSERT_TRUE(records);
    EXPECT_EQ((*records)[0].due, at(i));
    EXPECT_EQ((*records)[0].members[0].due, at(i));
    EXPECT_EQ((*records)[1].due, at(100 + i / 2 * 2));
  }
}

TEST_F(RecordReader, DoesNotTakeVoidRefreshes) {
  expect_committed({names::PutRecord{unique_record("A", 1)}});
  expect_committed({touch("A", 5000)});
  expect_committed({erase("A")});
  EXPECT_FALSE(reader_.find(name_of("A")).value());
  expect_committed({names::PutRecord{unique_record("A", 2)}});
  EXPECT_EQ(due("A"), at(2));
}

TEST_F(RecordReader, FindsNothingWhereNothingIs) {
  const auto found = reader_.find(name_of("NOBODY"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
}

TEST_F(RecordReader, SaysWhenThereIsNoDatabase) {
  SqliteRecordReader nowhere(directory_.path() / "nowhere");
  EXPECT_FALSE(nowhere.page({}, {}, 1));
  EXPECT_FALSE(nowhere.find(name_of("A")));
}

TEST_F(RecordReader, EachPageIsOfOneMomentWhileBatchesAreCommitted) {
  expect_committed(
      {names::PutRecord{unique_record("A", 1)}, names::PutRecord{unique_record("Z", 1)}});
  std::atomic<bool> differ = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (int pages = 0; pages < 50; ++pages) {
        const auto records = reader_.page({}, {}, 10);
        if (!records || records->size() != 2 || records->front().due != records->back().due) {
          differ = true;
        }
      }
    });
  }
  for (int i = 2; i < 200; ++i) expect_committed({touch("A", i), touch("Z", i)});
  for (auto& reader : readers) reader.join();
  EXPECT_FALSE(differ);
}

}  // namespace
}  // namespace winsome::store
