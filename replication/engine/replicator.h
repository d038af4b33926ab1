#pragma once

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "replication/engine/action.h"
#include "replication/engine/input.h"
#include "replication/engine/memory.h"
#include "replication/engine/partner.h"
#include "replication/engine/partner_state.h"
#include "replication/engine/pull.h"
#include "replication/engine/schedule.h"
#include "replication/engine/status.h"
#include "server/core/journaled_map.h"
#include "server/names/name_server.h"

namespace winsome::replication {

/// Partners that agree (fact base B10–B14, C5–C9): who is asked for what and when, what becomes of
/// the answers, and who is told. Knows no transport, no clock and no disk. Works on the batch that
/// the name server has open; its changes become durable together with those of the names, or are
/// undone with them.
class Replicator {
 public:
  /// Replicas that are decided in one step while clients wait, and while none does: every step
  /// costs a sync of the disk, and clients are to wait for no partner (decision 17).
  static constexpr std::size_t applied_among_clients = 256;
  static constexpr std::size_t applied_alone = 2048;
  /// Records in one piece of an answer, and such pieces in one step.
  static constexpr std::size_t records_in_a_piece = 256;
  static constexpr std::size_t pieces_in_a_step = 8;
  /// Pieces of one answer that may wait to be applied, before the peer has to.
  static constexpr std::size_t pieces_waiting_max = 8;
  /// Links that peers opened; beyond it they are refused (fact base E).
  static constexpr std::size_t incoming_max = 1024;
  /// How long a peer may leave a question of ours unanswered.
  static constexpr seconds patience{60};
  /// Changes within are told together (decision 19).
  static constexpr milliseconds coalescing{10};
  /// After three failures within, a partner is not pushed to for as long (event 4144).
  static constexpr seconds throttle = std::chrono::minutes(5);
  /// Between questions to partners while clients wait for their answers (decision 18).
  static constexpr seconds recovery_retry{2};
  /// How long a round of pulls waits for a slow partner's map.
  static constexpr seconds gathering{2};

  Replicator(Options options, Memory memory, names::NameServer& names, const Moment& moment);

  /// `clients`: how many requests were decided in this batch, or wait for the next.
  [[nodiscard]] Actions step(std::span<Input> inputs, const Moment& moment,
                             std::size_t clients = 0);

  /// The oldest batch that was not yet is durable.
  void committed();
  /// None of the batches that are not durable ever will be. Conversations begin anew, for nobody
  /// knows what of them is lost. Returns what has to be said at once.
  [[nodiscard]] Actions undo();

  /// What is left of a batch that never will be durable: the links that it ended are forgotten here
  /// and have to end, and who waits for a command is told.
  [[nodiscard]] static Actions salvage(Actions&& lost);

  /// The answer to inputs while the store cannot write: nothing is decided. No step before `undo`.
  [[nodiscard]] static Actions refuse(std::span<const Input> inputs);

  /// New options for what comes; likewise.
  [[nodiscard]] Actions configure(Options options);

  [[nodiscard]] Status status() const;

 private:
  using PendingKey = std::pair<nbns::ScopedName, Ipv4>;
  struct Known {
    std::uint64_t version = 0;
    bool filtered = false;
    friend bool operator==(const Known&, const Known&) = default;
  };
  enum class Use : std::uint8_t { pull, push, watcher, serving };
  struct LinkUse {
    PartnerState* partner = nullptr;  // null: somebody who is none
    Use use = Use::serving;
  };
  struct Answer {  // a range that is being given to a peer
    OwnerRange range;
    bool dynamic_only = false;
    bool domains_only = false;
    bool ready = true;  // the last piece has left
  };

