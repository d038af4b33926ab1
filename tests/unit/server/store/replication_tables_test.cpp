#include "server/store/replication_tables.h"

#include <gtest/gtest.h>

#include <string>

#include "server/store/data_dir_lock.h"
#include "server/store/migrations.h"
#include "server/store/restore.h"
#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;

/// A database as the first version of the program left it, brought to today by a start.
class OldDatabase : public testing::Test {
 protected:
  static constexpr const char* in_use =
      "UPDATE counters SET version = 42, starts = 3;"
      "INSERT INTO names VALUES (zeroblob(16), x'', 0, 0, 0, 0, 1, 42, 0, 1, x'0a000001')";

  static void make(const fs::path& file, const std::string& sql) {
    auto database = Database::open(file, Database::Access::create);
    ASSERT_TRUE(database) << database.error().text;
    ASSERT_TRUE(migrate(*database, migrations().first(1)));
    const auto done = database->run(sql + "; PRAGMA journal_mode = DELETE");
    ASSERT_TRUE(done) << done.error().text;
  }

  Known start() {
    auto store = SqliteStore::open(directory_.path());
    EXPECT_TRUE(store) << store.error().text;
    if (!store) return {};
    auto known = load(**store);
    EXPECT_TRUE(known) << known.error().text;
    return known ? *std::move(known) : Known{};
  }

  TemporaryDirectory directory_;
  fs::path file_ = database_file(directory_.path());
};

// Decision 18
TEST_F(OldDatabase, OneThatWasInUseIsRecovered) {
  make(file_, in_use);
  const auto known = start();
  EXPECT_TRUE(known.memory.recovered);
  EXPECT_TRUE(known.memory.owners.empty());
  EXPECT_TRUE(known.memory.pending.empty());
  EXPECT_EQ(known.counters.version, 42U);
  EXPECT_EQ(known.records.size(), 1U);
  EXPECT_TRUE(start().memory.recovered);
}

TEST_F(OldDatabase, OneThatNoServerEverLoadedIsNotRecovered) {
  make(file_, "");
  EXPECT_FALSE(start().memory.recovered);
  EXPECT_FALSE(start().memory.recovered);
}

TEST_F(OldDatabase, OneThatWasRestoredAndThenUsedIsRecovered) {
  make(file_, std::string(in_use) + "; UPDATE counters SET restores = 2, starts = 1");
  EXPECT_TRUE(start().memory.recovered);
}

TEST_F(OldDatabase, ABackupOfOneIsMigratedAfterItsRestoreAndIsNotRecovered) {
  const TemporaryDirectory elsewhere;
  const auto backup = elsewhere.path() / "backup";
  make(backup, in_use);
  const auto restored = restore(backup, directory_.path());
  ASSERT_TRUE(restored) << restored.error().text;
  const auto known = start();
  EXPECT_FALSE(known.memory.recovered);
  EXPECT_EQ(known.counters.version, 42U);
  EXPECT_EQ(known.records.size(), 1U);
  EXPECT_FALSE(start().memory.recovered);
}

}  // namespace
}  // namespace winsome::store
