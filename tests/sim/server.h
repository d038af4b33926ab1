#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "replication/engine/replicator.h"
#include "server/names/answer_index.h"
#include "server/names/name_server.h"
#include "server/names/responder.h"
#include "server/store/memory_store.h"
#include "tests/sim/lease_referee.h"
#include "tests/sim/links.h"
#include "tests/sim/network.h"
#include "tests/sim/referee.h"
#include "tests/sim/wires.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// How long the disk takes for a batch.
struct DiskSpeed {
  milliseconds least{1};
  milliseconds most{1};
};

class Federation;

/// Where a server stands.
struct Surroundings {
  World& world;
  Network& network;
  Links& links;
  Federation* federation = nullptr;  // is told what becomes durable
};

/// Where a server leases addresses, and by which of its own it is known there.
struct Leasing {
  Wires& wires;
  std::vector<std::pair<Wire, Ipv4>> on;
  dhcp::Configuration configuration;
};

/// A name server as the daemon runs it: both planes and all engines, two batches in flight, a disk
/// that takes time, refuses, and outlives the process.
class Server {
 public:
  static constexpr std::size_t in_flight_max = 2;
  static constexpr milliseconds probe_interval{1000};

  Server(const Surroundings& around, std::string who, const names::Options& options, DiskSpeed disk,
         const replication::Options& replication, std::optional<Leasing> leasing = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Falls over at once. Of the batches that were being written, the first few may be on the disk,
  /// though nobody was told.
  void crash(bool silently = false);
  void restart();
  void refuse_disk();
  void mend_disk();
  void command(names::Command command);
  void command(replication::Command command);
  void command(dhcp::Command command);
  void configure(replication::Options options);
  void configure(const dhcp::Configuration& configuration);
  /// Keeps a copy of the disk as it is now; the second puts it back, and without one an empty disk.
  /// Only while the server does not run.
  void back_up();
  void restore(bool empty);
  /// The wall clock is set: the time of day is another one.
  void set_clock(milliseconds local_offset) { local_offset_ = local_offset; }

  [[nodiscard]] bool running() const { return running_ != nullptr; }
  [[nodiscard]] bool disk_refuses() const { return disk_refuses_; }
  [[nodiscard]] Ipv4 address() const { return options_.owner; }
  [[nodiscard]] const std::string& who() const { return who_; }
  [[nodiscard]] const names::NameServer& engine() const { return running_->engine; }
  [[nodiscard]] replication::Status status() const { return running_->replicator->status(); }
  [[nodiscard]] const replication::Options& replication() const { return replication_; }
  [[nodiscard]] const dhcp::LeaseServer& leases() const { return running_->leases; }
  [[nodiscard]] const LeaseReferee& lease_referee() const { return *lease_referee_; }
  /// What a name server of DNS was told, by name.
  [[nodiscard]] const std::map<std::string, dhcp::DnsWork>& dns() const { return dns_; }
  /// How often each thing happened, over all restarts.
  struct Counts {
    std::size_t steps = 0;
    std::size_t commits = 0;
    std::size_t undone = 0;
    std::size_t crashes = 0;
    std::size_t challenges = 0;
    std::size_t defended = 0;
    std::size_t denied = 0;
    std::size_t silent = 0;
    std::size_t acknowledged = 0;  // leases
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Running {
    Running(const names::Options& options, const dhcp::Configuration& configuration,
            std::uint64_t seed, Instant now)
        : engine(options, seed, now),
          leases(configuration, seed),
          responder(index, engine.pending_ids(), limits, seed),
          responder_options(options) {}
    names::NameServer engine;
    dhcp::LeaseServer leases;
    std::optional<replication::Replicator> replicator;  // once the engine has its records
    names::AnswerIndex index;
    names::SourceLimits limits;
    names::Responder responder;
    names::ResponderOptions responder_options;
  };
  struct InFlight {
    names::Actions actions;
    dhcp::Actions leases;
    replication::Actions replication;
    Decision decision;
    std::vector<dhcp::DnsDone> dns_done;
  };

  void complete(replication::Options& options) const;
  void receive(const Datagram& datagram);
  void hear(replication::Input&& input);
  void plug_in();
  void receive(const Frame& frame, std::uint32_t interface, Ipv4 local);
  void hear(dhcp::Input&& input);
  void decide_leases(InFlight& batch);
  void expect_feed(Decision& decision, std::string_view name,
                   const std::vector<std::uint8_t>& suffixes);
  void deliver(dhcp::Actions& actions);
  void send(const dhcp::Outgoing& out);
  void probe(const dhcp::Probe& probe);
  void update_dns();
  void check_leases(const std::string& when);
  void wake_soon();
  void wake_at(Instant when);
  void decide();
  void refuse();
  void write();
  void written();
  [[nodiscard]] bool commit(const InFlight& batch);
  void deliver(InFlight& batch);
  void deliver(replication::Actions&& actions);
  void give_up();
  void probe();
  void remember();
  /// What a query for `name` finds now.
  [[nodiscard]] std::vector<Ipv4> lookup(const nbns::ScopedName& name);

  World& world_;
  Network& network_;
  Links& links_;
  Federation* federation_;
  std::string who_;
  names::Options options_;
  replication::Options replication_;
  std::optional<Leasing> leasing_;
  DiskSpeed disk_;
  store::MemoryStore store_;
  std::optional<store::MemoryStore> copy_;
  bool restored_ = false;  // the disk has not seen that partners were asked since
  Referee referee_;
  std::optional<LeaseReferee> lease_referee_;
  std::unique_ptr<Running> running_;
  std::deque<names::Input> mailbox_;
  std::deque<replication::Input> heard_;
  std::deque<dhcp::Input> lease_mail_;
  std::map<std::string, dhcp::DnsWork> dns_;
  std::uint64_t last_dns_ = 0;  // the highest entry of the queue that this process carried out
  milliseconds local_offset_{};
  std::uint64_t version_ = 0;  // of the last batch
  std::deque<InFlight> in_flight_;
  Instant disk_free_{};
  Instant wake_at_ = never;
  bool woken_ = false;
  std::uint64_t last_ticket_ = 0;
  bool available_ = true;
  bool disk_refuses_ = false;
  std::uint64_t life_ = 0;   // of the process: events of an earlier one are void
  std::uint64_t tries_ = 0;  // batches given up: their completions are void
  Counts counts_;
};

}  // namespace winsome::sim
