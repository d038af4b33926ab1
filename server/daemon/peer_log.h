#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace winsome::daemon {

/// Writes into the log what peers do wrong: of each one a line a minute, for who means harm does it
/// a thousand times a second. What came between is counted. From any thread.
class PeerLog {
 public:
  using Clock = std::chrono::steady_clock;
  /// `times`: of this peer, since it was first heard of.
  using Write =
      std::function<void(const std::string& peer, const std::string& what, std::uint64_t times)>;
  /// Beyond it all is forgotten, and everybody may be written of again.
  static constexpr std::size_t peers_max = 1024;

  explicit PeerLog(Write write) : write_(std::move(write)) {}

  void note(const std::string& peer, const std::string& what, Clock::time_point now = Clock::now());

 private:
  struct Peer {
    std::uint64_t times = 0;
    Clock::time_point last;
  };

  Write write_;
  std::mutex mutex_;
  std::unordered_map<std::string, Peer> peers_;
};

}  // namespace winsome::daemon
