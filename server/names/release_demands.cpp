#include "server/names/release_demands.h"

namespace winsome::names {

void ReleaseDemands::begin(const Record& record, std::uint16_t port, Instant now) {
  if (record.members.empty() || by_id_.size() >= at_once) return;
  std::uint16_t id = 0;
  do {
    id = static_cast<std::uint16_t>(random_.below(0x10000));
  } while (ids_.contains(id));
  Demand demand{.name = record.name,
                .node = record.node,
                .port = port,
                .addresses = {},
                .tried = 0,
                .due = now};
  for (const auto& member : record.members) demand.addresses.push_back(member.address);
  ids_.insert(id);
  by_due_.emplace(now, id);
  by_id_.emplace(id, std::move(demand));
}

std::optional<Outgoing> ReleaseDemands::next(Instant now) {
  if (next_due() > now) return {};
  const auto id = by_due_.begin()->second;
  auto& demand = by_id_.at(id);
  const auto is_last = [&] { return demand.addresses.size() == 1; };
  const auto exhausted = [&] { return demand.tried == (is_last() ? tries_of_last : 1); };
  if (exhausted()) {
    if (is_last()) {
      end(id);
      return {};
    }
    demand.addresses.erase(demand.addresses.begin());
    demand.tried = 0;
  }
  ++demand.tried;
  by_due_.erase(by_due_.begin());
  demand.due = now + (is_last() ? interval_of_last : interval_of_several);
  by_due_.emplace(demand.due, id);

  const auto address = demand.addresses.front();
  return Outgoing{.path = {.remote = {address, demand.port}, .local = {}, .socket = 0},
                  .message = nbns::NameRequest{
                      .id = id,
                      .opcode = nbns::Opcode::release,
                      .recursion_desired = false,
                      .broadcast = false,
                      .name = demand.name,
                      .ttl = 0,
                      .entry = {.group = false, .node = demand.node, .address = address}}};
}

bool ReleaseDemands::answered(std::uint16_t id, Ipv4 source, Instant now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return false;
  auto& demand = found->second;
  if (demand.tried == 0 || demand.addresses.front() != source) return false;
  if (demand.addresses.size() == 1) {
    end(id);
    return true;
  }
  demand.addresses.erase(demand.addresses.begin());
  demand.tried = 0;
  by_due_.erase({demand.due, id});
  demand.due = now;
  by_due_.emplace(now, id);
  return true;
}

void ReleaseDemands::drop_all() {
  while (!by_id_.empty()) end(by_id_.begin()->first);
}

void ReleaseDemands::end(std::uint16_t id) {
  const auto found = by_id_.find(id);
  by_due_.erase({found->second.due, id});
  by_id_.erase(found);
  ids_.erase(id);
}

}  // namespace winsome::names
