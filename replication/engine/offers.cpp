#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "replication/engine/replicator.h"

namespace winsome::replication {

/// What can be of what a peer says that it holds, ascending; the rest is counted.
OwnerMap Replicator::heed(PartnerState* partner, const std::string& who, const OwnerMap& said) {
  OwnerMap offers;
  for (const auto& one : said) {
    if (offers.size() >= owners_max || !believable(partner, one)) {
      complain(partner, who, "versions that no server can have reached");
      continue;
    }
    offers.push_back(one);
    const auto* held = known_.find(one.owner);
    const bool its_own = partner && one.owner == partner->config.address.address;
    if (its_own && held && held->version > one.max + version_jump_max &&
        !busy_owners_.contains(one.owner))
      forget_owner(one.owner);
  }
  std::ranges::stable_sort(offers, {}, &OwnerRange::owner);
  if (partner) note_falls(*partner, offers);
  return offers;
}

/// A partner announces less of an owner than it did before, or less of itself than we hold. That is
/// told once, and at most once a minute a partner.
void Replicator::note_falls(PartnerState& partner, const OwnerMap& offers) {
  std::size_t fresh = 0;
  const OwnerRange* first = nullptr;
  for (const auto& one : offers) {
    const auto before = std::ranges::lower_bound(partner.map, one.owner, {}, &OwnerRange::owner);
    const bool spoke = before != partner.map.end() && before->owner == one.owner;
    const bool its_own = one.owner == partner.config.address.address;
    const auto fall = partner.falls.find(one.owner);
    auto most = std::max(spoke ? before->max : 0, its_own ? known(one.owner, &partner) : 0);
    if (fall != partner.falls.end()) most = std::max(most, fall->second.from);
    if (one.max >= most) {
      if (fall != partner.falls.end()) partner.falls.erase(fall);
      continue;
    }
    const bool lower = fall == partner.falls.end() || one.max < fall->second.to;
    if (fall != partner.falls.end() || partner.falls.size() < owners_max)
      partner.falls.insert_or_assign(one.owner, Fall{.from = most, .to = one.max});
    if (!lower) continue;
    if (fresh++ == 0) first = &one;
  }
  const bool again = partner.fall_told != Instant::min() &&
                     moment_.now < partner.fall_told + std::chrono::minutes(1);
  if (!first || again) return;
  partner.fall_told = moment_.now;
  auto text = to_text(first->owner);
  if (fresh > 1) text += " and " + std::to_string(fresh - 1) + " more";
  tell(EventKind::owner_went_back, partner.config.name, first->max, std::move(text));
}

/// A version that nobody gave would stay: as our counter, or as what is known of an owner. So of us
/// and of partners who spoke for themselves, others are believed within bounds only.
bool Replicator::believable(const PartnerState* partner, const OwnerRange& said) const {
  if (said.max > version_max || said.min > said.max) return false;
  if (said.owner == options_.us)
    return said.max <= std::max(names_.version(), options_.start_version) + version_jump_max;
  for (const auto& [name, other] : partners_) {
    if (other.get() == partner || other->config.address.address != said.owner) continue;
    const auto own = std::ranges::find(other->map, said.owner, &OwnerRange::owner);
    if (own != other->map.end()) return said.max <= own->max + version_jump_max;
  }
  return true;
}

/// From now on everything of this owner is asked for again, also by who is about to ask for a part.
void Replicator::forget_owner(Ipv4 owner) {
  known_.erase(owner);
  for (auto& [link, pull] : pulls_) {
    for (auto& task : pull.todo) {
      if (task.purpose == Purpose::replicate && task.range.owner == owner) task.range.min = 1;
    }
  }
}

/// Who gives us 1B names and internet groups only is not asked where somebody else gives us all:
/// what is known of the owner would be a part again, and all of it be asked for at each change.
bool Replicator::has_fuller_source(Ipv4 owner, const PartnerState* from) const {
  if (!from || !from->config.domains_only) return false;
  return std::ranges::any_of(partners_, [&](const auto& one) {
    const auto& [config, map] = std::tie(one.second->config, one.second->map);
    return config.pull && !config.paused && !config.domains_only &&
           (config.address.address == owner ||
            std::ranges::binary_search(map, owner, {}, &OwnerRange::owner));
  });
}

/// How long a partner has not been level is counted from when that was first seen here.
void Replicator::note_lag(PartnerState& partner, Ipv4 owner, std::uint64_t here) {
  const auto held = std::ranges::lower_bound(partner.map, owner, {}, &OwnerRange::owner);
  if (held == partner.map.end() || held->owner != owner || held->max == here) {
    partner.lags.erase(owner);
    return;
  }
  const Lag now{.ours = held->max > here, .since = moment_.now};
  const auto [lag, fresh] = partner.lags.try_emplace(owner, now);
  if (!fresh && lag->second.ours != now.ours) lag->second = now;
}

/// `news` is in its map by now.
void Replicator::note_lags(PartnerState& partner, const OwnerMap& news) {
  for (const auto& one : news) {
    const auto* held = known_.find(one.owner);
    const auto here = one.owner == options_.us ? names_.version() : held ? held->version : 0;
    note_lag(partner, one.owner, here);
  }
  std::erase_if(partner.lags, [&](const auto& lag) {
    return !std::ranges::binary_search(partner.map, lag.first, {}, &OwnerRange::owner);
  });
}

}  // namespace winsome::replication
