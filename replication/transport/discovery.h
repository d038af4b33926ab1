#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/core/ipv4.h"
#include "server/core/result.h"

namespace winsome::transport {

struct DiscoveryOptions {
  std::vector<Ipv4> addresses;  // of this server: what is announced, and where
  std::uint16_t port = 42;
  std::chrono::milliseconds interval = std::chrono::minutes(40);  // fact base C1: not less
  unsigned ttl = 6;
  /// Of what arrives within `pause`, so many datagrams are looked at (KB969373).
  std::size_t datagrams_at_once = 32;
  std::chrono::milliseconds pause{1'000};
};

/// Multicast autodiscovery (fact base C1): announces this server when it comes, at intervals, and
/// when it goes; hears of others. Nothing that arrives makes it speak. Nobody proves who he is:
/// only for networks that are trusted as a whole.
class Discovery {
 public:
  /// A server came up, or went; called on a thread of its own, not for our own addresses.
  using Heard = std::function<void(Ipv4 address, bool up)>;

  /// The text of a failure is one sentence that says what to do.
  [[nodiscard]] static Result<std::unique_ptr<Discovery>, std::string> start(
      DiscoveryOptions options, Heard heard);

  Discovery(const Discovery&) = delete;
  Discovery& operator=(const Discovery&) = delete;
  ~Discovery();  // says that this server goes

  /// As the system chose it, where the options left it open.
  [[nodiscard]] std::uint16_t port() const;
  /// How many datagrams were no announcement; of any thread.
  [[nodiscard]] std::uint64_t malformed() const;

 private:
  class Speaker;
  explicit Discovery(std::unique_ptr<Speaker> speaker);

  std::unique_ptr<Speaker> speaker_;
};

}  // namespace winsome::transport