  // replicator.cpp: links and time
  void handle(LinkUp& input);
  void handle(LinkDown& input);
  void handle(CommandRequest& input);
  Link open(PartnerState& partner, Use use);
  void close(Link link);
  void drop_links(PartnerState& partner);
  void forget(Link link);
  void failed(Link link, const std::string& why);
  [[nodiscard]] bool stays_paused(const Partner& now) const;
  void run_schedules();
  [[nodiscard]] Instant next_wake() const;
  [[nodiscard]] PartnerState* find(const std::string& name);
  [[nodiscard]] PartnerState* partner_of(const Peer& peer);
  void tell(EventKind kind, std::string peer, std::uint64_t number = 0, std::string text = {});
  /// At most once a minute a peer; the rest is counted, by what it is.
  void complain(PartnerState* partner, const std::string& peer, std::string what,
                std::uint64_t times = 1);
  template <class S>
  void send(S what) {
    actions_.sends.emplace_back(std::move(what));
  }

  // pull.cpp: maps and questions
  void handle(MapReceived& input);
  void handle(RecordsReceived& input);
  void handle(NotifyReceived& input);
  void begin_pull(PartnerState& partner);
  void connect(PartnerState& partner);
  void ask_map(PartnerState& partner);
  void plan();
  void plan(PartnerState& partner);
  void add_tasks(Pull& pull, const OwnerMap& map);
  [[nodiscard]] bool accepts(Ipv4 owner) const;
  void ask_next(Link link);
  void ask_window(Link link);
  void ask_all_idle();
  void finish(Link link);
  void end(Pull& pull, const std::string& why);
  [[nodiscard]] std::uint64_t known(Ipv4 owner, const PartnerState* from) const;
  void set_known(Ipv4 owner, std::uint64_t version, const PartnerState* from);
  /// How near a partner is to an owner: 2 itself, 1 who gave us the latest of it, else 0.
  [[nodiscard]] int nearness(const PartnerState& partner, Ipv4 owner) const;

  // offers.cpp: what partners say that they hold
  [[nodiscard]] OwnerMap heed(PartnerState* partner, const std::string& who, const OwnerMap& said);
  [[nodiscard]] bool believable(const PartnerState* partner, const OwnerRange& said) const;
  void note_falls(PartnerState& partner, const OwnerMap& offers);
  void forget_owner(Ipv4 owner);
  [[nodiscard]] bool has_fuller_source(Ipv4 owner, const PartnerState* from) const;
  void note_lag(PartnerState& partner, Ipv4 owner, std::uint64_t here);
  void note_lags(PartnerState& partner, const OwnerMap& news);

  // apply.cpp: what becomes of records
  void apply_pieces(std::size_t most);
  void piece_done();
  bool confirm(names::Record incoming, const PartnerState* from);
  [[nodiscard]] bool sound(names::Record& record, const Pull& pull);
  [[nodiscard]] static bool passes(const names::Record& record, bool dynamic_only,
                                   bool domains_only);
  [[nodiscard]] bool is_blocked(const names::Record& record) const;
  bool apply_for(Purpose purpose, names::Record record, PartnerState* from);
  bool apply(names::Record incoming, const PartnerState* from);
  bool take_back(names::Record incoming, PartnerState* from);
  void note_given_up(const names::Record& ours, const names::Record& theirs);
  bool keeps_given_up(const names::Record& replica);
  [[nodiscard]] Instant due_of(const names::Record& replica) const;
  void put_replica(names::Record incoming);

  // contest.cpp: replicas that our clients are asked about (C9)
  void defer(names::Record incoming);
  void contest(const PendingKey& key);
  void contest_waiting();
  void settle(const names::ReplicaDefence& defence);
  void yield_or_insist(const names::Record& stored, const names::Record& incoming);

  // serve.cpp: what peers get from us
  void handle(MapAsked& input);
  void handle(RecordsAsked& input);
  void handle(RecordsTaken& input);
  void handle(WatchAsked& input);
  void handle(WatchTaken& input);
  [[nodiscard]] bool admit(Link link, const Peer& peer, const char* what, PartnerState*& partner);
  void serve_pieces();
  void serve_piece(Link link, Answer& answer);
  [[nodiscard]] OwnerMap map() const;

  // push.cpp: telling partners
  void note_changes();
  void push();
  void push_to(PartnerState& partner);
  void notify(PartnerState& partner, bool propagate, OwnerMap owners, Ipv4 initiator);
  void propagate(Ipv4 initiator, const PartnerState* sender);

