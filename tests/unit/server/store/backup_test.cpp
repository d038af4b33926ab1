#include "server/store/backup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Loads a backup as a server that found it as its database would.
Known known_of_copy(const fs::path& file) {
  const TemporaryDirectory directory;
  fs::copy_file(file, directory.path() / "winsome.db");
  auto store = SqliteStore::open(directory.path());
  EXPECT_TRUE(store) << store.error().text;
  if (!store) return {};
  auto known = load(**store);
  EXPECT_TRUE(known) << known.error().text;
  return known ? *std::move(known) : Known{};
}

class Backup : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(load(*store_));
    ASSERT_TRUE(commit(*store_, {names::PutRecord{unique_record("FRED", 1000)}}));
  }

  TemporaryDirectory directory_;
  TemporaryDirectory elsewhere_;
  std::unique_ptr<SqliteStore> store_ = *SqliteStore::open(directory_.path());
};

TEST_F(Backup, HoldsEverythingCommitted) {
  ASSERT_TRUE(commit(*store_, {names::PutRecord{unique_record("GEORGE", 1000)}}));
  ASSERT_TRUE(commit(*store_, {touch("FRED", 2000)}));
  const auto file = elsewhere_.path() / "copy";
  const auto made = store_->backup(file);
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_EQ(known_of_copy(file).records,
            (Records{{name_of("FRED"), unique_record("FRED", 2000)},
                     {name_of("GEORGE"), unique_record("GEORGE", 1000)}}));
}

TEST_F(Backup, HoldsWhatReplicationRemembers) {
  ASSERT_TRUE(commit(*store_, {}, 0,
                     {replication::PutOwner{other_address, 9},
                      replication::PutPending{replica("FRED")}, replication::PutRecovered{}}));
  ASSERT_TRUE(store_->backup(elsewhere_.path() / "copy"));
  const auto copy = known_of_copy(elsewhere_.path() / "copy");
  EXPECT_EQ(copy.memory.owners, (replication::OwnerMap{{other_address, 0, 9}}));
  EXPECT_EQ(copy.memory.pending, std::vector{replica("FRED")});
  EXPECT_TRUE(copy.memory.recovered);
}

TEST_F(Backup, IsOneFileAlone) {
  ASSERT_TRUE(store_->backup(elsewhere_.path() / "copy"));
  const auto files = std::distance(fs::directory_iterator(elsewhere_.path()), {});
  EXPECT_EQ(files, 1);
}

TEST_F(Backup, OverwritesNothing) {
  const auto file = elsewhere_.path() / "precious";
  std::ofstream(file) << "precious";
  const auto refused = store_->backup(file);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("exists and is not overwritten"));
  std::string content;
  std::ifstream(file) >> content;
  EXPECT_EQ(content, "precious");
  EXPECT_EQ(std::distance(fs::directory_iterator(elsewhere_.path()), {}), 1);
}

TEST_F(Backup, SaysWhereItCannotWrite) {
  const auto refused = store_->backup(elsewhere_.path() / "nowhere" / "copy");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("cannot write in"));
}

TEST_F(Backup, IsOfOneMomentWhileBatchesAreCommitted) {
  // Every batch gives both names the same time, so a copy of two moments would show.
  std::atomic<bool> stop = false;
  std::atomic<int> commits = 0;
  std::thread writer([&] {
    for (int due = 1; !stop; ++due) {
      EXPECT_TRUE(commit(*store_, {names::PutRecord{unique_record("FRED", due)},
                                   names::PutRecord{unique_record("ZOE", due)}}));
      ++commits;
    }
  });
  while (commits == 0) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    const auto before = commits.load();
    const auto file = elsewhere_.path() / std::to_string(i);
    const auto made = store_->backup(file);
    EXPECT_TRUE(made) << made.error().text;
    const auto records = known_of_copy(file).records;
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records.begin()->second.due, records.rbegin()->second.due);
    EXPECT_GE(records.begin()->second.due, at(before));
  }
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace winsome::store
