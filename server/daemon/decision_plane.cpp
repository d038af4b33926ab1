#include "server/daemon/decision_plane.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"
#include "server/daemon/precedence.h"

namespace winsome::daemon {

DecisionPlane::DecisionPlane(names::NameServer& server, replication::Replicator& replicator,
                             names::AnswerIndex& index, Mailbox& mailbox, StoreThread& store,
                             Transmitter& transmitter, Clock& clock, Replied replied,
                             Replicated replicated)
    : server_(server),
      replicator_(replicator),
      index_(index),
      mailbox_(mailbox),
      store_(store),
      transmitter_(transmitter),
      clock_(clock),
      replied_(std::move(replied)),
      replicated_(std::move(replicated)),
      version_(server.version()),
      wake_at_(clock.now()),
      next_probe_(clock.now() + clock_mark_interval) {}

void DecisionPlane::run() {
  give_way_to_queries();
  for (;;) {
    const auto before = clock_.now();
    auto contents = mailbox_.take(enough(wake_at_ <= before), inputs_in_a_step, patience(before));
    const auto now = clock_.now();
    watch_clocks(now);
    for (const auto& completion : contents.completions) complete(completion, now);
    for (const auto& call : contents.calls) call();
    if (republish_ && in_flight_.empty()) {
      republish_ = false;
      server_.publish_all([this](names::Publication&& p) { index_.publish(std::move(p)); });
    }
    decide(contents, now);
    if (contents.stopping && contents.inputs.empty() && in_flight_.empty()) return;
  }
}

/// How many inputs are worth waking up for.
std::size_t DecisionPlane::enough(bool due) const {
  if (in_flight_.size() >= batches_in_flight_max || republish_) return 0;
  if (in_flight_.empty() || due) return 1;
  return inputs_for_overlap;
}

milliseconds DecisionPlane::patience(Instant now) const {
  auto until = next_probe_;
  if (in_flight_.size() < batches_in_flight_max && counters_.store_available)
    until = std::min(until, wake_at_);
  if (until <= now) return milliseconds(0);
  return std::min(until - now, std::chrono::duration_cast<milliseconds>(seconds(60)));
}

void DecisionPlane::decide(Mailbox::Contents& contents, Instant now) {
  if (!counters_.store_available) return refuse(contents);
  const bool room = in_flight_.size() < batches_in_flight_max && !republish_;
  const bool due = wake_at_ <= now;
  if (contents.inputs.empty() && contents.replication.empty() && !(room && due)) return;

  server_.begin(now);
  server_.decide(contents.inputs, contents.waiting);
  Decided decided;
  decided.replication = replicator_.step(contents.replication, {now, clock_.local_offset()},
                                         contents.inputs.size() + contents.waiting);
  decided.names = server_.finish();
  auto& names = decided.names;
  wake_at_ = std::min(names.wake_at, decided.replication.wake_at);
  const auto batch = ++last_batch_;
  const bool changed = !names.changes.empty() || !decided.replication.changes.empty() ||
                       std::exchange(version_, names.version) != names.version;
  if (!changed && in_flight_.empty()) {
    server_.committed();
    replicator_.committed();
    return deliver(decided);
  }
  store_.post({.batch = batch,
               .changes = std::exchange(names.changes, {}),
               .replication = std::exchange(decided.replication.changes, {}),
               .version = names.version,
               .clock = clock_.mark()});
  in_flight_.push_back({batch, std::move(decided)});
}

void DecisionPlane::refuse(Mailbox::Contents& contents) {
  if (!contents.replication.empty())
    replicated_(replication::Replicator::refuse(contents.replication));
  for (auto& input : contents.inputs) {
    if (const auto* command = std::get_if<names::CommandRequest>(&input)) {
      replied_(command->ticket, {.status = names::CommandStatus::unavailable});
    } else {
      ++counters_.unavailable_drops;
    }
  }
}

void DecisionPlane::complete(const Completion& completion, Instant now) {
  if (completion.batch == 0) {
    probing_ = false;
    if (completion.durable) {
      if (!counters_.store_available) {
        log(messages::store_recovered);
        counters_.store_available = true;
        wake_at_ = now;
      }
      next_probe_ = now + clock_mark_interval;
      return;
    }
    return give_up(completion, now);
  }
  if (completion.batch <= void_through_) return;
  if (!completion.durable) return give_up(completion, now);
  ++counters_.commits;
  auto done = std::move(in_flight_.front());
  in_flight_.pop_front();
  server_.committed();
  replicator_.committed();
  deliver(done.decided);
}

void DecisionPlane::deliver(Decided& decided) {
  index_.publish(decided.names.publications);
  transmitter_.send(decided.names.sends);
  for (auto& reply : decided.names.replies) replied_(reply.ticket, std::move(reply.result));
  replicated_(std::move(decided.replication));
}

/// The disk refused: nothing that is in flight will ever have happened.
void DecisionPlane::give_up(const Completion& completion, Instant now) {
  if (completion.batch != 0) ++counters_.commit_failures;
  if (counters_.store_available) log(messages::store_unavailable, completion.text);
  counters_.store_available = false;
  next_probe_ = now + probe_interval;
  server_.undo();
  version_ = server_.version();
  for (auto& lost : in_flight_) {
    for (auto& reply : lost.decided.names.replies) {
      replied_(reply.ticket, {.status = names::CommandStatus::unavailable});
    }
    auto& replication = lost.decided.replication;
    for (auto& reply : replication.replies)
      reply.result = {.outcome = replication::Outcome::unavailable};
    replication.changes.clear();
    replication.sends.clear();
    replicated_(std::move(replication));
  }
  replicated_(replicator_.undo());
  in_flight_.clear();
  void_through_ = last_batch_;
}

void DecisionPlane::watch_clocks(Instant now) {
  if (const auto jump = clock_.take_jump(); jump != milliseconds(0)) {
    log(messages::clock_jumped, jump.count() / 1000);
    next_probe_ = std::min(
        next_probe_, now);  // marks the clocks, so that a restart does not count the jump as time
  }
  if (now < next_probe_ || probing_) return;
  probing_ = true;
  next_probe_ = never;
  store_.post({.batch = 0, .changes = {}, .replication = {}, .version = 0, .clock = clock_.mark()});
}

}  // namespace winsome::daemon
