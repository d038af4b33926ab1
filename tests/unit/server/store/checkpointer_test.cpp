#include "server/store/checkpointer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "server/store/sqlite_store.h"
#include "tests/unit/server/store/records.h"
#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

constexpr std::uintmax_t frame_size = 2048 + 24;
constexpr std::uintmax_t frames_of_one_commit_max = 8;

std::uintmax_t log_size_max(const std::filesystem::path& directory,
                            const Checkpointer::Limits& limits) {
  auto opened = SqliteStore::open(directory, {.checkpoint = limits});
  EXPECT_TRUE(opened);
  auto& store = **opened;
  EXPECT_TRUE(load(store));
  std::uintmax_t longest = 0;
  for (int i = 0; i < 300; ++i) {
    const auto text = "NAME" + std::to_string(i);
    EXPECT_TRUE(commit(store, {names::PutRecord{unique_record(text, i)}}));
    longest = std::max(longest, std::filesystem::file_size(directory / "winsome.db-wal"));
  }
  return longest;
}

TEST(Checkpointer, TheLogStaysBelowItsLimitUnderSteadyLoad) {
  const TemporaryDirectory directory;
  const auto longest = log_size_max(directory.path(), {.wake = 10, .hold = 60});
  EXPECT_LE(longest, (60 + frames_of_one_commit_max) * frame_size);
}

TEST(Checkpointer, AReaderThatStaysDoesNotStopTheWriter) {
  const TemporaryDirectory directory;
  {
    auto opened = SqliteStore::open(directory.path());
    ASSERT_TRUE(opened);
    ASSERT_TRUE(load(**opened));
    ASSERT_TRUE(commit(**opened, {names::PutRecord{unique_record("FRED", 1)}}));
  }
  auto reader = Database::open(directory.path() / "winsome.db", Database::Access::read);
  ASSERT_TRUE(reader);
  ASSERT_TRUE(reader->run("BEGIN"));
  ASSERT_EQ(reader->number("SELECT count(*) FROM names"), 1);
  EXPECT_GT(log_size_max(directory.path(), {.wake = 10, .hold = 60}), 300 * frame_size);
  EXPECT_EQ(reader->number("SELECT count(*) FROM names"), 1);
}

}  // namespace
}  // namespace winsome::store
