#include "server/store/sqlite_store.h"

#include <SQLiteCpp/Database.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Store : public testing::Test {
 protected:
  /// A database of a few dozen pages, closed.
  void fill() {
    auto store = open();
    ASSERT_TRUE(store) << store.error().text;
    ASSERT_TRUE(load(**store));
    std::vector<names::Change> changes;
    for (int i = 0; i < 500; ++i) {
      changes.emplace_back(names::PutRecord{unique_record("NAME" + std::to_string(i), i)});
    }
    ASSERT_TRUE(commit(**store, changes));
    ASSERT_TRUE(commit(
        **store, {touch("NAME0", 5000)}, 0,
        {replication::PutOwner{other_address, 9}, replication::PutPending{replica("NAME1")}}));
  }

  Result<std::unique_ptr<SqliteStore>, StoreFailure> open() {
    return SqliteStore::open(directory_.path());
  }

  /// Changes a row behind the store's back.
  void edit(const std::string& sql) {
    auto database = Database::open(file_, Database::Access::write);
    ASSERT_TRUE(database);
    const auto edited = database->run(sql);
    ASSERT_TRUE(edited) << edited.error().text;
  }

  /// Refused, by a sentence that says why and what to do, and not altered.
  void expect_damaged(std::string_view why) {
    const auto before = content_of(file_);
    auto store = open();
    StoreFailure failure{.text = "nothing failed"};
    if (!store) {
      failure = store.error();
    } else if (const auto loaded = load(**store); !loaded) {
      failure = loaded.error();
    }
    EXPECT_EQ(failure.error, StoreError::damaged);
    EXPECT_THAT(failure.text, AllOf(HasSubstr(std::string(why)), HasSubstr("winsome restore FILE"),
                                    HasSubstr(file_.string())));
    if (store) store->reset();
    EXPECT_EQ(content_of(file_), before);
  }

  struct Edit {
    std::string sql;
    std::string why;
  };
  void refuses(const Edit& made) {
    SCOPED_TRACE(made.sql);
    fs::remove(file_);
    fill();
    edit(made.sql);
    expect_damaged(made.why);
  }

  /// Takes the types and the key from a table, and then runs `sql`.
  static std::string loose(const std::string& table, const std::string& sql) {
    return "CREATE TABLE loose AS SELECT * FROM " + table + "; DROP TABLE " + table +
           "; ALTER TABLE loose RENAME TO " + table + "; " + sql;
  }

  TemporaryDirectory directory_;
  fs::path file_ = directory_.path() / "winsome.db";
};

TEST_F(Store, AnEmptyFileIsANewDatabase) {
  std::ofstream(file_).close();
  auto store = open();
  ASSERT_TRUE(store) << store.error().text;
  EXPECT_TRUE(load(**store)->records.empty());
}

TEST_F(Store, CountsItsStarts) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(load(**open()));
  auto database = Database::open(file_, Database::Access::read);
  EXPECT_EQ(database->number("SELECT starts FROM counters"), 3);
}

TEST_F(Store, HasAnIdentityOfItsOwn) {
  const TemporaryDirectory other;
  ASSERT_TRUE(open());
  ASSERT_TRUE(SqliteStore::open(other.path()));
  auto ours = Database::open(file_, Database::Access::read);
  auto theirs = Database::open(other.path() / "winsome.db", Database::Access::read);
  const auto identity = ours->text("SELECT identity FROM counters");
  EXPECT_EQ(identity->size(), 32U);
  EXPECT_NE(*identity, *theirs->text("SELECT identity FROM counters"));
}

TEST_F(Store, IsWrittenByOneServerAtATime) {
  const auto first = open();
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error, StoreError::cannot_open);
}

TEST_F(Store, RefusesAFileThatIsNoDatabase) {
  std::ofstream(file_) << std::string(8192, 'x');
  expect_damaged("not a database");
}

TEST_F(Store, RefusesABadHeader) {
  fill();
  std::fstream(file_, std::ios::in | std::ios::out | std::ios::binary).write("SQLite?", 7);
  expect_damaged("not a database");
}

TEST_F(Store, RefusesABadPage) {
  fill();
  const auto size = fs::file_size(file_);
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(size / 2048 / 2 * 2048));
  file << std::string(2048, '\x5a');
  file.close();
  expect_damaged("");
}

TEST_F(Store, RefusesAFileThatIsCutShort) {
  fill();
  fs::resize_file(file_, fs::file_size(file_) / 2);
  expect_damaged("");
}

TEST_F(Store, RefusesADatabaseWithoutOurTables) {
  for (const std::string table : {"refreshes", "owners", "pending"}) {
    refuses({"DROP TABLE " + table, "no such table: " + table});
  }
}

TEST_F(Store, RefusesADatabaseWithoutCounters) {
  fill();
  edit("DELETE FROM counters");
  expect_damaged("its counters are missing");
}

