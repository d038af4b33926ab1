#include "server/store/restore.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "server/store/data_dir_lock.h"
#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Every file of a directory but the lock, by name.
std::map<std::string, std::string> contents(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    const auto name = entry.path().filename().string();
    if (name != "winsome.lock") files[name] = content_of(entry.path());
  }
  return files;
}

class Restore : public testing::Test {
 protected:
  /// A backup that knows FRED, and a database that knows GEORGE.
  void SetUp() override {
    put(elsewhere_.path(), "FRED");
    auto store = SqliteStore::open(elsewhere_.path());
    ASSERT_TRUE(store);
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE((*store)->backup(backup_));
    put(directory_.path(), "GEORGE");
  }

  static void put(const fs::path& directory, std::string_view text) {
    auto store = SqliteStore::open(directory);
    ASSERT_TRUE(store);
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE(commit(**store, {names::PutRecord{unique_record(text, 1000)}}, 42));
  }

  static Known loaded_from(const fs::path& directory) {
    auto store = SqliteStore::open(directory);
    EXPECT_TRUE(store) << store.error().text;
    return store ? load(**store).value() : Known{};
  }

  std::int64_t counter(const char* column) {
    auto database = Database::open(database_file(directory_.path()), Database::Access::read);
    return database->number(std::string("SELECT ") + column + " FROM counters").value();
  }

  TemporaryDirectory directory_;
  TemporaryDirectory elsewhere_;
  fs::path backup_ = elsewhere_.path() / "backup";
};

TEST_F(Restore, PutsTheBackupInPlace) {
  const auto restored = restore(backup_, directory_.path());
  ASSERT_TRUE(restored) << restored.error().text;
  const auto loaded = loaded_from(directory_.path());
  EXPECT_EQ(loaded.records, (Records{{name_of("FRED"), unique_record("FRED", 1000)}}));
  EXPECT_EQ(loaded.counters.version, 42U);
}

TEST_F(Restore, KeepsWhatWasThereUnderAnotherName) {
  ASSERT_TRUE(restore(backup_, directory_.path()));
  ASSERT_TRUE(restore(backup_, directory_.path()));
  std::size_t aside = 0;
  bool george = false;
  for (const auto& entry : fs::directory_iterator(directory_.path())) {
    if (!entry.path().filename().string().starts_with("winsome.db.replaced-")) continue;
    ++aside;
    const TemporaryDirectory look;
    fs::copy_file(entry.path(), look.path() / "winsome.db");
    george = george || loaded_from(look.path()).records.contains(name_of("GEORGE"));
  }
  EXPECT_EQ(aside, 2U);
  EXPECT_TRUE(george);
}

TEST_F(Restore, ALogThatWasLeftBehindIsNotMixedIntoTheBackup) {
  // As after a kill: the log still has what the database lacks.
  {
    auto store = SqliteStore::open(directory_.path());
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE(commit(**store, {names::PutRecord{unique_record("HARRY", 1)}}));
    fs::copy_file(directory_.path() / "winsome.db-wal", directory_.path() / "kept");
  }
  fs::rename(directory_.path() / "kept", directory_.path() / "winsome.db-wal");
  ASSERT_TRUE(restore(backup_, directory_.path()));
  EXPECT_EQ(loaded_from(directory_.path()).records,
            (Records{{name_of("FRED"), unique_record("FRED", 1000)}}));
}

TEST_F(Restore, TellsThatItHappened) {
  EXPECT_EQ(counter("restores"), 0);
  ASSERT_TRUE(restore(backup_, directory_.path()));
  EXPECT_EQ(counter("restores"), 1);
  EXPECT_EQ(counter("starts"), 0);
  loaded_from(directory_.path());
  EXPECT_EQ(counter("starts"), 1);
}

// Decision 18
TEST_F(Restore, KeepsWhatReplicationRemembersButMustRecover) {
  {
    auto store = SqliteStore::open(elsewhere_.path());
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE(commit(**store, {}, 42,
                       {replication::PutOwner{other_address, 9},
                        replication::PutPending{replica("FRED")}, replication::PutRecovered{}}));
    ASSERT_TRUE((*store)->backup(elsewhere_.path() / "recovered"));
  }
  ASSERT_TRUE(restore(elsewhere_.path() / "recovered", directory_.path()));
  auto loaded = loaded_from(directory_.path());
  EXPECT_EQ(loaded.memory.owners, (replication::OwnerMap{{other_address, 0, 9}}));
  EXPECT_EQ(loaded.memory.pending, std::vector{replica("FRED")});
  EXPECT_FALSE(loaded.memory.recovered);
  EXPECT_FALSE(loaded_from(directory_.path()).memory.recovered);  // whatever starts meanwhile

  {
    auto store = SqliteStore::open(directory_.path());
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE(commit(**store, {}, 42, {replication::PutRecovered{}}));
  }
  EXPECT_TRUE(loaded_from(directory_.path()).memory.recovered);
}

