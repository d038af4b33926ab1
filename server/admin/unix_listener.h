#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "server/core/result.h"

namespace winsome::admin {

/// Accepts connections on a unix socket of mode 0660 and remembers who is behind each. gRPC could
/// listen itself, but would take the socket of a live server away, leave its mode to the umask and
/// hide the peer's credentials.
class UnixListener {
 public:
  /// Takes over an accepted, non-blocking connection.
  using Accepted = std::function<void(int descriptor)>;

  /// Replaces the socket file of a dead server; one of a live server, or a file of another kind, is
  /// an error.
  [[nodiscard]] static Result<std::unique_ptr<UnixListener>, std::string> open(
      const std::filesystem::path& path);

  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;
  ~UnixListener();  // stops, and removes the socket file

  void start(Accepted accepted);
  void stop();

  /// `uid 1000 pid 4242` for gRPC's name of a connection, `fd:12`; that name itself when it is
  /// unknown.
  [[nodiscard]] std::string who(std::string_view connection) const;

 private:
  UnixListener(std::filesystem::path path, int socket, int wake)
      : path_(std::move(path)), socket_(socket), wake_(wake) {}
  void accept_all(const Accepted& accepted);
  void remember(int descriptor);

  const std::filesystem::path path_;
  const int socket_;
  const int wake_;  // an eventfd
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>>
      peers_;  // at most one for each descriptor we may open
  std::thread thread_;
};

}  // namespace winsome::admin
