#include "tools/winsome/files.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <iterator>

namespace winsome::cli {
namespace {

using testing::HasSubstr;

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    auto pattern = (std::filesystem::temp_directory_path() / "winsome-XXXXXX").native();
    directory = ::mkdtemp(pattern.data());
  }
  ~FilesTest() override { std::filesystem::remove_all(directory); }

  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(directory), {});
  }

  std::filesystem::path directory;
};

TEST_F(FilesTest, AFileIsReadBackAsItWasWritten) {
  const std::string text("a\0b\r\n", 5);
  auto file = NewFile::create(directory / "out");
  ASSERT_TRUE(file) << file.error();
  file->write(text);
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(read_file(directory / "out"), text);
  EXPECT_EQ(entries(), 1);
}

TEST_F(FilesTest, AnUnfinishedFileLeavesTheOldOneAsItWas) {
  {
    auto old = NewFile::create(directory / "out");
    old->write("old");
    ASSERT_TRUE(old->finish());
    auto file = NewFile::create(directory / "out");
    file->write("new");
  }
  EXPECT_EQ(read_file(directory / "out"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FilesTest, WhatCannotBeReadOrWrittenIsNamed) {
  EXPECT_THAT(read_file(directory / "none").error(), HasSubstr("No such file"));
  EXPECT_THAT(read_file(directory).error(), HasSubstr("Is a directory"));
  EXPECT_THAT(NewFile::create(directory / "none" / "out").error(), HasSubstr("No such file"));
}

}  // namespace
}  // namespace winsome::cli
