#include "server/leases/address_set.h"

#include <algorithm>
#include <bit>

namespace winsome::dhcp {
namespace {

constexpr std::uint64_t width = 64;
constexpr std::uint64_t all = ~std::uint64_t{0};

constexpr std::uint64_t bit(std::uint64_t position) {
  return std::uint64_t{1} << position % width;
}

}  // namespace

AddressSet::AddressSet(Range range) : range_(range) {
  std::uint64_t bits = range.first <= range.last ? position(range.last) + 1 : 1;
  do {
    bits = (bits + width - 1) / width;
    levels_.emplace_back(bits, 0);
  } while (bits > 1);
}

bool AddressSet::contains(Ipv4 address) const {
  if (!range_.contains(address)) return false;
  const auto at = position(address);
  return (levels_.front()[at / width] & bit(at)) != 0;
}

std::optional<Ipv4> AddressSet::next(Ipv4 from) const {
  if (from > range_.last) return {};
  auto at = from < range_.first ? 0 : position(from);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const auto word = at / width;
    if (word >= levels_[level].size()) return {};
    const auto rest = levels_[level][word] & all << at % width;
    if (rest == 0) {
      at = word + 1;
      continue;
    }
    at = word * width + static_cast<unsigned>(std::countr_zero(rest));
    while (level-- > 0)
      at = at * width + static_cast<unsigned>(std::countr_zero(levels_[level][at]));
    return Ipv4(range_.first.value() + static_cast<std::uint32_t>(at));
  }
  return {};
}

void AddressSet::insert(Ipv4 address) {
  if (!range_.contains(address) || contains(address)) return;
  ++size_;
  auto at = position(address);
  for (auto& level : levels_) {
    level[at / width] |= bit(at);
    at /= width;
  }
}

void AddressSet::erase(Ipv4 address) {
  if (!contains(address)) return;
  --size_;
  auto at = position(address);
  for (auto& level : levels_) {
    level[at / width] &= ~bit(at);
    if (level[at / width] != 0) return;
    at /= width;
  }
}

void AddressSet::insert_all() {
  if (range_.first > range_.last) return;
  std::uint64_t bits = position(range_.last) + 1;
  size_ = bits;
  for (auto& level : levels_) {
    std::ranges::fill(level, all);
    if (bits % width != 0) level.back() = bit(bits) - 1;
    bits = level.size();
  }
}

void AddressSet::erase(Range addresses) {
  auto at = next(addresses.first);
  while (at && *at <= addresses.last) {
    erase(*at);
    if (*at == addresses.last) return;
    at = next(Ipv4(at->value() + 1));
  }
}

}  // namespace winsome::dhcp
