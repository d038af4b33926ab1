#include "server/daemon/found_partners.h"

#include <algorithm>
#include <utility>

#include "server/config/settings.h"

namespace winsome::daemon {

bool FoundPartners::hear(Ipv4 address, bool up) {
  if (!up) return found_.erase(address) > 0;
  return found_.size() < found_max && found_.insert(address).second;
}

replication::Options FoundPartners::merged(replication::Options configured) const {
  auto& partners = configured.partners;
  for (const auto address : found_) {
    if (partners.size() >= replication::partners_max) break;
    if (std::ranges::any_of(partners, [address](const replication::Partner& partner) {
          return partner.address.address == address;
        }))
      continue;
    replication::Partner partner;
    partner.name = to_text(address);
    partner.address = {address, config::winsra_port};
    partner.carrier = replication::Carrier::winsra;
    partners.push_back(std::move(partner));
  }
  return configured;
}

}  // namespace winsome::daemon
