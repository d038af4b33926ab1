#include "server/store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

using testing::HasSubstr;

constexpr Migration first{"0001_a.sql", "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1)"};
constexpr Migration second{"0002_b.sql",
                           "UPDATE a SET n = n + 1; CREATE TABLE b (n INTEGER); -- b"};
constexpr Migration broken{"0002_b.sql", "UPDATE a SET n = 9; CREATE TABLE a (n INTEGER)"};

class Migrations : public testing::Test {
 protected:
  Database open(const char* name = "winsome.db") {
    auto database = Database::open(directory_.path() / name, Database::Access::create);
    EXPECT_TRUE(database) << database.error().text;
    return *std::move(database);
  }

  TemporaryDirectory directory_;
};

TEST_F(Migrations, AreNumberedFromOne) {
  for (std::size_t i = 0; i < migrations().size(); ++i) {
    EXPECT_EQ(migrations()[i].name.substr(0, 5), "000" + std::to_string(i + 1) + "_");
  }
  EXPECT_GE(migrations().size(), 1U);
}

TEST_F(Migrations, ANewDatabaseGetsAllOfThem) {
  auto database = open();
  const std::array steps{first, second};
  const auto migrated = migrate(database, steps);
  ASSERT_TRUE(migrated) << migrated.error().text;
  EXPECT_EQ(database.number("SELECT n FROM a"), 2);
  EXPECT_EQ(database.number("PRAGMA user_version"), 2);
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "winsome.db.before-2"));
}

TEST_F(Migrations, AreRunOnce) {
  auto database = open();
  const std::array steps{first, second};
  ASSERT_TRUE(migrate(database, steps));
  ASSERT_TRUE(migrate(database, steps));
  EXPECT_EQ(database.number("SELECT n FROM a"), 2);
}

TEST_F(Migrations, AnExistingDatabaseIsCopiedFirst) {
  auto database = open();
  ASSERT_TRUE(migrate(database, std::array{first}));
  const std::array steps{first, second};
  const auto migrated = migrate(database, steps);
  ASSERT_TRUE(migrated) << migrated.error().text;
  EXPECT_EQ(database.number("SELECT n FROM a"), 2);
  auto copy = open("winsome.db.before-2");
  EXPECT_EQ(copy.number("SELECT n FROM a"), 1);
  EXPECT_EQ(copy.number("PRAGMA user_version"), 1);
}

TEST_F(Migrations, OneThatFailsLeavesTheDatabaseAsItWas) {
  auto database = open();
  ASSERT_TRUE(migrate(database, std::array{first}));
  const std::array steps{first, broken};
  const auto migrated = migrate(database, steps);
  ASSERT_FALSE(migrated);
  EXPECT_THAT(migrated.error().text, HasSubstr("migration 0002_b.sql"));
  EXPECT_EQ(database.number("SELECT n FROM a"), 1);
  EXPECT_EQ(database.number("PRAGMA user_version"), 1);

  const std::array mended{first, second};
  EXPECT_TRUE(migrate(database, mended));
}

TEST_F(Migrations, ALaterSchemaIsRefused) {
  auto database = open();
  const std::array later{first, second};
  ASSERT_TRUE(migrate(database, later));
  const auto refused = migrate(database, std::array{first});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, StoreError::newer_schema);
  EXPECT_THAT(
      refused.error().text,
      HasSubstr("written by a later version of winsome (its schema is 2, this program knows 1)"));
}

TEST_F(Migrations, ADatabaseOfAnotherProgramIsRefused) {
  auto database = open();
  ASSERT_TRUE(database.run("CREATE TABLE theirs (n INTEGER)"));
  const auto refused = migrate(database, std::array{first});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error, StoreError::damaged);
  EXPECT_THAT(refused.error().text, HasSubstr("another program"));
}

}  // namespace
}  // namespace winsome::store