  // verify.cpp: B11
  void start_verifications(std::optional<std::uint64_t> ticket, std::size_t limit);
  [[nodiscard]] PartnerState* verifier_of(Ipv4 owner);
  std::optional<std::size_t> start_verification(Ipv4 owner, std::optional<std::uint64_t> ticket,
                                                std::size_t limit);
  void verify_piece(const Piece& piece, Pull& pull);
  void verify_rest(Pull& pull);
  void drop_absent(Pull& pull, std::uint64_t to, std::span<const names::Record> present);
  [[nodiscard]] bool stays_against(const names::Record& stored,
                                   const names::Record& incoming) const;
  void finish_verification(Pull& pull);
  void fail_verification(Task& task, const std::string& why);
  void start_comparisons(std::uint64_t ticket, Ipv4 owner);
  void compare(PartnerState& partner, const Comparison& comparison);
  void fail_comparisons(PartnerState& partner, const std::string& why);

  // recovery.cpp: decision 18
  void begin_recovery();
  void learn_own(PartnerState& partner, std::uint64_t version);
  void run_recovery();
  void finish_recovery();

  // command.cpp
  void run(std::uint64_t ticket, const PullNow& command);
  void run(std::uint64_t ticket, const PushNow& command);
  void run(std::uint64_t ticket, const SetPaused& command);
  void run(std::uint64_t ticket, const VerifyNow& command);
  void run(std::uint64_t ticket, const DeleteOwner& command);
  void run(std::uint64_t ticket, const TombstoneOwner& command);
  void reply(std::uint64_t ticket, const CommandResult& result);
  void run_sweeps();
  [[nodiscard]] bool may_sweep() const;
  [[nodiscard]] bool is_swept(Ipv4 owner) const;

  Options options_;
  names::NameServer& names_;
  JournaledMap<Ipv4, Known> known_;
  JournaledMap<PendingKey, names::Record> pending_;
  JournaledMap<bool, bool> recovered_;  // one entry, so that it is undone like the rest

  absl::btree_map<std::string, std::unique_ptr<PartnerState>> partners_;
  absl::btree_map<Link, LinkUse> links_;
  absl::btree_map<Link, Pull> pulls_;
  absl::btree_map<Link, Answer> answers_;
  absl::btree_map<Ipv4, std::string> routes_;  // the partner who gave us the latest of each owner
  absl::btree_set<Ipv4> busy_owners_;          // being pulled: one conversation at a time
  std::deque<Piece> pieces_;
  Link last_link_ = 0;
  std::size_t incoming_ = 0;

  std::deque<PendingKey> waiting_contests_;
  absl::btree_map<nbns::ScopedName, PendingKey> asked_;
  /// Our versions that say to another owner that our client defends the name.
  absl::btree_map<PendingKey, std::uint64_t> told_;
  absl::btree_map<nbns::ScopedName, Ipv4> given_up_;  // groups of ours, and to whom
  Instant contest_again_ = never;

  std::uint64_t seen_version_ = 0;
  std::uint64_t seen_address_changes_ = 0;
  std::uint64_t changes_ = 0;  // what partners are told of, counted
  Instant tell_at_ = never;

  struct Sweep {  // an owner that is deleted or tombstoned, in slices
    std::uint64_t ticket = 0;
    Ipv4 owner;
    bool tombstone = false;
    std::size_t records = 0;
    bool begun = false;
  };
  std::deque<Sweep> sweeps_;

  struct Together {  // one command for several partners or owners
    std::size_t left = 0;
    CommandResult result;
  };
  absl::btree_map<std::uint64_t, Together> commands_;

  bool recovering_ = false;
  bool recovery_told_ = false;
  Instant recovery_ends_ = never;
  std::uint64_t taken_back_ = 0;
  Instant next_verification_ = never;
  std::optional<Instant> last_verification_;
  Ipv4 verify_next_;  // with whom the next period goes on, and where
  absl::btree_map<Ipv4, std::uint64_t> verified_through_;
  absl::btree_map<Ipv4, std::string> verified_with_;
  std::uint64_t refused_peers_ = 0;
  absl::btree_map<std::string, Instant> complained_;

  Moment moment_;
  Actions actions_;
};

}  // namespace winsome::replication
