#pragma once

#include <array>
#include <chrono>
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
/// behind it. A zone that the server does not update is left alone for a while and the others go
/// on; its entries stay where they are durable, in the queue of the lease engine.
class Updater {
 public:
  /// Entries held at once: enough to work while more are fetched.
  static constexpr std::size_t held_max = 256;
  /// Forward zones are told apart by a hash of their names, reverse ones by the first 24 bits of
  /// their addresses: at worst two wait together.
  static constexpr std::size_t lanes_each = 1024;
  /// So often in succession a zone may be unwilling, some four hours; from then on its entries are
  /// refused, and the first after each pause tries again.
  static constexpr unsigned unwilling_max = 10;

  struct Counters {
    std::uint64_t done = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t refused = 0;
    std::uint64_t postponed = 0;    // times a zone was not updated
    std::uint64_t unreachable = 0;  // times the server was out of reach
  };

  /// All are called on the updater's thread.
  struct Listener {
    /// The entry is finished, one way or the other.
    std::function<void(const dhcp::DnsWork&, const Outcome&)> finished;
    /// Once when the server is out of reach, once when it is there again.
    std::function<void(bool reached)> reach_changed;
    /// Once when a zone is not updated any more, and why.
    std::function<void(const std::string& zone, const Outcome&)> postponed;
    /// There is room, or it is time for what was left in the queue: call `fill`.
    std::function<void()> resumed;
  };

  Updater(const Options& options, std::uint64_t seed, Listener listener);
  /// Stops at once; an entry that is in work is done again after the next start.
  ~Updater();
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  /// Entries of the durable queue behind `after`, in their order; none when there are no more.
  using Source = std::function<std::vector<dhcp::DnsWork>(std::uint64_t after)>;
  /// Takes what it never took before, as far as there is room. Call it when there may be more in
  /// the queue.
  void fill(const Source& source);

  [[nodiscard]] Counters counters() const;

 private:
  using Clock = std::chrono::steady_clock;
  /// What is known of a zone. Its entries are done in the order of their ids.
  struct Lane {
    std::uint64_t taken = 0;  // the highest id
    unsigned unwilling = 0;   // times in succession
    Clock::time_point until{};
    [[nodiscard]] bool given_up() const { return unwilling >= unwilling_max; }
  };

  void run();
  [[nodiscard]] bool next(dhcp::DnsWork& work);
  [[nodiscard]] Outcome tell(const dhcp::DnsWork& work);
  [[nodiscard]] bool settle(const dhcp::DnsWork& work, Outcome& outcome);
  [[nodiscard]] Lane& lane_of(const dhcp::DnsWork& work);
  void postpone(const dhcp::DnsWork& work, Lane& lane);
  void count(Verdict verdict);
  [[nodiscard]] bool stopped() const;
  /// False when it was stopped.
  [[nodiscard]] bool rest(milliseconds pause);

  Options options_;
  Listener listener_;
  int stop_;  // an eventfd, so that waiting for an answer ends too
  LeaseUpdate update_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<dhcp::DnsWork> queue_;
  std::array<Lane, 2 * lanes_each> lanes_{};
  std::uint64_t after_ = 0;  // how far the durable queue was looked through
  /// When it is looked through again, for what was left in it. Never later than its lanes resume,
  /// so that nothing newer of a zone overtakes it.
  Clock::time_point look_again_ = Clock::time_point::max();
  bool has_room_ = false;  // since a zone was postponed
  bool asked_ = false;     // to be filled, since then
  bool stopping_ = false;
  Counters counters_;
  std::thread thread_;
};

}  // namespace winsome::dns
