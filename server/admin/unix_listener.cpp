#include "server/admin/unix_listener.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "server/core/check.h"

namespace winsome::admin {
namespace {

constexpr int backlog = 64;
constexpr int pause_ms = 200;  // when the process is out of descriptors
constexpr mode_t socket_mode = 0660;

std::string error_text(int error) {
  return std::generic_category().message(error);
}

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// Asks for the socket's address by the type that the sockets interface wants.
template <class Call>
int with_address(const std::filesystem::path& path, Call call) {
  const auto address = address_of(path);
  return call(reinterpret_cast<const sockaddr*>(&address), socklen_t{sizeof address});
}

/// Makes sure that `path` is free: a socket that nobody answers is the remains of a dead server.
Result<void, std::string> clear_path(const std::filesystem::path& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return fail(fmt::format(
        "cannot create the admin socket {}: there is a file that is not a socket; move it away",
        path.native()));
  }
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return fail("cannot create a unix socket: " + error_text(errno));
  const int error = with_address(
      path, [probe](auto... where) { return ::connect(probe, where...) == 0 ? 0 : errno; });
  ::close(probe);
  if (error == 0) {
    return fail(fmt::format(
        "a server already listens on the admin socket {}; stop it, or set [admin] socket to "
        "another path",
        path.native()));
  }
  if (error != ECONNREFUSED && error != ENOENT) {
    return fail(fmt::format("cannot tell whether a server listens on {}: {}", path.native(),
                            error_text(error)));
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(fmt::format("cannot remove the socket {} of a dead server: {}", path.native(),
                            error_text(errno)));
  }
  return {};
}

Result<void, std::string> check_directory(const std::filesystem::path& path) {
  if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(fmt::format("the admin socket's path {} is longer than {} octets", path.native(),
                            sizeof(sockaddr_un::sun_path) - 1));
  }
  std::error_code ignored;
  const auto directory = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(directory, ignored)) {
    return fail(fmt::format(
        "cannot create the admin socket {}: there is no directory {}; create it, or set [admin] "
        "socket to another path",
        path.native(), directory.native()));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<UnixListener>, std::string> UnixListener::open(
    const std::filesystem::path& path) {
  if (auto checked = check_directory(path); !checked) return fail(std::move(checked.error()));
  if (auto cleared = clear_path(path); !cleared) return fail(std::move(cleared.error()));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return fail("cannot create a unix socket: " + error_text(errno));
  const bool bound =
      with_address(path, [socket](auto... where) { return ::bind(socket, where...); }) == 0;
  // Nobody can connect before listen(), so nobody can before the mode is right.
  if (!bound || ::chmod(path.c_str(), socket_mode) != 0 || ::listen(socket, backlog) != 0) {
    const int error = errno;
    ::close(socket);
    if (bound) ::unlink(path.c_str());
    return fail(
        fmt::format("cannot create the admin socket {}: {}; may this user write in that directory?",
                    path.native(), error_text(error)));
  }
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  check(wake >= 0, "the process may open one more descriptor");
  return std::unique_ptr<UnixListener>(new UnixListener(path, socket, wake));
}

UnixListener::~UnixListener() {
  stop();
  ::close(socket_);
  ::close(wake_);
  ::unlink(path_.c_str());
}

void UnixListener::start(Accepted accepted) {
  thread_ = std::thread([this, accepted = std::move(accepted)] { accept_all(accepted); });
}

void UnixListener::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  ::eventfd_write(wake_, 1);
  thread_.join();
}

void UnixListener::accept_all(const Accepted& accepted) {
  while (!stopping_) {
    std::array<pollfd, 2> waiting{{{socket_, POLLIN, 0}, {wake_, POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if ((waiting[0].revents & POLLIN) == 0) continue;
    const int descriptor = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) {
      remember(descriptor);
      accepted(descriptor);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      ::poll(&waiting[1], 1, pause_ms);
    }
  }
}

void UnixListener::remember(int descriptor) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return;
  const std::lock_guard lock(mutex_);
  peers_.insert_or_assign(fmt::format("fd:{}", descriptor),
                          fmt::format("uid {} pid {}", peer.uid, peer.pid));
}

std::string UnixListener::who(std::string_view connection) const {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(connection);
  return found == peers_.end() ? std::string(connection) : found->second;
}

}  // namespace winsome::admin
