#include "server/store/data_dir_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "tests/unit/server/store/temporary_directory.h"

namespace winsome::store {
namespace {

using testing::HasSubstr;

TEST(DataDirLock, ASecondServerIsRefused) {
  const TemporaryDirectory directory;
  std::optional first = DataDirLock::take(directory.path());
  ASSERT_TRUE(*first);
  const auto second = DataDirLock::take(directory.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().error, StoreError::cannot_open);
  EXPECT_THAT(second.error().text, HasSubstr("another server uses " + directory.path().string()));
  first.reset();
  EXPECT_TRUE(DataDirLock::take(directory.path()));
}

TEST(DataDirLock, AMissingDirectoryIsToBeCreated) {
  const TemporaryDirectory directory;
  const auto lock = DataDirLock::take(directory.path() / "nowhere");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().error, StoreError::cannot_open);
  EXPECT_THAT(lock.error().text, HasSubstr("nowhere does not exist; create it"));
}

TEST(DataDirLock, AFileIsNoDataDirectory) {
  const TemporaryDirectory directory;
  std::ofstream(directory.path() / "file") << "x";
  const auto lock = DataDirLock::take(directory.path() / "file");
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().text, HasSubstr("is not a directory"));
}

TEST(DataDirLock, ADirectoryOfSomebodyElseIsRefused) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TemporaryDirectory directory;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0500), 0);
  const auto lock = DataDirLock::take(directory.path());
  ASSERT_EQ(::chmod(directory.path().c_str(), 0700), 0);
  ASSERT_FALSE(lock);
  EXPECT_THAT(lock.error().text, HasSubstr("no permission to write in"));
}

}  // namespace
}  // namespace winsome::store
