#include "server/names/challenges.h"

#include <algorithm>

#include "server/core/check.h"

namespace winsome::names {
namespace {

/// Half of all transaction ids, so that a free one is found soon.
constexpr std::size_t ids_max = 0x8000;

}  // namespace

std::optional<Challenges::Refusal> Challenges::refusal(const nbns::ScopedNameView& name,
                                                       std::optional<Ipv4> requester,
                                                       const ChallengeOptions& options) const {
  if (by_name_.contains(nbns::ScopedName(name))) return Refusal::duplicate;
  if (by_id_.size() >= std::min(options.at_once, ids_max)) return Refusal::limit;
  if (!requester) return {};
  const auto own = by_requester_.find(*requester);
  if (own != by_requester_.end() && own->second >= options.at_once_per_requester)
    return Refusal::limit;
  return {};
}

milliseconds Challenges::begin(Challenge challenge, const ChallengeOptions& options, Instant now) {
  check(!challenge.addresses.empty(), "a challenge asks somebody");
  const auto share =
      std::max(options.total / static_cast<int>(challenge.addresses.size()), milliseconds(1));
  challenge.interval = std::min(options.interval, share);
  auto one_address = challenge.interval;
  auto wait = challenge.interval;
  challenge.tries = 1;
  while (challenge.tries < options.tries && one_address + wait * 2 <= share) {
    wait *= 2;
    one_address += wait;
    ++challenge.tries;
  }

  do {
    challenge.id = static_cast<std::uint16_t>(random_.below(0x10000));
  } while (ids_.contains(challenge.id));
  challenge.due = now;

  ids_.insert(challenge.id);
  by_name_.emplace(challenge.request.name, challenge.id);
  by_due_.emplace(challenge.due, challenge.id);
  if (challenge.asker == Challenge::Asker::client) ++by_requester_[challenge.path.remote.address];
  const auto addresses = static_cast<int>(challenge.addresses.size());
  const auto id = challenge.id;
  by_id_.emplace(id, std::make_unique<Challenge>(std::move(challenge)));
  return one_address * addresses;
}

Challenges::Due Challenges::next(const ChallengeOptions& options, Instant now) {
  if (next_due() > now) return {};
  const auto id = by_due_.begin()->second;
  auto& challenge = *by_id_.at(id);
  if (challenge.tried == challenge.tries) {
    challenge.tried = 0;
    if (++challenge.asking == challenge.addresses.size())
      return {.question = {}, .silent = take(id)};
  }
  by_due_.erase(by_due_.begin());
  challenge.due = now + challenge.interval * (1 << challenge.tried);
  ++challenge.tried;
  by_due_.emplace(challenge.due, id);

  const Endpoint to{challenge.addresses[challenge.asking], options.port};
  const nbns::QueryRequest question{.id = id,
                                    .node_status = false,
                                    .recursion_desired = false,
                                    .broadcast = false,
                                    .name = challenge.request.name};
  return {.question = Outgoing{{to, challenge.path.local, challenge.path.socket}, question},
          .silent = {}};
}

std::optional<Challenge> Challenges::answered(std::uint16_t id, const nbns::ScopedNameView& name,
                                              Ipv4 source) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return {};
  const auto& challenge = *found->second;
  if (challenge.request.name.view() != name) return {};
  const auto asked = std::min(challenge.asking + 1, challenge.addresses.size());
  const auto end = challenge.addresses.begin() + static_cast<std::ptrdiff_t>(asked);
  if (challenge.tried == 0 || std::find(challenge.addresses.begin(), end, source) == end) return {};
  return take(id);
}

void Challenges::drop_all() {
  while (!by_id_.empty()) take(by_id_.begin()->first);
}

Challenge Challenges::take(std::uint16_t id) {
  const auto found = by_id_.find(id);
  Challenge challenge = std::move(*found->second);
  by_id_.erase(found);
  ids_.erase(id);
  by_name_.erase(challenge.request.name);
  by_due_.erase({challenge.due, id});
  if (challenge.asker != Challenge::Asker::client) return challenge;
  const auto requester = by_requester_.find(challenge.path.remote.address);
  if (--requester->second == 0) by_requester_.erase(requester);
  return challenge;
}

}  // namespace winsome::names
