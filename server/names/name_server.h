#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <variant>

#include "server/core/instant.h"
#include "server/names/actions.h"
#include "server/names/challenges.h"
#include "server/names/command.h"
#include "server/names/feed.h"
#include "server/names/name_table.h"
#include "server/names/options.h"
#include "server/names/policy.h"
#include "server/names/release_demands.h"
#include "server/names/statistics.h"
#include "server/nbns/message.h"

namespace winsome::names {

/// A registration, refresh or release.
struct ClientRequest {
  Path path;
  nbns::NameRequest request;
};

/// A response whose transaction id is one of `NameServer::pending_ids`.
struct ClientResponse {
  Path path;
  nbns::Message message;
};

struct CommandRequest {
  std::uint64_t ticket = 0;
  Command command;
};

using Input = std::variant<ClientRequest, ClientResponse, CommandRequest>;

/// What a challenge on behalf of replication came to, for the record as it then was.
struct ReplicaDefence {
  nbns::ScopedName name;
  Ipv4 owner;
  std::uint64_t version = 0;
  std::vector<Ipv4> claimed;  // in the positive answer; none: silent or denied
};

/// The name database as rules (fact base B). Has no clock, socket, thread or disk: the daemon and
/// the simulation call `step`, make its changes durable, then say `committed`, or `undo` if the
/// disk refused. Every step opens a batch.
class NameServer {
 public:
  /// Records that age alone moves in one step: a longer sweep goes on at the next (decision 6).
  static constexpr std::size_t aged_in_a_step = 1000;

  /// `seed` makes the transaction ids of challenges hard to guess; `started` is when the service
  /// began.
  NameServer(Options options, std::uint64_t seed, Instant started);

  /// Start-up: the records and the counter that the store held. No step before.
  void load(Record&& record);
  void load_version(std::uint64_t version) { version_ = version; }
  void reserve(std::size_t records) { table_.reserve(records); }

  /// What the answer plane should know, all of it.
  void publish_all(const std::function<void(Publication&&)>& publish) const;

  /// Decides `inputs`. `waiting` more requests are queued behind them.
  [[nodiscard]] Actions step(std::span<Input> inputs, std::size_t waiting, Instant now);

  /// `step` in its parts: between the two others the replication engine works on the open batch.
  void begin(Instant now);
  void decide(std::span<Input> inputs, std::size_t waiting);
  [[nodiscard]] Actions finish();

  /// The replication engine's, inside an open batch: what it decided, as it is.
  void put(Record record);
  void erase(const nbns::ScopedNameView& name) { table_.erase(name); }
  /// Makes a record ours, with our next version, and stores it.
  void put_own(Record record);
  /// Our counter is at least `version` from now on.
  void raise_version(std::uint64_t version);
  /// Asks the addresses of `record` for its name; `take_defences` tells what came of it. False when
  /// too much is being asked, or this name already is: try again later.
  [[nodiscard]] bool challenge_for_replica(const Record& record);
  [[nodiscard]] std::vector<ReplicaDefence> take_defences();
  /// Tells the addresses of `record`, one after the other, to release its name (fact base C9).
  void demand_release(const Record& record);

  /// The lease engine's, inside an open batch: carries `feed` out. What comes of it later, where it
  /// is `pending`, is in `take_feeds_resolved`. A feed of the same address takes the place of one
  /// that is pending; what a withdrawal returns means nothing.
  FeedOutcome feed(const Feed& feed);
  [[nodiscard]] std::vector<FeedResolved> take_feeds_resolved();

  /// Owners whose active replicas came due: nobody has confirmed them for the verification
  /// interval.
  [[nodiscard]] std::vector<Ipv4> take_overdue_owners();
  /// While closed, clients get no answer and nothing of ours gets a version: partners may know
  /// newer ones (decision 18).
  void set_closed(bool closed) { closed_ = closed; }

  /// The oldest batch that was not yet is durable.
  void committed();

  /// None of the batches that are not durable ever will be: the records are as before them. All
  /// challenges and pending feeds are forgotten, for while the disk refuses nobody hears the
  /// answers to them, and an owner who is not heard must not lose its name.
  void undo();

  /// New options for what comes; true when `publish_all` is due because answers change.
  [[nodiscard]] bool configure(const Options& options);

