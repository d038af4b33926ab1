#include "server/daemon/peer_log.h"

namespace winsome::daemon {

void PeerLog::note(const std::string& peer, const std::string& what, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (peers_.size() >= peers_max && !peers_.contains(peer)) peers_.clear();
  auto& one = peers_[peer];
  if (one.times++ > 0 && now < one.last + std::chrono::minutes(1)) return;
  one.last = now;
  write_(peer, what, one.times);
}

}  // namespace winsome::daemon
