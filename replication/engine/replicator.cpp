#include "replication/engine/replicator.h"

#include <algorithm>
#include <ranges>

namespace winsome::replication {

Replicator::Replicator(Options options, Memory memory, names::NameServer& names,
                       const Moment& moment)
    : options_(std::move(options)), names_(names), moment_(moment) {
  for (const auto& owner : memory.owners) known_.load(owner.owner, {owner.max, false});
  for (const auto owner : memory.filtered) {
    if (const auto* one = known_.find(owner)) known_.load(owner, {one->version, true});
  }
  for (auto& replica : memory.pending) {
    const PendingKey key(replica.name, replica.owner);
    waiting_contests_.push_back(key);
    pending_.load(key, std::move(replica));
  }
  if (!waiting_contests_.empty()) contest_again_ = moment.now;
  recovered_.load(true, memory.recovered);
  seen_version_ = names.version();
  for (const auto& partner : options_.partners) {
    auto state = std::make_unique<PartnerState>();
    state->config = partner;
    state->next_pull = options_.pull_at_start
                           ? moment.now
                           : next_regular(partner.interval, partner.start, moment.now, moment);
    if (partner.persistent) state->reconnect_at = moment.now;
    state->waits = !options_.pull_at_start;
    partners_.emplace(partner.name, std::move(state));
  }
  if (options_.verification.interval > seconds(0))
    next_verification_ = next_time_of_day(options_.verification.start, moment);
  if (!memory.recovered) begin_recovery();
}

Actions Replicator::step(std::span<Input> inputs, const Moment& moment, std::size_t clients) {
  moment_ = moment;
  actions_ = {};
  known_.begin_batch();
  pending_.begin_batch();
  recovered_.begin_batch();

  for (auto& input : inputs) {
    std::visit([this](auto& one) { handle(one); }, input);
  }
  for (const auto& defence : names_.take_defences()) settle(defence);
  run_schedules();
  apply_pieces(clients > 0 ? applied_among_clients : applied_alone);
  run_recovery();
  contest_waiting();
  run_sweeps();
  plan();
  ask_all_idle();
  note_changes();
  push();
  serve_pieces();

  known_.changes([this](Ipv4 owner, const Known* now) {
    if (now) {
      actions_.changes.emplace_back(PutOwner{owner, now->version, now->filtered});
    } else {
      actions_.changes.emplace_back(EraseOwner{owner});
    }
  });
  pending_.changes([this](const PendingKey& key, const names::Record* now) {
    if (now) {
      actions_.changes.emplace_back(PutPending{*now});
    } else {
      actions_.changes.emplace_back(ErasePending{key.first, key.second});
    }
  });
  recovered_.changes([this](bool, const bool*) { actions_.changes.emplace_back(PutRecovered{}); });
  actions_.wake_at = next_wake();
  return std::move(actions_);
}

void Replicator::committed() {
  known_.commit_oldest();
  pending_.commit_oldest();
  recovered_.commit_oldest();
}

Actions Replicator::undo() {
  known_.undo_all();
  pending_.undo_all();
  recovered_.undo_all();
  actions_ = {};
  waiting_contests_.clear();
  asked_.clear();
  for (const auto& [key, replica] : pending_.all()) waiting_contests_.push_back(key);
  contest_again_ = waiting_contests_.empty() ? never : moment_.now;
  // What peers were asked and told went down with the batches, or may have: all begins anew.
  while (!links_.empty()) {
    const auto link = links_.begin()->first;
    send(CloseLink{link});
    failed(link, "the store could not write");
  }
  sweeps_.clear();
  if (!*recovered_.find(true)) begin_recovery();  // what was asked may be undone
  for (const auto& [ticket, together] : commands_)
    actions_.replies.push_back({ticket, {.outcome = Outcome::unavailable}});
  commands_.clear();
  return std::move(actions_);
}

Actions Replicator::salvage(Actions&& lost) {
  lost.changes.clear();
  std::erase_if(lost.sends, [](const Send& one) {
    return !std::holds_alternative<CloseLink>(one) && !std::holds_alternative<RefuseLink>(one);
  });
  for (auto& reply : lost.replies) reply.result = {.outcome = Outcome::unavailable};
  return std::move(lost);
}

Actions Replicator::refuse(std::span<const Input> inputs) {
  Actions actions;
  for (const auto& input : inputs) {
    std::visit(
        [&]<class One>(const One& one) {
          if constexpr (std::is_same_v<One, CommandRequest>) {
            actions.replies.push_back({one.ticket, {.outcome = Outcome::unavailable}});
          } else if constexpr (!std::is_same_v<One, LinkDown>) {
            actions.sends.emplace_back(RefuseLink{one.link, "the store cannot write now"});
          }
        },
        input);
  }
  return actions;
}

/// What was paused or resumed by hand stays so under a configuration that says what it said before.
bool Replicator::stays_paused(const Partner& now) const {
  const auto before = std::ranges::find(options_.partners, now.name, &Partner::name);
  const auto state = partners_.find(now.name);
  const bool says_the_same = before != options_.partners.end() && before->paused == now.paused;
  return says_the_same && state != partners_.end() ? state->second->config.paused : now.paused;
}

Actions Replicator::configure(Options options) {
  actions_ = {};
  auto partners = options.partners;
  for (auto& partner : partners) partner.paused = stays_paused(partner);
  for (auto it = partners_.begin(); it != partners_.end();) {
    auto& state = *it->second;
    const auto now = std::ranges::find(partners, it->first, &Partner::name);
    const bool other_way = now != partners.end() && (now->address != state.config.address ||
                                                     now->carrier != state.config.carrier ||
                                                     now->insecure != state.config.insecure);
    if (now == partners.end() || other_way) {
      drop_links(state);
      it = partners_.erase(it);
      continue;
    }
    if (now->interval != state.config.interval || now->start != state.config.start)
      state.next_pull = next_regular(now->interval, now->start, moment_.now, moment_);
    if (now->paused || (!now->pull && state.config.pull) || (!now->push && state.config.push) ||
        now->persistent != state.config.persistent)
      drop_links(state);
    if (!same_filters(*now, state.config)) state.pull_due = now->pull && !now->paused;
    state.config = *now;
    ++it;
  }
  for (const auto& partner : partners) {
    if (partners_.contains(partner.name)) continue;
    auto state = std::make_unique<PartnerState>();
    state->config = partner;
    state->next_pull = moment_.now;
    if (partner.persistent) state->reconnect_at = moment_.now;
    partners_.emplace(partner.name, std::move(state));
  }
  if (options.verification.interval != options_.verification.interval ||
      options.verification.start != options_.verification.start) {
    next_verification_ = options.verification.interval > seconds(0)
                             ? next_time_of_day(options.verification.start, moment_)
                             : never;
  }
  options_ = std::move(options);
  return std::move(actions_);
}

void Replicator::drop_links(PartnerState& partner) {
  std::vector<Link> links;
  for (const auto& [link, use] : links_) {
    if (use.partner == &partner) links.push_back(link);
  }
  for (const auto link : links) {
    send(CloseLink{link});
    forget(link);
    std::erase_if(pieces_, [link](const Piece& piece) { return piece.link == link; });
    if (const auto pull = pulls_.extract(link); !pull.empty()) end(pull.mapped(), {});
  }
  for (const auto ticket : std::exchange(partner.tickets, {}))
    reply(ticket,
          {.outcome = Outcome::refused, .text = partner.config.name + ": its settings changed"});
  for (const auto ticket : std::exchange(partner.push_tickets, {}))
    reply(ticket,
          {.outcome = Outcome::refused, .text = partner.config.name + ": its settings changed"});
  fail_comparisons(partner, "its settings changed");
  partner.pull_due = partner.push_sent = false;
  partner.notifications.clear();
  partner.reconnect_at = moment_.now;
}

void Replicator::handle(LinkUp& input) {
  const auto found = links_.find(input.link);
  if (found == links_.end()) return;
  auto& [partner, use] = found->second;
  if (!partner) return;
  if (use == Use::push) {
    partner->push_up = true;
    return push_to(*partner);
  }
  partner->pull_up = true;
  const auto pull = pulls_.find(input.link);
  if (pull != pulls_.end()) pull->second.deadline = never;
  if (partner->config.persistent && partner->config.carrier == Carrier::grpc && !partner->watched) {
    partner->watched = true;
    send(Watch{input.link});
  }
  partner->waits = partner->waits && partner->watched;  // else nothing comes that was not asked for
  if (partner->pull_due) {
    begin_pull(*partner);
  } else if (!partner->comparisons.empty()) {
    ask_map(*partner);
  }
}

void Replicator::handle(LinkDown& input) {
  if (!links_.contains(input.link)) return;
  failed(input.link, input.why);
}

void Replicator::handle(CommandRequest& input) {
  std::visit([&](const auto& command) { run(input.ticket, command); }, input.command);
}

Link Replicator::open(PartnerState& partner, Use use) {
  const auto link = ++last_link_ | (partner.config.carrier == Carrier::winsra ? by_winsra : 0);
  links_.emplace(link, LinkUse{&partner, use});
  send(OpenLink{link, partner.config});
  return link;
}

/// Ends a link that did what it was for.
void Replicator::close(Link link) {
  send(CloseLink{link});
  forget(link);
}

void Replicator::forget(Link link) {
  const auto found = links_.find(link);
  if (found == links_.end()) return;
  if (auto* partner = found->second.partner) {
    if (partner->pull_link == link) {
      partner->pull_link = 0;
      partner->pull_up = partner->watched = partner->map_ready = false;
    }
    if (partner->push_link == link) {
      partner->push_link = 0;
      partner->push_up = false;
    }
    if (partner->watcher == link) {
      partner->watcher = 0;
      partner->told.clear();
    }
  }
  links_.erase(found);
  answers_.erase(link);
  if (link >= first_incoming) --incoming_;
}

/// A link is gone; what was to be done on it did not happen, if there was anything.
void Replicator::failed(Link link, const std::string& why) {
  const auto use = links_.at(link);
  auto* partner = use.partner;
  forget(link);
  std::erase_if(pieces_, [link](const Piece& piece) { return piece.link == link; });
  const auto pull = pulls_.extract(link);
  const auto reason = why.empty() ? std::string("it ended the conversation") : why;
  if (!pull.empty()) {
    const bool idle = pull.mapped().todo.empty() && !pull.mapped().asked &&
                      !pull.mapped().map_asked &&
                      (!partner || (!partner->pull_due && partner->comparisons.empty()));
    end(pull.mapped(), idle && why.empty() ? std::string() : reason);
  }
  if (!partner) return;
  const bool sent = use.use == Use::push && std::exchange(partner->push_sent, false);
  if (sent && why.empty()) {
    partner->last_error.clear();
    for (const auto ticket : std::exchange(partner->push_tickets, {})) reply(ticket, {});
    if (!partner->notifications.empty()) partner->push_link = open(*partner, Use::push);
  } else if (sent || (use.use == Use::push && !partner->notifications.empty())) {
    ++partner->failures;
    partner->last_error = reason;
    partner->push_failures.push_back(moment_.now);
    while (partner->push_failures.size() > 3) partner->push_failures.pop_front();
    tell(EventKind::push_failed, partner->config.name, 0, reason);
    partner->notifications.clear();
    for (const auto ticket : std::exchange(partner->push_tickets, {}))
      reply(ticket, {.outcome = Outcome::failed, .text = partner->config.name + ": " + reason});
  }
  if (use.use != Use::serving && use.use != Use::watcher && partner->config.persistent) {
    partner->reconnect_at =
        moment_.now + back_off(options_.retry_interval, std::max(1U, partner->failures_in_row));
  }
}

void Replicator::run_schedules() {
  const auto now = moment_.now;
  for (auto& [name, partner] : partners_) {
    auto& state = *partner;
    if (state.config.paused) continue;
    if (now >= state.next_pull) {
      state.next_pull = next_regular(state.config.interval, state.config.start, now, moment_);
      if (state.config.pull) begin_pull(state);
      if (state.config.push && !state.config.persistent && state.changes_told != changes_)
        notify(state, false, map(), options_.us);
    }
    if (now >= state.reconnect_at && state.config.persistent) {
      state.reconnect_at = never;
      if (state.config.pull && state.pull_link == 0) {
        if (state.waits) {
          connect(state);
        } else {
          begin_pull(state);
        }
      }
      if (state.config.push && state.config.carrier == Carrier::winsra && state.push_link == 0)
        state.push_link = open(state, Use::push);
    }
  }
  std::vector<Link> late;
  for (const auto& [link, pull] : pulls_) {
    if (now >= pull.deadline) late.push_back(link);
  }
  for (const auto link : late) {
    send(CloseLink{link});
    failed(link, "no answer within " + std::to_string(patience.count()) + " seconds");
  }
  if (now >= next_verification_ && !recovering_) {
    next_verification_ = now + options_.verification.interval;
    start_verifications({}, options_.verification.records_at_a_time);
  }
  for (const auto owner : names_.take_overdue_owners())
    start_verification(owner, std::nullopt, options_.verification.records_at_a_time);
}

Instant Replicator::next_wake() const {
  auto wake = std::min(tell_at_, recovery_ends_);
  if (!pieces_.empty()) wake = moment_.now;
  if (!recovering_) {  // else it waits for the end
    wake = std::min({wake, contest_again_, may_sweep() ? moment_.now : next_verification_});
  }
  for (const auto& [name, partner] : partners_) {
    if (partner->config.paused) continue;
    wake = std::min(wake, partner->next_pull);
    if (partner->map_ready && !recovering_) wake = std::min(wake, partner->gather_until);
    if (partner->config.persistent) wake = std::min(wake, partner->reconnect_at);
  }
  for (const auto& [link, pull] : pulls_) wake = std::min(wake, pull.deadline);
  for (const auto& [link, answer] : answers_) {
    if (answer.ready) wake = moment_.now;
  }
  return std::max(wake, moment_.now);
}

PartnerState* Replicator::find(const std::string& name) {
  const auto found = partners_.find(name);
  return found == partners_.end() ? nullptr : found->second.get();
}

PartnerState* Replicator::partner_of(const Peer& peer) {
  for (auto& [name, partner] : partners_) {
    const auto& config = partner->config;
    if (config.carrier != peer.carrier) continue;
    const bool by_address = peer.carrier == Carrier::winsra || config.insecure;
    if (by_address ? config.address.address == peer.address && peer.name.empty()
                   : config.name == peer.name)
      return partner.get();
  }
  return nullptr;
}

void Replicator::tell(EventKind kind, std::string peer, std::uint64_t number, std::string text) {
  actions_.events.push_back({kind, std::move(peer), number, std::move(text)});
}

void Replicator::complain(PartnerState* partner, const std::string& peer, std::string what,
                          std::uint64_t times) {
  if (partner) {
    partner->nonsense += times;
    partner->nonsense_by_kind[what] += times;
  }
  constexpr std::size_t peers_max = 1024;
  if (complained_.size() >= peers_max) complained_.clear();
  auto& last = complained_.try_emplace(peer, Instant::min()).first->second;
  if (last != Instant::min() && moment_.now < last + std::chrono::minutes(1)) return;
  last = moment_.now;
  tell(EventKind::nonsense, peer, partner ? partner->nonsense : 0, std::move(what));
}

}  // namespace winsome::replication