  [[nodiscard]] Statistics statistics() const;
  [[nodiscard]] const PendingIds& pending_ids() const { return ids_; }
  [[nodiscard]] const Record* find(const nbns::ScopedNameView& name) const {
    return table_.find(name);
  }
  void for_each(const std::function<void(const Record&)>& visit) const { table_.for_each(visit); }
  [[nodiscard]] const NameTable& table() const { return table_; }
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  // registration.cpp: B2, B3, B5
  void handle(const ClientRequest& input);
  void claim(const ClientRequest& input);
  /// Would this be one more than `names_per_address`.
  [[nodiscard]] bool has_too_many_names(const nbns::NameRequest& request) const;
  void grant(const ClientRequest& input);
  void extend(const ClientRequest& input, Record record);
  void join(const ClientRequest& input, Record record);
  void release(const ClientRequest& input);
  void reply(const Path& path, const nbns::NameRequest& request, nbns::Rcode rcode,
             seconds ttl = seconds(0));
  void conflict(const ClientRequest& input);
  [[nodiscard]] seconds life();

  // challenge.cpp: B4
  void handle(const ClientResponse& input);
  void challenge(const ClientRequest& input, const Record& record);
  void conclude(const Challenge& challenge, const std::vector<nbns::NbEntry>& claimed);
  /// Does what was asked still hold the name, and was it right to ask.
  [[nodiscard]] bool is_as_challenged(const Record& record, const Challenge& challenge) const;
  void merge(const Challenge& challenge, const std::vector<nbns::NbEntry>& claimed, Record record);
  void ask();

  // feed.cpp: names that leases bring (decisions 7 and 21)
  [[nodiscard]] FeedOutcome feed(const Feed& feed, std::uint8_t suffix);
  [[nodiscard]] FeedOutcome feed_again(const Feed& feed, std::uint8_t suffix);
  [[nodiscard]] FeedOutcome contest(const Feed& feed, const Record& record);
  void put_fed(const Feed& feed, const nbns::ScopedName& name);
  void withdraw(const Feed& feed);
  void conclude_feed(const Challenge& challenge, const std::vector<nbns::NbEntry>& claimed);
  void settle(Ipv4 address, std::uint8_t suffix, FeedOutcome outcome);
  void retry_feeds();
  /// Is `record` defended on behalf of a lease.
  [[nodiscard]] bool speaks_for(const Record& record) const;

  // command.cpp: D6 and the administrator
  void handle(const CommandRequest& input);
  [[nodiscard]] CommandResult run(const AddRecords& command);
  [[nodiscard]] CommandResult run(const DeleteRecord& command);
  [[nodiscard]] CommandResult run(const TombstoneRecord& command);
  [[nodiscard]] CommandResult run(const Scavenge& command);
  [[nodiscard]] std::optional<std::string> refusal(const NewRecord& record,
                                                   bool allow_blocked) const;
  void add(const NewRecord& record, bool dry_run, CommandResult& result);

  // aging.cpp: B7, B8
  /// Ages at most `most` records; returns how many were due.
  std::size_t age(std::size_t most);
  void age(Record record);

  // publication.cpp: B6
  [[nodiscard]] AnswerPtr answer(const Record& record) const;
  [[nodiscard]] AnswerPtr domain_masters() const;
  void publish_changes();

  void take_ownership(Record& record);
  void drop(Drop why) { ++statistics_.drops[static_cast<std::size_t>(why)]; }

  Options options_;
  Policy policy_;
  NameTable table_;
  PendingIds ids_;
  Challenges challenges_;
  ReleaseDemands demands_;
  std::vector<ReplicaDefence> defences_;
  absl::flat_hash_map<Ipv4, PendingFeed> feeds_;  // at most one for each lease
  std::deque<WaitingFeed> waiting_feeds_;
  Instant retry_feeds_at_ = never;
  std::vector<FeedResolved> feeds_resolved_;
  absl::flat_hash_set<Ipv4> overdue_owners_;
  bool closed_ = false;
  Statistics statistics_;
  std::deque<Statistics> statistics_before_;  // each batch in flight
  std::uint64_t version_ = 0;
  std::size_t burst_ = 0;    // requests granted since the burst began
  std::size_t waiting_ = 0;  // behind the one being decided
  Instant started_;
  Instant now_{};
  Actions actions_;
};

}  // namespace winsome::names
