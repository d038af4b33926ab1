#include "server/services/tftp_limits.h"

namespace winsome::services {

TftpLimits::Verdict TftpLimits::admit(Ipv4 client) {
  const std::lock_guard lock(mutex_);
  const auto own = by_client_.find(client);
  if (own != by_client_.end() && own->second >= per_client_max_) return Verdict::client_limit;
  if (count_ >= in_all_max_) return Verdict::full;
  ++by_client_[client];
  ++count_;
  return Verdict::admitted;
}

void TftpLimits::leave(Ipv4 client) {
  const std::lock_guard lock(mutex_);
  const auto own = by_client_.find(client);
  if (--own->second == 0) by_client_.erase(own);
  --count_;
}

std::size_t TftpLimits::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace winsome::services
