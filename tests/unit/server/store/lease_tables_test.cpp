#include "server/store/lease_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/store/data_dir_lock.h"
#include "server/store/migrations.h"
#include "server/store/restore.h"
#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/leases.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::unique_ptr<SqliteStore> open(const TemporaryDirectory& directory) {
  auto store = SqliteStore::open(directory.path());
  EXPECT_TRUE(store) << store.error().text;
  return store ? *std::move(store) : nullptr;
}

fs::path file_of(const TemporaryDirectory& directory) {
  return database_file(directory.path());
}

/// A database that a server has left, with a lease, a reservation and DNS work.
void fill(const TemporaryDirectory& directory) {
  const auto store = open(directory);
  ASSERT_TRUE(load(*store));
  ASSERT_TRUE(commit(*store, {names::PutRecord{unique_record("PRINTER", 9000)}}, 1, {},
                     {dhcp::PutLease{ordinary_lease(1)}, dhcp::PutReservation{full_reservation(2)},
                      dhcp::PutDnsWork{dns_work(3)}}));
}

/// As somebody does who edits the file.
void edit(const fs::path& file, const std::string& sql) {
  auto database = Database::open(file, Database::Access::create);
  ASSERT_TRUE(database) << database.error().text;
  const auto done = database->run(sql);
  ASSERT_TRUE(done) << done.error().text;
}

TEST(LeaseTables, ADatabaseOfTheSecondSchemaKeepsWhatItHas) {
  const TemporaryDirectory directory;
  const auto file = file_of(directory);
  {
    auto database = Database::open(file, Database::Access::create);
    ASSERT_TRUE(database);
    ASSERT_TRUE(migrate(*database, migrations().first(2)));
  }
  const auto nameless = std::string(32, '0');
  edit(file,
       "UPDATE counters SET version = 42, batch = 9, starts = 3, recovered_restores = 0;"
       "INSERT INTO names VALUES (zeroblob(16), x'', 0, 0, 3, 0, 1, 42, 1000, 7, x'0a000001');"
       "INSERT INTO refreshes VALUES (8, x'" +
           nameless +
           "000000000000138800');"
           "INSERT INTO owners VALUES (2, 77, 0);"
           "INSERT INTO pending VALUES (zeroblob(16), x'', 0, 0, 0, 0, 2, 5, 0, x'0a000002')");
  const auto known = load(*open(directory));
  ASSERT_TRUE(known) << known.error().text;
  EXPECT_EQ(known->counters.version, 42U);
  ASSERT_EQ(known->records.size(), 1U);
  const auto& record = known->records.begin()->second;
  EXPECT_FALSE(record.fed);
  EXPECT_EQ(record.due, at(5000));
  EXPECT_EQ(known->memory.owners.size(), 1U);
  EXPECT_EQ(known->memory.pending.size(), 1U);
  EXPECT_TRUE(known->memory.recovered);
  EXPECT_TRUE(known->leases.leases.empty());
  EXPECT_TRUE(fs::exists(file.string() + ".before-3"));
}

TEST(LeaseTables, ADamagedRowIsRefusedWithItsKey) {
  const std::pair<const char*, const char*> damages[] = {
      {"UPDATE leases SET state = 9", "row 167837697 of leases: its state is unknown"},
      {"UPDATE leases SET hardware = x''", "of leases: its hardware address is none"},
      {"UPDATE reservations SET options = x'01'", "of reservations: its options do not decode"},
      {"UPDATE reservations SET client = NULL", "of reservations: it is not for exactly one"},
      {"UPDATE dns_work SET is_add = 7", "row 3 of dns_work: a flag is neither 0 nor 1"},
      {"CREATE TABLE loose AS SELECT * FROM leases; DROP TABLE leases;"
       "ALTER TABLE loose RENAME TO leases; INSERT INTO leases SELECT * FROM leases",
       "rows of leases are out of order or there twice"},
      {"CREATE TABLE loose AS SELECT * FROM leases; DROP TABLE leases;"
       "ALTER TABLE loose RENAME TO leases; UPDATE leases SET client = 'text'",
       "a row of leases holds a value of a wrong kind"},
      {"UPDATE names SET fed = 1, type = 1", "no lease feeds its like"}};
  for (const auto& [sql, text] : damages) {
    SCOPED_TRACE(sql);
    const TemporaryDirectory directory;
    fill(directory);
    edit(file_of(directory), sql);
    const auto known = load(*open(directory));
    ASSERT_FALSE(known);
    EXPECT_EQ(known.error().error, StoreError::damaged);
    EXPECT_THAT(known.error().text, HasSubstr(text));
  }
}

TEST(LeaseTables, ABackupBringsLeasesAlong) {
  const TemporaryDirectory directory;
  const TemporaryDirectory other;
  fill(directory);
  const auto backup = other.path() / "backup";
  const auto copied = open(directory)->backup(backup);
  ASSERT_TRUE(copied) << copied.error().text;
  const auto restored = restore(backup, other.path());
  ASSERT_TRUE(restored) << restored.error().text;
  const auto known = load(*open(other));
  ASSERT_TRUE(known) << known.error().text;
  EXPECT_EQ(known->leases.leases, std::vector{ordinary_lease(1)});
  EXPECT_EQ(known->leases.reservations, std::vector{full_reservation(2)});
  EXPECT_EQ(known->leases.dns, std::vector{dns_work(3)});
}

TEST(LeaseTables, ABackupWithADamagedLeaseIsNotRestored) {
  const TemporaryDirectory directory;
  const TemporaryDirectory other;
  fill(directory);
  edit(file_of(directory), "UPDATE leases SET name_state = 9; PRAGMA journal_mode = DELETE");
  const auto restored = restore(file_of(directory), other.path());
  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().text, HasSubstr("the state of its name is unknown"));
}

}  // namespace
}  // namespace winsome::store