TEST_F(Store, RefusesADatabaseOfAnotherProgram) {
  {
    auto database = Database::open(file_, Database::Access::create);
    ASSERT_TRUE(database->run("CREATE TABLE theirs (n INTEGER)"));
  }
  expect_damaged("another program");
}

// CVE-2008-1451
TEST_F(Store, RefusesHostileRows) {
  const Edit edits[] = {
      {"UPDATE names SET type = 7 WHERE due = 250", "its type is unknown"},
      {"UPDATE names SET owner = 1 << 32 WHERE due = 250", "its owner is no address"},
      {"UPDATE names SET members = zeroblob(26 * 16) WHERE due = 250", "length of its members"},
      {"UPDATE names SET members = zeroblob(1000000) WHERE due = 250", "length of its members"},
      {"INSERT INTO names SELECT zeroblob(3), scope, type, state, node, static, owner, version, "
       "due, "
       "batch, members, fed FROM names WHERE due = 250",
       "its name has not 16 octets"},
      {"UPDATE pending SET type = 7", "a pending replica: the row of name 4e414d45"},
      {"UPDATE pending SET state = 3", "its state is unknown"},
      {"UPDATE pending SET owner = -1", "its owner is no address"},
      {"UPDATE pending SET scope = zeroblob(240)", "its scope is too long"},
      {"UPDATE pending SET members = zeroblob(26 * 16)", "length of its members"},
      {"UPDATE pending SET type = 3, members = x''", "it has no address"},
      {"UPDATE owners SET owner = -1", "a known owner is no address"},
      {"UPDATE owners SET owner = 1 << 32", "a known owner is no address"},
      {"UPDATE refreshes SET packed = zeroblob(24)", "refreshes does not decode"},
  };
  for (const auto& edit : edits) refuses(edit);
}

TEST_F(Store, AllocatesNoMoreThanOurOwnRowsNeed) {
  fill();
  {
    SQLite::Database anybody(file_.string(), SQLite::OPEN_READWRITE);
    anybody.exec("UPDATE refreshes SET packed = zeroblob(9000000)");
  }
  expect_damaged("too big");
}

TEST_F(Store, RefusesValuesOfAWrongKind) {
  const Edit edits[] = {
      {loose("names", "UPDATE names SET owner = 'text' WHERE due = 250"), "value of a wrong kind"},
      {loose("pending", "UPDATE pending SET name = 'text'"), "value of a wrong kind"},
      {loose("owners", "UPDATE owners SET known = 'text'"), "known owners are not numbers"},
      {loose("counters", "UPDATE counters SET recovered_restores = 'text'"),
       "counters are not numbers"},
  };
  for (const auto& edit : edits) refuses(edit);
}

TEST_F(Store, RefusesWhatIsThereTwice) {
  const Edit edits[] = {
      {loose("names", "INSERT INTO names SELECT * FROM names WHERE due = 250"),
       "names are out of order or there twice"},
      {loose("pending", "INSERT INTO pending SELECT * FROM pending"),
       "pending replicas are out of order or there twice"},
      {loose("owners", "INSERT INTO owners SELECT * FROM owners; UPDATE owners SET known = rowid"),
       "known owners are out of order or there twice"},
  };
  for (const auto& edit : edits) refuses(edit);
}

TEST_F(Store, RunsNoTriggerThatSomebodyPutThere) {
  fill();
  edit("CREATE TRIGGER steal AFTER UPDATE ON counters BEGIN DELETE FROM names; END");
  {
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(load(**store));
    ASSERT_TRUE(commit(**store, {}));
  }
  EXPECT_EQ(load(**open())->records.size(), 500U);
}

TEST_F(Store, RefusesALaterSchemaAndLeavesIt) {
  fill();
  edit("PRAGMA user_version = 1000");
  const auto before = content_of(file_);
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().error, StoreError::newer_schema);
  EXPECT_EQ(content_of(file_), before);
}

TEST_F(Store, NoticesThatItsFileWasReplacedUnderIt) {
  auto store = open();
  ASSERT_TRUE(load(**store));
  ASSERT_TRUE(commit(**store, {names::PutRecord{unique_record("FRED", 1)}}));
  auto admin = Database::open(file_, Database::Access::write);
  ASSERT_TRUE(admin->run("BEGIN IMMEDIATE; UPDATE counters SET batch = batch + 5"));
  EXPECT_FALSE((*store)->probe({}));  // locked out, so it opens the database anew
  ASSERT_TRUE(admin->run("COMMIT"));
  const auto probed = (*store)->probe({});
  ASSERT_FALSE(probed);
  EXPECT_THAT(probed.error().text, HasSubstr("changed by something else; restart the server"));
}

}  // namespace
}  // namespace winsome::store
