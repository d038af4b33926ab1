#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/dns/lease_update.h"
#include "server/dns/options.h"
#include "server/leases/actions.h"

namespace winsome::dns {

/// Carries out DNS work on a thread of its own, one entry after the other, so that what is told of
/// a name stays in order. While the server is out of reach the first entry waits and all others
/// behind it; the durable queue is the lease database's, this is the piece of it that is in work.
class Updater {
 public:
  /// Entries held at once: enough to work while more are fetched.
  static constexpr std::size_t held_max = 256;

  struct Counters {
    std::uint64_t done = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t refused = 0;
    std::uint64_t unreachable = 0;  // times the server was out of reach
  };

  /// Both are called on the updater's thread.
  struct Listener {
    /// The entry is finished, one way or the other.
    std::function<void(const dhcp::DnsWork&, const Outcome&)> finished;
    /// Once when the server is out of reach, once when it is there again.
    std::function<void(bool reached)> reach_changed;
  };

  Updater(const Options& options, std::uint64_t seed, Listener listener);
  /// Stops at once; an entry that is in work is done again after the next start.
  ~Updater();
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  /// Takes those with higher ids than all it ever took, up to `held_max` at once: what is finished
  /// must not be done again after what followed it.
  void post(const std::vector<dhcp::DnsWork>& work);

  [[nodiscard]] Counters counters() const;

 private:
  void run();
  void count(Verdict verdict);
  /// False when it was stopped.
  [[nodiscard]] bool rest(milliseconds pause);

  Options options_;
  Listener listener_;
  int stop_;  // an eventfd, so that waiting for an answer ends too
  LeaseUpdate update_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<dhcp::DnsWork> queue_;
  std::uint64_t last_ = 0;  // the highest id taken
  bool stopping_ = false;
  Counters counters_;
  std::thread thread_;
};

}  // namespace winsome::dns
