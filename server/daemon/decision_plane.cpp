#include "server/daemon/decision_plane.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/daemon/log.h"
#include "server/daemon/messages.h"
#include "server/daemon/precedence.h"

namespace winsome::daemon {

namespace {

dhcp::NameState state_of(names::FeedOutcome outcome) {
  switch (outcome) {
    case names::FeedOutcome::refused: return dhcp::NameState::refused;
    case names::FeedOutcome::client: return dhcp::NameState::client;
    case names::FeedOutcome::registered: return dhcp::NameState::registered;
    case names::FeedOutcome::pending: return dhcp::NameState::pending;
  }
  return dhcp::NameState::refused;
}

}  // namespace

DecisionPlane::DecisionPlane(const Engines& engines, names::AnswerIndex& index, Mailbox& mailbox,
                             StoreThread& store, Transmitter& transmitter, Clock& clock,
                             Listeners listeners)
    : server_(engines.names),
      leases_(engines.leases),
      replicator_(engines.replicator),
      index_(index),
      mailbox_(mailbox),
      store_(store),
      transmitter_(transmitter),
      clock_(clock),
      listeners_(std::move(listeners)),
      version_(server_.version()),
      wake_at_(clock.now()),
      next_probe_(clock.now() + clock_mark_interval) {}

void DecisionPlane::run() {
  give_way_to_queries();
  for (;;) {
    const auto before = clock_.now();
    auto contents = mailbox_.take(enough(wake_at_ <= before), inputs_in_a_step, patience(before));
    const auto now = clock_.now();
    watch_clocks(now);
    listeners_.woke(now);
    for (const auto& completion : contents.completions) complete(completion, now);
    for (const auto& call : contents.calls) call();
    if (republish_ && in_flight_.empty()) {
      republish_ = false;
      server_.publish_all([this](names::Publication&& p) { index_.publish(std::move(p)); });
    }
    decide(contents, now);
    if (contents.stopping && contents.inputs.empty() && contents.leases.empty() &&
        in_flight_.empty())
      return;
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
  if (contents.inputs.empty() && contents.leases.empty() && contents.replication.empty() &&
      !(room && due))
    return;

  server_.begin(now);
  server_.decide(contents.inputs, contents.waiting);
  Decided decided;
  for (const auto& input : contents.leases)
    if (const auto* done = std::get_if<dhcp::DnsDone>(&input)) decided.dns_done.push_back(*done);
  decide_leases(contents.leases, now);
  decided.replication = replicator_.step(contents.replication, {now, clock_.local_offset()},
                                         contents.inputs.size() + contents.waiting);
  decided.leases = leases_.finish();
  decided.names = server_.finish();
  auto& names = decided.names;
  wake_at_ = std::min({names.wake_at, decided.leases.wake_at, decided.replication.wake_at});
  const auto batch = ++last_batch_;
  const bool changed = !names.changes.empty() || !decided.leases.changes.empty() ||
                       !decided.replication.changes.empty() ||
                       std::exchange(version_, names.version) != names.version;
  if (!changed && in_flight_.empty()) {
    server_.committed();
    leases_.committed();
    replicator_.committed();
    return deliver(decided);
  }
  store_.post({.batch = batch,
               .changes = std::exchange(names.changes, {}),
               .replication = std::exchange(decided.replication.changes, {}),
               .leases = std::exchange(decided.leases.changes, {}),
               .version = names.version,
               .clock = clock_.mark()});
  in_flight_.push_back({batch, std::move(decided)});
}

/// A lease and what it wants of the names are one batch (decision 21).
void DecisionPlane::decide_leases(std::vector<dhcp::Input>& inputs, Instant now) {
  for (const auto& done : std::exchange(dns_done_again_, {})) inputs.emplace_back(done);
  leases_.begin(now);
  for (const auto& resolved : server_.take_feeds_resolved())
    leases_.names_came_to(resolved.address, state_of(resolved.outcome));
  leases_.decide(inputs);
  for (auto& request : leases_.take_name_requests()) {
    const auto address = request.address;
    const bool withdraw = request.withdraw;
    const auto outcome = server_.feed({.address = address,
                                       .name = std::move(request.netbios_name),
                                       .suffixes = std::move(request.suffixes),
                                       .due = request.due,
                                       .withdraw = withdraw});
    if (!withdraw) leases_.names_came_to(address, state_of(outcome));
  }
}

void DecisionPlane::refuse(Mailbox::Contents& contents) {
  dhcp::Actions unavailable;
  for (const auto& input : contents.leases) {
    if (const auto* command = std::get_if<dhcp::CommandRequest>(&input)) {
      unavailable.replies.push_back(
          {command->ticket, {.status = dhcp::CommandStatus::unavailable}});
    } else if (const auto* done = std::get_if<dhcp::DnsDone>(&input)) {
      dns_done_again_.push_back(*done);
    } else {
      ++counters_.unavailable_drops;
    }
  }
  if (!unavailable.replies.empty()) listeners_.leased(std::move(unavailable));
  if (!contents.replication.empty())
    listeners_.replicated(replication::Replicator::refuse(contents.replication));
  for (auto& input : contents.inputs) {
    if (const auto* command = std::get_if<names::CommandRequest>(&input)) {
      listeners_.replied(command->ticket, {.status = names::CommandStatus::unavailable});
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
  leases_.committed();
  replicator_.committed();
  deliver(done.decided);
}

void DecisionPlane::deliver(Decided& decided) {
  index_.publish(decided.names.publications);
  transmitter_.send(decided.names.sends);
  for (auto& reply : decided.names.replies)
    listeners_.replied(reply.ticket, std::move(reply.result));
  listeners_.leased(std::move(decided.leases));
  listeners_.replicated(std::move(decided.replication));
}

/// The disk refused: nothing that is in flight will ever have happened.
void DecisionPlane::give_up(const Completion& completion, Instant now) {
  if (completion.batch != 0) ++counters_.commit_failures;
  if (counters_.store_available) log(messages::store_unavailable, completion.text);
  counters_.store_available = false;
  next_probe_ = now + probe_interval;
  server_.undo();
  leases_.undo();
  version_ = server_.version();
  for (auto& lost : in_flight_) {
    for (auto& reply : lost.decided.names.replies) {
      listeners_.replied(reply.ticket, {.status = names::CommandStatus::unavailable});
    }
    dhcp::Actions unavailable;
    for (const auto& reply : lost.decided.leases.replies)
      unavailable.replies.push_back({reply.ticket, {.status = dhcp::CommandStatus::unavailable}});
    if (!unavailable.replies.empty()) listeners_.leased(std::move(unavailable));
    dns_done_again_.insert(dns_done_again_.end(), lost.decided.dns_done.begin(),
                           lost.decided.dns_done.end());
    listeners_.replicated(replication::Replicator::salvage(std::move(lost.decided.replication)));
  }
  listeners_.replicated(replicator_.undo());
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
  store_.post({.batch = 0, .clock = clock_.mark()});
}

}  // namespace winsome::daemon
