#include "server/services/probe_table.h"

namespace winsome::services {

bool ProbeTable::add(const dhcp::Probe& probe, Instant now) {
  if (pending_.contains(probe.address)) return true;
  if (pending_.size() >= size_max) return false;
  const Pending pending{probe, now + probe.timeout, now + probe.timeout / 2};
  order_.emplace(pending.next, probe.address);
  pending_.emplace(probe.address, pending);
  return true;
}

bool ProbeTable::answered(Ipv4 address) {
  const auto found = pending_.find(address);
  if (found == pending_.end()) return false;
  order_.erase({found->second.next, address});
  pending_.erase(found);
  return true;
}

ProbeTable::Due ProbeTable::due(Instant now) {
  Due due;
  while (!order_.empty() && order_.begin()->first <= now) {
    const auto address = order_.begin()->second;
    order_.erase(order_.begin());
    auto& pending = pending_.find(address)->second;
    if (pending.next < pending.end && now < pending.end) {
      due.again.push_back(pending.probe);
      pending.next = pending.end;
      order_.emplace(pending.next, address);
    } else {
      due.silent.push_back(address);
      pending_.erase(address);
    }
  }
  return due;
}

Instant ProbeTable::wake_at() const {
  return order_.empty() ? never : order_.begin()->first;
}

}  // namespace winsome::services
