#include "server/leases/dns_queue.h"

#include <algorithm>
#include <utility>

namespace winsome::dhcp {

void DnsQueue::load(DnsWork work) {
  const auto id = work.id;
  next_ = std::max(next_, id + 1);
  work_.load(id, std::move(work));
}

bool DnsQueue::add(DnsWork work) {
  if (work_.size() >= (work.add ? additions_max : removals_max)) return false;
  const auto id = next_++;
  work.id = id;
  work_.put(id, std::move(work));
  return true;
}

std::vector<DnsWork> DnsQueue::first(std::size_t most, std::uint64_t after) const {
  std::vector<DnsWork> list;
  const auto end = from_.empty() ? next_ : from_.front();
  for (auto it = work_.all().upper_bound(after); it != work_.all().end(); ++it) {
    if (list.size() == most || it->first >= end) break;
    list.push_back(it->second);
  }
  return list;
}

void DnsQueue::begin_batch() {
  work_.begin_batch();
  from_.push_back(next_);
}

void DnsQueue::changes(std::vector<Change>& changes) const {
  work_.changes([&](std::uint64_t id, const DnsWork* now) {
    if (now) {
      changes.emplace_back(PutDnsWork{*now});
    } else {
      changes.emplace_back(EraseDnsWork{id});
    }
  });
}

void DnsQueue::commit_oldest() {
  work_.commit_oldest();
  from_.pop_front();
}

void DnsQueue::undo_all() {
  work_.undo_all();
  from_.clear();
}

}  // namespace winsome::dhcp
