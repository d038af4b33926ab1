#include "server/tftp/path.h"

#include <gtest/gtest.h>

namespace winsome::tftp {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

void expect_path(std::string_view asked, std::string_view path) {
  const auto found = relative_path(asked);
  ASSERT_TRUE(found) << asked;
  EXPECT_EQ(*found, path) << asked;
}

void expect_refusal(std::string_view asked, PathError error) {
  const auto found = relative_path(asked);
  ASSERT_FALSE(found) << asked << " became " << *found;
  EXPECT_EQ(found.error(), error) << asked;
}

TEST(TftpPath, IsRelativeToTheRoot) {
  expect_path("pxe.0", "pxe.0");
  expect_path("/pxe.0", "pxe.0");
  expect_path("//boot/./x//pxe.0", "boot/x/pxe.0");
}

// Windows' boot programs ask for \Boot\BCD.
TEST(TftpPath, TakesBackslashesForSlashes) {
  expect_path(R"(\Boot\BCD)", "Boot/BCD");
}

TEST(TftpPath, LetsHiddenFilesAndDotsInNamesPass) {
  expect_path(".disk/info", ".disk/info");
  expect_path("a..b/...", "a..b/...");
}

TEST(TftpPath, RefusesEveryWayUp) {
  for (const auto climbing : {"..", "../a", "/../a", "a/../b", "a/..", R"(..\a)", R"(a\..\..\b)",
                              "a/../../../../etc/passwd"}) {
    expect_refusal(climbing, PathError::climbs);
  }
}

TEST(TftpPath, RefusesANul) {
  expect_refusal("pxe.0\0.png"sv, PathError::has_nul);
}

TEST(TftpPath, RefusesWhatNamesNoFile) {
  for (const auto nothing : {"", "/", "//", ".", "./", R"(\)"})
    expect_refusal(nothing, PathError::empty);
}

TEST(TftpPath, RefusesWhatIsTooLong) {
  expect_path(std::string(400, 'a'), std::string(400, 'a'));
  expect_refusal(std::string(401, 'a'), PathError::too_long);
}

}  // namespace
}  // namespace winsome::tftp
