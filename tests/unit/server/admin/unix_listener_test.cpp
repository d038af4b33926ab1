#include "server/admin/unix_listener.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>

#include "tests/unit/server/admin/fixture.h"

namespace winsome::admin {
namespace {

using testing::HasSubstr;

TEST(UnixListener, TheSocketIsForOwnerAndGroupOnly) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "admin.sock";
  const auto old_mask = ::umask(0);
  const auto listener = UnixListener::open(path);
  ::umask(old_mask);
  ASSERT_TRUE(listener) << listener.error();
  struct stat found{};
  ASSERT_EQ(::lstat(path.c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777, 0660U);
}

TEST(UnixListener, TheSocketGoesWithItsListener) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "admin.sock";
  UnixListener::open(path)->reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(UnixListener, TheSocketOfADeadServerIsReplaced) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "admin.sock";
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(UnixListener::open(path));
}

TEST(UnixListener, TheSocketOfALiveServerIsNotReplaced) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "admin.sock";
  const auto first = UnixListener::open(path);
  const auto second = UnixListener::open(path);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("already listens"));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(UnixListener, AFileThatIsNoSocketIsNotReplaced) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "admin.sock";
  std::ofstream(path) << "precious";
  const auto listener = UnixListener::open(path);
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error(), HasSubstr("not a socket"));
  EXPECT_EQ(std::filesystem::file_size(path), 8U);
}

TEST(UnixListener, AMissingDirectoryIsSaidInOneSentence) {
  const TemporaryDirectory directory;
  const auto listener = UnixListener::open(directory.path() / "missing" / "admin.sock");
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error(), HasSubstr("there is no directory"));
  EXPECT_THAT(listener.error(), testing::Not(HasSubstr("\n")));
}

TEST(UnixListener, APathTooLongForASocketIsRefused) {
  const auto listener = UnixListener::open("/" + std::string(200, 'x'));
  ASSERT_FALSE(listener);
  EXPECT_THAT(listener.error(), HasSubstr("longer than 107 octets"));
}

class RunningServer : public AdminTest {};

TEST_F(RunningServer, StopRemovesTheSocketAndMayBeCalledTwice) {
  EXPECT_TRUE(std::filesystem::exists(socket()));
  server->stop();
  server->stop();
  EXPECT_FALSE(std::filesystem::exists(socket()));
}

}  // namespace
}  // namespace winsome::admin