TEST_F(Restore, WorksWhereThereIsNoDatabase) {
  const TemporaryDirectory empty;
  ASSERT_TRUE(restore(backup_, empty.path()));
  EXPECT_EQ(loaded_from(empty.path()).records.size(), 1U);
}

TEST_F(Restore, ReplacesADamagedDatabase) {
  std::ofstream(database_file(directory_.path())) << "rubbish";
  ASSERT_TRUE(restore(backup_, directory_.path()));
  EXPECT_EQ(loaded_from(directory_.path()).records.size(), 1U);
}

TEST_F(Restore, IsRefusedWhileAServerRuns) {
  const auto store = SqliteStore::open(directory_.path());
  const auto refused = restore(backup_, directory_.path());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("another server uses"));
}

TEST_F(Restore, ABadBackupChangesNothing) {
  const auto before = contents(directory_.path());
  auto octets = content_of(backup_);
  octets.replace(2048, 512, 512, '\x5a');  // the head of the second page
  std::ofstream(backup_, std::ios::binary) << octets;
  std::ofstream(elsewhere_.path() / "text") << "This is no database at all.";
  std::ofstream(elsewhere_.path() / "empty").close();

  for (const auto& file : {backup_, elsewhere_.path() / "text", elsewhere_.path() / "empty"}) {
    const auto refused = restore(file, directory_.path());
    ASSERT_FALSE(refused) << file;
    EXPECT_THAT(refused.error().text, HasSubstr("nothing was changed")) << file;
    EXPECT_EQ(contents(directory_.path()), before) << file;
  }
}

TEST_F(Restore, ABackupWithAHostileRowIsRefused) {
  auto database = Database::open(backup_, Database::Access::write);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("UPDATE names SET type = 7; PRAGMA journal_mode = DELETE"));
  const auto refused = restore(backup_, directory_.path());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("its type is unknown"));
}

TEST_F(Restore, ABackupWithAHostilePendingReplicaIsRefused) {
  auto database = Database::open(backup_, Database::Access::write);
  ASSERT_TRUE(database);
  ASSERT_TRUE(
      database->run("INSERT INTO pending SELECT name, scope, 7, state, node, static, owner, "
                    "version, due, members "
                    "FROM names; PRAGMA journal_mode = DELETE"));
  const auto refused = restore(backup_, directory_.path());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("its type is unknown"));
}

TEST_F(Restore, AMissingBackupAndTheDatabaseItselfAreRefused) {
  const auto missing = restore(elsewhere_.path() / "nowhere", directory_.path());
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().text, HasSubstr("there is no file"));
  const auto itself = restore(database_file(directory_.path()), directory_.path());
  ASSERT_FALSE(itself);
  EXPECT_THAT(itself.error().text, HasSubstr("is the database itself"));
}

/// User, group and mode, as text that a failure shows.
std::string ownership(const fs::path& file) {
  struct stat found{};
  if (::stat(file.c_str(), &found) != 0) return "missing";
  return fmt::format("{}:{} {:o}", found.st_uid, found.st_gid, found.st_mode & 07777U);
}

TEST_F(Restore, ByRootLeavesADatabaseOfTheServersUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const auto database = database_file(directory_.path());
  ASSERT_EQ(::chown(database.c_str(), 4321, 8765), 0);
  ASSERT_EQ(::chmod(database.c_str(), 0640), 0);
  ASSERT_TRUE(restore(backup_, directory_.path()));
  EXPECT_EQ(ownership(database), "4321:8765 640");
}

TEST_F(Restore, ByRootWhereThereIsNoDatabaseLeavesOneOfTheDirectorysUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  const TemporaryDirectory empty;
  ASSERT_EQ(::chown(empty.path().c_str(), 4321, 8765), 0);
  ASSERT_EQ(::chmod(empty.path().c_str(), 0750), 0);
  ASSERT_TRUE(restore(backup_, empty.path()));
  EXPECT_EQ(ownership(database_file(empty.path())), "4321:8765 640");
  EXPECT_EQ(ownership(empty.path() / "winsome.lock"), "4321:8765 640");
}

TEST_F(Restore, OneThatWasCutOffIsNotTakenForAnEmptyDatabase) {
  fs::rename(database_file(directory_.path()), directory_.path() / "winsome.db.restoring");
  const auto refused = SqliteStore::open(directory_.path());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("a restore in"));
  EXPECT_FALSE(fs::exists(database_file(directory_.path())));
  ASSERT_TRUE(restore(backup_, directory_.path()));
  EXPECT_EQ(loaded_from(directory_.path()).records.size(), 1U);
}

}  // namespace
}  // namespace winsome::store
