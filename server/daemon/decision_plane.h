#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>

#include "replication/engine/replicator.h"
#include "server/daemon/clock.h"
#include "server/daemon/mailbox.h"
#include "server/daemon/store_thread.h"
#include "server/daemon/transmitter.h"
#include "server/leases/lease_server.h"
#include "server/names/answer_index.h"
#include "server/names/name_server.h"

namespace winsome::daemon {

/// What the decision plane counts beside the engine.
struct PlaneCounters {
  std::uint64_t commits = 0;
  std::uint64_t commit_failures = 0;
  std::uint64_t unavailable_drops = 0;  // requests that got no answer because the disk refuses
  bool store_available = true;
};

/// The one thread that owns the engines: takes what arrived, lets it be decided, and when the disk
/// has it, publishes and answers. While one batch is being written the next is decided; a failed
/// one is undone (decision 2).
class DecisionPlane {
 public:
  /// More would only make single clients wait for others.
  static constexpr std::size_t inputs_in_a_step = 4096;
  /// So many make it worth while to decide a second batch before the first is written.
  static constexpr std::size_t inputs_for_overlap = 512;
  static constexpr std::size_t batches_in_flight_max = 2;
  static constexpr seconds probe_interval{1};
  static constexpr seconds clock_mark_interval{600};

  struct Engines {
    names::NameServer& names;
    dhcp::LeaseServer& leases;
    replication::Replicator& replicator;
  };

  /// Who hears of what is durable; called on the decision plane.
  struct Listeners {
    std::function<void(std::uint64_t ticket, names::CommandResult&&)> replied;
    /// Says to partners, administrators and the log what replication decided.
    std::function<void(replication::Actions&&)> replicated;
    /// The same for clients of DHCP. Its `changes` are done.
    std::function<void(dhcp::Actions&&)> leased;
    /// Between two steps, at least once a minute.
    std::function<void(Instant now)> woke;
  };

  DecisionPlane(const Engines& engines, names::AnswerIndex& index, Mailbox& mailbox,
                StoreThread& store, Transmitter& transmitter, Clock& clock, Listeners listeners);

  /// Returns when the mailbox was stopped, everything in it is decided, and nothing is in flight.
  void run();

  /// On its own thread only (Mailbox::post a call).
  [[nodiscard]] const PlaneCounters& counters() const { return counters_; }
  void republish() { republish_ = true; }
  void hurry() { wake_at_ = Instant::min(); }

 private:
  [[nodiscard]] milliseconds patience(Instant now) const;
  [[nodiscard]] std::size_t enough(bool due) const;
  void decide(Mailbox::Contents& contents, Instant now);
  void decide_leases(std::vector<dhcp::Input>& inputs, Instant now);
  void refuse(Mailbox::Contents& contents);
  void complete(const Completion& completion, Instant now);
  struct Decided {
    names::Actions names;
    dhcp::Actions leases;
    replication::Actions replication;
    std::vector<dhcp::DnsDone> dns_done;
  };
  void deliver(Decided& decided);
  void give_up(const Completion& completion, Instant now);
  void watch_clocks(Instant now);

  names::NameServer& server_;
  dhcp::LeaseServer& leases_;
  replication::Replicator& replicator_;
  names::AnswerIndex& index_;
  Mailbox& mailbox_;
  StoreThread& store_;
  Transmitter& transmitter_;
  Clock& clock_;
  Listeners listeners_;
  struct InFlight {
    std::uint64_t batch;
    Decided decided;
  };
  std::deque<InFlight> in_flight_;
  /// What DNS was told while the disk refused to note it: noted again, for it must not be told
  /// twice.
  std::vector<dhcp::DnsDone> dns_done_again_;
  std::uint64_t last_batch_ = 0;
  std::uint64_t version_ = 0;       // as the last batch has it
  std::uint64_t void_through_ = 0;  // completions up to this batch belong to undone ones
  Instant wake_at_{};
  Instant next_probe_ = never;  // set while the disk refuses, and for the clock mark
  bool probing_ = false;
  bool republish_ = false;
  PlaneCounters counters_;
};

}  // namespace winsome::daemon
