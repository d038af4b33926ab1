#include "server/leases/pools.h"

#include <algorithm>
#include <ranges>

namespace winsome::dhcp {
namespace {

/// Network and broadcast address, which no host may have (RFC 922 7); not in /31 and /32 (RFC
/// 3021).
void erase_ends(AddressSet& members, const Ipv4Prefix& subnet) {
  if (subnet.length() > 30) return;
  const auto hosts = 0xffff'ffffU >> subnet.length();
  members.erase(subnet.network());
  members.erase(Ipv4(subnet.network().value() | hosts));
}

Range clipped(const Range& range, const Ipv4Prefix& subnet) {
  const auto hosts = subnet.length() == 0 ? 0xffff'ffffU : (1ULL << (32 - subnet.length())) - 1;
  const Ipv4 last(subnet.network().value() | static_cast<std::uint32_t>(hosts));
  return {std::max(range.first, subnet.network()), std::min(range.last, last)};
}

}  // namespace

Pools::Pools(std::span<const Scope> scopes, std::span<const ClientClass> classes)
    : of_scope_(scopes.size()) {
  for (std::size_t scope = 0; scope < scopes.size(); ++scope) {
    for (const auto& pool : scopes[scope].pools) {
      const auto range = clipped(pool.range, scopes[scope].subnet);
      if (range.first > range.last) continue;
      AddressSet none(range);
      auto members = none;
      members.insert_all();
      erase_ends(members, scopes[scope].subnet);
      for (const auto& excluded : scopes[scope].exclusions) members.erase(excluded);
      std::vector<std::uint16_t> admitted;
      for (std::size_t i = 0; i < classes.size(); ++i) {
        if (std::ranges::find(pool.classes, classes[i].name) != pool.classes.end())
          admitted.push_back(static_cast<std::uint16_t>(i));
      }
      pools_.push_back({.scope = scope,
                        .classes = std::move(admitted),
                        .restricted = !pool.classes.empty(),
                        .members = members,
                        .free = members,
                        .leased = none,
                        .reserved = none,
                        .ended = {},
                        .ended_at = {}});
    }
  }
  std::ranges::stable_sort(pools_, {},
                           [](const Space& pool) { return pool.members.range().first; });
  for (std::size_t i = 0; i < pools_.size(); ++i) of_scope_[pools_[i].scope].push_back(i);
  for (auto& of : of_scope_)
    std::ranges::stable_sort(of, {}, [this](std::size_t i) { return !pools_[i].restricted; });
}

std::optional<std::size_t> Pools::at(Ipv4 address) const {
  const auto after = std::ranges::upper_bound(
      pools_, address, {}, [](const Space& pool) { return pool.members.range().first; });
  if (after == pools_.begin()) return {};
  const auto found = std::prev(after);
  if (!found->members.contains(address)) return {};
  return static_cast<std::size_t>(found - pools_.begin());
}

bool Pools::admits(std::size_t pool, const ClassList& classes) const {
  const auto& space = pools_[pool];
  return !space.restricted ||
         std::ranges::find_first_of(space.classes, classes) != space.classes.end();
}

void Pools::place(Ipv4 address, Use use, Instant ended) {
  const auto found = at(address);
  if (!found) return;
  auto& pool = pools_[*found];
  const auto put = [&](AddressSet& set, bool in) { in ? set.insert(address) : set.erase(address); };
  put(pool.free, use == Use::free);
  put(pool.leased, use == Use::leased);
  put(pool.reserved, use == Use::reserved);
  if (const auto old = pool.ended_at.find(address); old != pool.ended_at.end()) {
    pool.ended.erase({old->second, address});
    pool.ended_at.erase(old);
  }
  if (use == Use::ended) {
    pool.ended.insert({ended, address});
    pool.ended_at.emplace(address, ended);
  }
}

std::optional<Ipv4> Pools::choose_free(std::size_t pool, std::uint64_t spread,
                                       std::span<const Ipv4> avoid) const {
  const auto& free = pools_[pool].free;
  const auto first = free.range().first.value();
  const auto size = std::uint64_t{free.range().last.value()} - first + 1;
  const Ipv4 start(first + static_cast<std::uint32_t>(spread % size));
  // From the start to the end, then round again; `avoid` is a handful at most.
  auto from = start;
  bool wrapped = false;
  while (true) {
    const auto found = free.next(from);
    if (!found || (wrapped && *found >= start)) {
      if (wrapped) return {};
      wrapped = true;
      from = free.range().first;
      continue;
    }
    if (std::ranges::find(avoid, *found) == avoid.end()) return found;
    from = Ipv4(found->value() + 1);
  }
}

std::optional<Ipv4> Pools::choose_ended(std::size_t pool, std::span<const Ipv4> avoid) const {
  for (const auto& [due, address] : pools_[pool].ended) {
    if (std::ranges::find(avoid, address) == avoid.end()) return address;
  }
  return {};
}

Pools::Counts Pools::counts(std::size_t scope) const {
  Counts counts;
  for (const auto pool : of_scope_[scope]) {
    const auto& space = pools_[pool];
    counts.addresses += space.members.size() - space.reserved.size();
    counts.leased += space.leased.size();
  }
  return counts;
}

}  // namespace winsome::dhcp
