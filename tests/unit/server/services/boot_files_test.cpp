#include "server/services/boot_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <vector>

#include "tests/unit/server/services/boot_directory.h"

namespace winsome::services {
namespace {

FileError refusal(const BootFiles& files, const std::string& path) {
  const auto file = files.open(path);
  EXPECT_FALSE(file) << path;
  return file ? FileError{} : file.error();
}

class BootFilesTest : public ::testing::Test {
 protected:
  BootDirectory directory;
  BootFiles files = *BootFiles::at(directory.root());
};

TEST_F(BootFilesTest, ReadsAPartOfAFile) {
  directory.write("boot/pxe.0", "0123456789");
  const auto file = files.open("boot/pxe.0");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size(), 10U);
  std::vector<std::uint8_t> room(4);
  EXPECT_EQ(file->read(3, room), 4U);
  EXPECT_EQ(std::string(room.begin(), room.end()), "3456");
  EXPECT_EQ(file->read(8, room), 2U);
  EXPECT_EQ(file->read(10, room), 0U);
}

TEST_F(BootFilesTest, DoesNotFindWhatIsNotThere) {
  directory.write("file", "");
  EXPECT_EQ(refusal(files, "missing"), FileError::not_found);
  EXPECT_EQ(refusal(files, "missing/too"), FileError::not_found);
  EXPECT_EQ(refusal(files, "file/below"), FileError::not_found);
  EXPECT_EQ(refusal(files, std::string(300, 'a')), FileError::not_found);
}

// The issue: rooted, no links out.
TEST_F(BootFilesTest, FollowsLinksInsideTheRootOnly) {
  directory.write("real", "inside");
  directory.write("../secret", "outside");
  directory.link("real", "inside");
  directory.link("../real", "boot/up_and_inside");
  directory.link("../secret", "out");
  directory.link("..", "up");
  directory.link(directory.root() + "/real", "absolute");
  directory.link("/proc/self/root/etc/passwd", "magic");
  EXPECT_TRUE(files.open("inside"));
  EXPECT_TRUE(files.open("boot/up_and_inside"));
  for (const auto* path : {"out", "up/secret", "absolute", "magic", "../secret", "/etc/passwd"})
    EXPECT_EQ(refusal(files, path), FileError::access) << path;
}

TEST_F(BootFilesTest, RefusesALinkToItself) {
  directory.link("loop", "loop");
  EXPECT_EQ(refusal(files, "loop"), FileError::access);
}

TEST_F(BootFilesTest, ServesRegularFilesOnly) {
  directory.write("boot/file", "");
  ASSERT_EQ(::mkfifo((directory.root() + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal(files, "boot"), FileError::access);
  EXPECT_EQ(refusal(files, "."), FileError::access);
  EXPECT_EQ(refusal(files, "fifo"), FileError::access) << "and does not wait for its writer";
}

TEST_F(BootFilesTest, SeesARootThatWasReplaced) {
  directory.write("old", "");
  std::filesystem::rename(directory.root(), directory.root() + ".old");
  directory.write("new", "");
  EXPECT_TRUE(files.open("new"));
  EXPECT_EQ(refusal(files, "old"), FileError::not_found);
}

TEST_F(BootFilesTest, SaysWhatToDoWithoutARoot) {
  directory.write("file", "");
  for (const auto* missing : {"/missing", "/file"}) {
    const auto none = BootFiles::at(directory.root() + missing);
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().find("tftp.root"), std::string::npos) << none.error();
  }
}

}  // namespace
}  // namespace winsome::services
