#include "server/leases/holds.h"

#include "server/core/check.h"

namespace winsome::dhcp {

const Holds::Hold* Holds::of(const ClientId& client) const {
  const auto found = by_client_.find(client);
  return found == by_client_.end() ? nullptr : found->second;
}

const Holds::Hold* Holds::at(Ipv4 address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : found->second.get();
}

const Holds::Hold* Holds::oldest() const {
  return by_due_.empty() ? nullptr : at(by_due_.begin()->second);
}

void Holds::add(Hold hold) {
  auto owned = std::make_unique<Hold>(std::move(hold));
  check(by_client_.emplace(owned->client, owned.get()).second, "a client is offered one address");
  by_due_.insert({owned->until, owned->address});
  if (owned->waiting) ++probing_;
  const auto address = owned->address;
  check(by_address_.emplace(address, std::move(owned)).second, "an address is offered to one");
}

void Holds::await(Ipv4 address, std::unique_ptr<ClientMessage> message) {
  by_address_.at(address)->waiting = std::move(message);
}

Holds::Hold Holds::take(Ipv4 address) {
  const auto found = by_address_.find(address);
  check(found != by_address_.end(), "what is taken is held");
  auto hold = std::move(*found->second);
  by_client_.erase(hold.client);
  by_due_.erase({hold.until, address});
  by_address_.erase(found);
  if (hold.waiting) --probing_;
  return hold;
}

std::vector<Ipv4> Holds::clear() {
  std::vector<Ipv4> addresses;
  addresses.reserve(by_address_.size());
  for (const auto& [until, address] : by_due_) addresses.push_back(address);
  *this = {};
  return addresses;
}

}  // namespace winsome::dhcp
