#include "server/names/feed.h"

#include <algorithm>
#include <utility>

#include "server/names/claim.h"
#include "server/names/name_server.h"

namespace winsome::names {
namespace {

constexpr seconds try_again_after{1};
/// Waiting feeds that are looked at in one step: after a start there may be one for each lease.
constexpr std::size_t retried_at_once = 1000;

nbns::ScopedName name_of(const Feed& feed, std::uint8_t suffix) {
  return {nbns::make_name(feed.name, suffix), nbns::Scope()};
}

bool holds(const Record& record, Ipv4 address) {
  return std::ranges::find(record.members, address, &Member::address) != record.members.end();
}

/// The registration that its client would have sent. H is what option 46 makes of it, so that one
/// that then registers the name itself gets it without a new version.
nbns::NameRequest registration(const Feed& feed, std::uint8_t suffix) {
  return {.id = 0,
          .opcode = nbns::Opcode::registration,
          .name = name_of(feed, suffix),
          .ttl = 0,
          .entry = {.group = false, .node = nbns::NodeType::h, .address = feed.address}};
}

}  // namespace

FeedOutcome NameServer::feed(const Feed& feed) {
  feeds_.erase(feed.address);
  if (feed.withdraw) {
    withdraw(feed);
    return FeedOutcome::refused;
  }
  PendingFeed pending{.feed = feed, .open = {}, .decided = FeedOutcome::refused};
  for (const auto suffix : feed.suffixes) {
    const auto outcome = this->feed(feed, suffix);
    if (outcome == FeedOutcome::pending) {
      pending.open.push_back(suffix);
    } else {
      pending.decided = std::max(pending.decided, outcome);
    }
  }
  if (pending.open.empty()) return pending.decided;
  feeds_.emplace(feed.address, std::move(pending));
  return FeedOutcome::pending;
}

std::vector<FeedResolved> NameServer::take_feeds_resolved() {
  return std::exchange(feeds_resolved_, {});
}

bool NameServer::speaks_for(const Record& record) const {
  return options_.defend_fed_names && record.fed && record.due > now_;
}

/// Fact base B3, as for a unique name, but that a fed one never takes what is static, nor what the
/// client has registered itself.
FeedOutcome NameServer::feed(const Feed& feed, std::uint8_t suffix) {
  if (closed_) return feed_again(feed, suffix);
  const auto request = registration(feed, suffix);
  const auto& name = request.name;
  if (policy_.rule(request, feed.address) != Policy::Ruling::decide) return FeedOutcome::refused;
  if (suffix_problem(name.name, RecordType::unique)) return FeedOutcome::refused;
  if (has_too_many_names(request)) return FeedOutcome::refused;

  const auto* record = table_.find(name.view());
  const auto held_by =
      record ? holder(record->type, record->state, record->is_static, false) : Holder::nobody;
  switch (verdict(held_by, RecordType::unique)) {
    case Verdict::add: put_fed(feed, name); return FeedOutcome::registered;
    case Verdict::contest: return contest(feed, *record);
    default: return FeedOutcome::refused;
  }
}

/// An active unique or multihomed record has the name.
FeedOutcome NameServer::contest(const Feed& feed, const Record& record) {
  if (holds(record, feed.address)) {
    if (!record.fed) return FeedOutcome::client;
    put_fed(feed, record.name);
    return FeedOutcome::registered;
  }
  if (record.fed) {
    if (record.due > now_) return FeedOutcome::refused;
    put_fed(feed, record.name);
    return FeedOutcome::registered;
  }
  if (challenges_.refusal(record.name.view(), {}, options_.challenge))
    return feed_again(feed, record.name.name.suffix());
  Challenge challenge{.id = 0,
                      .asker = Challenge::Asker::lease,
                      .path = {},
                      .request = registration(feed, record.name.name.suffix()),
                      .owner = record.owner,
                      .version = record.version,
                      .addresses = {},
                      .due = now_};
  for (const auto& member : record.members) challenge.addresses.push_back(member.address);
  ++statistics_.challenges;
  challenges_.begin(std::move(challenge), options_.challenge, now_);
  return FeedOutcome::pending;
}

FeedOutcome NameServer::feed_again(const Feed& feed, std::uint8_t suffix) {
  waiting_feeds_.push_back({feed.address, suffix});
  retry_feeds_at_ = std::min(retry_feeds_at_, now_ + try_again_after);
  return FeedOutcome::pending;
}

void NameServer::put_fed(const Feed& feed, const nbns::ScopedName& name) {
  const auto* stored = table_.find(name.view());
  const bool extends = stored && stored->fed && holds(*stored, feed.address);
  Record record{.name = name,
                .type = RecordType::unique,
                .state = State::active,
                .node = nbns::NodeType::h,
                .is_static = false,
                .fed = true,
                .owner = options_.owner,
                .version = extends ? stored->version : 0,
                .due = feed.due,
                .members = {{feed.address, options_.owner, feed.due}}};
  if (!extends) take_ownership(record);
  table_.put(std::move(record));
}

/// As a release by the client (fact base B5). What is not, or no longer, fed by this lease stays.
void NameServer::withdraw(const Feed& feed) {
  for (const auto suffix : feed.suffixes) {
    const auto* stored = table_.find(name_of(feed, suffix).view());
    if (!stored || !stored->fed || !holds(*stored, feed.address)) continue;
    Record record = *stored;
    record.fed = false;
    record.state = State::released;
    record.due = now_ + options_.intervals.extinction;
    table_.put(std::move(record));
  }
}

void NameServer::conclude_feed(const Challenge& challenge,
                               const std::vector<nbns::NbEntry>& claimed) {
  const auto& name = challenge.request.name;
  const auto address = challenge.request.entry.address;
  const auto suffix = name.name.suffix();
  const auto found = feeds_.find(address);
  if (found == feeds_.end() || name_of(found->second.feed, suffix) != name) return;

  const auto feed = found->second.feed;
  const auto* record = table_.find(name.view());
  if (!record || !is_as_challenged(*record, challenge))
    return settle(address, suffix, this->feed(feed, suffix));
  if (claimed.empty()) {
    put_fed(feed, name);
    return settle(address, suffix, FeedOutcome::registered);
  }
  // A host that has both addresses speaks for itself.
  const bool itself = std::ranges::find(claimed, address, &nbns::NbEntry::address) != claimed.end();
  settle(address, suffix, itself ? FeedOutcome::client : FeedOutcome::refused);
}

void NameServer::settle(Ipv4 address, std::uint8_t suffix, FeedOutcome outcome) {
  if (outcome == FeedOutcome::pending) return;
  const auto found = feeds_.find(address);
  if (found == feeds_.end()) return;
  auto& pending = found->second;
  const auto open = std::ranges::find(pending.open, suffix);
  if (open == pending.open.end()) return;
  pending.open.erase(open);
  pending.decided = std::max(pending.decided, outcome);
  if (!pending.open.empty()) return;
  feeds_resolved_.push_back({address, pending.decided});
  feeds_.erase(found);
}

void NameServer::retry_feeds() {
  if (closed_ || retry_feeds_at_ > now_) return;
  retry_feeds_at_ = never;
  for (auto left = std::min(waiting_feeds_.size(), retried_at_once); left > 0; --left) {
    const auto waiting = waiting_feeds_.front();
    waiting_feeds_.pop_front();
    const auto found = feeds_.find(waiting.address);
    if (found == feeds_.end() ||
        std::ranges::find(found->second.open, waiting.suffix) == found->second.open.end())
      continue;  // decided, withdrawn, or fed by another name since
    const auto feed = found->second.feed;
    settle(waiting.address, waiting.suffix, this->feed(feed, waiting.suffix));
  }
  if (!waiting_feeds_.empty()) retry_feeds_at_ = std::min(retry_feeds_at_, now_ + try_again_after);
}

}  // namespace winsome::names
