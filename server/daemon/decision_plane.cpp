#include "server/daemon/decision_plane.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"
#include "server/daemon/precedence.h"

namespace winsome::daemon {

DecisionPlane::DecisionPlane(names::NameServer& server, names::AnswerIndex& index, Mailbox& mailbox,
                             StoreThread& store, Transmitter& transmitter, Clock& clock,
                             Replied replied)
    : server_(server),
      index_(index),
      mailbox_(mailbox),
      store_(store),
      transmitter_(transmitter),
      clock_(clock),
      replied_(std::move(replied)),
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
  if (!counters_.store_available) return refuse(contents.inputs);
  const bool room = in_flight_.size() < batches_in_flight_max && !republish_;
  const bool due = wake_at_ <= now;
  if (contents.inputs.empty() && !(room && due)) return;

  auto actions = server_.step(contents.inputs, contents.waiting, now);
  wake_at_ = actions.wake_at;
  const auto batch = ++last_batch_;
  if (actions.changes.empty() && in_flight_.empty()) {
    server_.committed();
    return deliver(actions);
  }
  store_.post({.batch = batch,
               .changes = std::exchange(actions.changes, {}),
               .version = actions.version,
               .clock = clock_.mark()});
  in_flight_.push_back({batch, std::move(actions)});
}

void DecisionPlane::refuse(std::vector<names::Input>& inputs) {
  for (auto& input : inputs) {
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
  deliver(done.actions);
}

void DecisionPlane::deliver(names::Actions& actions) {
  index_.publish(actions.publications);
  transmitter_.send(actions.sends);
  for (auto& reply : actions.replies) replied_(reply.ticket, std::move(reply.result));
}

/// The disk refused: nothing that is in flight will ever have happened.
void DecisionPlane::give_up(const Completion& completion, Instant now) {
  if (completion.batch != 0) ++counters_.commit_failures;
  if (counters_.store_available) log(messages::store_unavailable, completion.text);
  counters_.store_available = false;
  next_probe_ = now + probe_interval;
  server_.undo();
  for (auto& lost : in_flight_) {
    for (auto& reply : lost.actions.replies) {
      replied_(reply.ticket, {.status = names::CommandStatus::unavailable});
    }
  }
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
  store_.post({.batch = 0, .changes = {}, .version = 0, .clock = clock_.mark()});
}

}  // namespace winsome::daemon
