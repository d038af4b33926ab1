#include <algorithm>

#include "replication/engine/replicator.h"

namespace winsome::replication {
namespace {

/// What one step looks at for one piece, when most of it is not to be given.
constexpr std::size_t looked_at_max = 4096;

constexpr seconds reconnect_soon{1};

}  // namespace

/// A link that a peer opened is noted; who is no partner is refused where only partners may come.
bool Replicator::admit(Link link, const Peer& peer, const char* what, PartnerState*& partner) {
  partner = partner_of(peer);
  const auto who = partner             ? partner->config.name
                   : peer.name.empty() ? to_text(peer.address)
                                       : peer.name;
  std::string why;
  if (!partner && options_.partners_only) {
    why = "it is no partner of this server";
  } else if (partner && partner->config.paused) {
    why = "replication with it is paused";
  } else if (!links_.contains(link) && incoming_ >= incoming_max) {
    why = "too many conversations";
  }
  if (why.empty()) {
    // It is there: nothing speaks for waiting longer until it is tried again.
    if (partner && partner->reconnect_at != never)
      partner->reconnect_at = std::min(partner->reconnect_at, moment_.now + reconnect_soon);
    if (links_.emplace(link, LinkUse{partner, Use::serving}).second) ++incoming_;
    return true;
  }
  ++refused_peers_;
  if (complained_.size() < incoming_max || complained_.contains(who)) {
    auto& last = complained_.try_emplace(who, Instant::min()).first->second;
    if (last == Instant::min() || moment_.now >= last + std::chrono::minutes(1)) {
      last = moment_.now;
      tell(EventKind::peer_refused, who, refused_peers_, std::string(what) + ": " + why);
    }
  }
  send(RefuseLink{link, why});
  if (links_.contains(link)) failed(link, why);
  return false;
}

void Replicator::handle(MapAsked& input) {
  PartnerState* partner = nullptr;
  if (!admit(input.link, input.peer, "the owner-version map", partner)) return;
  if (partner && !partner->config.push) {
    send(RefuseLink{input.link, "this server does not push to it"});
    return failed(input.link, {});
  }
  send(AnswerMap{input.link, map()});
}

void Replicator::handle(RecordsAsked& input) {
  PartnerState* partner = nullptr;
  if (!admit(input.link, input.peer, "records", partner)) return;
  if (partner && !partner->config.push) {
    send(RefuseLink{input.link, "this server does not push to it"});
    return failed(input.link, {});
  }
  // Who asks for it does not have it from its owner: he is no way there (decision 37).
  const auto route = partner ? routes_.find(input.range.owner) : routes_.end();
  if (route != routes_.end() && route->second == partner->config.name) routes_.erase(route);
  auto range = input.range;
  if (range.max == 0 || range.max > version_max) range.max = version_max;
  answers_.insert_or_assign(input.link,
                            Answer{.range = range,
                                   .dynamic_only = !partner || partner->config.dynamic_only,
                                   .domains_only = partner && partner->config.domains_only});
}

void Replicator::handle(RecordsTaken& input) {
  const auto found = answers_.find(input.link);
  if (found != answers_.end()) found->second.ready = true;
}

void Replicator::serve_pieces() {
  std::vector<Link> ready;
  for (const auto& [link, answer] : answers_) {
    if (answer.ready && ready.size() < pieces_in_a_step) ready.push_back(link);
  }
  for (const auto link : ready) serve_piece(link, answers_.at(link));
}

/// What is not yet durable may stand in it: it leaves after its batch, as every answer does.
void Replicator::serve_piece(Link link, Answer& answer) {
  AnswerRecords piece{.link = link,
                      .records = {},
                      .last = true,
                      .filtered = answer.dynamic_only || answer.domains_only};
  std::size_t looked_at = 0;
  auto& range = answer.range;
  names_.table().visit_owner(range.owner, range.min, range.max, [&](const names::Record& record) {
    if (looked_at == looked_at_max || piece.records.size() == records_in_a_piece) {
      piece.last = false;
      return false;
    }
    ++looked_at;
    range.min = record.version + 1;
    if (passes(record, answer.dynamic_only, answer.domains_only)) piece.records.push_back(record);
    return true;
  });
  if (const auto use = links_.find(link); use != links_.end() && use->second.partner)
    use->second.partner->records_sent += piece.records.size();
  answer.ready = false;
  const bool last = piece.last;
  send(std::move(piece));
  if (last) answers_.erase(link);
}

void Replicator::handle(WatchAsked& input) {
  PartnerState* partner = nullptr;
  if (!admit(input.link, input.peer, "to watch", partner)) return;
  if (!partner || !partner->config.push) {
    send(RefuseLink{input.link, "this server does not push to it"});
    return failed(input.link, {});
  }
  if (partner->watcher != 0) {
    const auto old = partner->watcher;
    send(CloseLink{old});
    failed(old, {});
  }
  links_.at(input.link).use = Use::watcher;
  partner->watcher = input.link;
  partner->watcher_ready = true;
  partner->told.clear();
  tell_at_ = std::min(tell_at_, moment_.now);
}

void Replicator::handle(WatchTaken& input) {
  const auto use = links_.find(input.link);
  if (use == links_.end() || !use->second.partner || use->second.use != Use::watcher) return;
  use->second.partner->watcher_ready = true;
  tell_at_ = std::min(tell_at_, moment_.now + coalescing);
}

OwnerMap Replicator::map() const {
  OwnerMap map;
  std::map<Ipv4, std::uint64_t> least;
  for (const auto& extent : names_.table().extents()) least[extent.owner] = extent.min;
  map.push_back({options_.us, least[options_.us], names_.version()});
  for (const auto& [owner, one] : known_.all()) {
    if (owner != options_.us) map.push_back({owner, least[owner], one.version});
  }
  return map;
}

}  // namespace winsome::replication
