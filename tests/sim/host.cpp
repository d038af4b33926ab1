#include "tests/sim/host.h"

#include <algorithm>
#include <set>

namespace winsome::sim {

using nbns::Opcode;

Host::Host(World& world, Network& network, std::string who, std::vector<Ipv4> addresses,
           Ipv4 server)
    : world_(world),
      network_(network),
      who_(std::move(who)),
      addresses_(std::move(addresses)),
      server_{server, 137},
      last_id_(static_cast<std::uint16_t>(addresses_.front().value() << 8)) {
  live();
}

Host::~Host() {
  die();
}

void Host::register_name(const nbns::ScopedName& name, Kind kind, std::size_t interface) {
  ask({name, addresses_[interface % addresses_.size()]}, kind,
      kind == Kind::multihomed ? Opcode::multihomed_registration : Opcode::registration);
}

void Host::refresh(const nbns::ScopedName& name, std::size_t interface) {
  const Key key{name, addresses_[interface % addresses_.size()]};
  ask(key, claims_[key].kind, Opcode::refresh);
}

void Host::release(const nbns::ScopedName& name, std::size_t interface) {
  const Key key{name, addresses_[interface % addresses_.size()]};
  ask(key, claims_[key].kind, Opcode::release);
}

void Host::query(const nbns::ScopedName& name) {
  if (alive_) send({name, addresses_.front()}, nbns::QueryRequest{.id = ++last_id_, .name = name});
}

void Host::claim_for(const nbns::ScopedName& name, Ipv4 address) {
  if (!alive_) return;
  const nbns::NameRequest request{
      .id = ++last_id_, .name = name, .ttl = 300'000, .entry = {false, nbns::NodeType::h, address}};
  send({name, addresses_.front()}, request);
}

void Host::ask(const Key& key, Kind kind, Opcode opcode) {
  if (!alive_) return;
  auto& claim = claims_[key];
  const auto belief = opcode == Opcode::release ? Belief::releasing
                      : opcode == Opcode::refresh && claim.belief == Belief::held ? Belief::held
                                                                                  : Belief::asking;
  claim.kind = kind;
  claim.belief = belief;
  claim.tried = 0;
  claim.request = {.id = ++last_id_,
                   .opcode = opcode,
                   .recursion_desired = opcode != Opcode::refresh,
                   .name = key.first,
                   .ttl = opcode == Opcode::release ? 0U : 300'000U,
                   .entry = {kind == Kind::group, nbns::NodeType::h, key.second}};
  try_again(key, claim.request.id);
}

void Host::try_again(const Key& key, std::uint16_t id) {
  const auto found = claims_.find(key);
  if (!alive_ || found == claims_.end()) return;
  auto& claim = found->second;
  if (claim.request.id != id || claim.tried == tries) return;
  if (claim.tried > 0 && world_.now() < claim.patience_ends) {
    world_.at(claim.patience_ends, [this, key, id] { try_again(key, id); });
    return;
  }
  ++claim.tried;
  claim.patience_ends = world_.now() + patience;
  send(key, claim.request);
  world_.after(patience, [this, key, id] { try_again(key, id); });
}

void Host::send(const Key& key, const nbns::Message& message) {
  network_.send({key.second, port}, server_, message);
}

void Host::die() {
  for (const auto address : addresses_) network_.detach(address);
  claims_.clear();
  alive_ = false;
}

void Host::live() {
  alive_ = true;
  for (const auto address : addresses_)
    network_.attach(address, who_, [this](const Datagram& datagram) { receive(datagram); });
}

void Host::move(Ipv4 address) {
  std::map<nbns::ScopedName, Kind> mine;
  for (const auto& [key, claim] : claims_) {
    if (claim.belief == Belief::held || claim.belief == Belief::asking)
      mine.emplace(key.first, claim.kind);
  }
  die();
  addresses_ = {address};
  live();
  for (const auto& [name, kind] : mine) register_name(name, kind);
}

bool Host::holds(const nbns::ScopedName& name) const {
  return std::ranges::any_of(claims_, [&](const auto& one) {
    return one.first.first == name && one.second.belief == Belief::held &&
           one.second.until > world_.now();
  });
}

void Host::receive(const Datagram& datagram) {
  const auto message = nbns::decode(datagram.octets);
  if (!message) return;
  if (const auto* question = std::get_if<nbns::QueryRequest>(&*message))
    return answer(*question, datagram);
  if (const auto* demand = std::get_if<nbns::NameRequest>(&*message))
    return obey(*demand, datagram);
  if (datagram.from.address != server_.address) return;
  if (const auto* response = std::get_if<nbns::NameResponse>(&*message)) return learn(*response);
  if (const auto* hold = std::get_if<nbns::Wack>(&*message)) wait(*hold);
}

void Host::answer(const nbns::QueryRequest& question, const Datagram& datagram) {
  if (manner_ == Manner::silent) return;
  nbns::QueryResponse defence{.id = question.id, .name = question.name};
  std::set<Ipv4> mine;
  for (const auto& [key, claim] : claims_) {
    const bool claims = claim.belief == Belief::held || claim.belief == Belief::asking;
    if (key.first == question.name && claims) mine.insert(key.second);
  }
  if (manner_ == Manner::denies_all) mine.clear();
  if (manner_ == Manner::claims_all) mine.insert({datagram.to.address, Ipv4(10, 0, 0, 1)});
  if (manner_ == Manner::mistakes_id) ++defence.id;
  for (const auto address : mine) defence.entries.push_back({false, nbns::NodeType::h, address});

  nbns::Message message = defence;
  if (mine.empty()) message = nbns::NegativeQueryResponse{.id = defence.id, .name = question.name};
  auto from = datagram.to;
  if (manner_ == Manner::mistakes_source) from.address = Ipv4(from.address.value() ^ 0x80);
  const auto delay = manner_ == Manner::late ? lateness : milliseconds(0);
  world_.after(delay, [this, from, to = datagram.from, message] {
    if (alive_) network_.send(from, to, message);
  });
}

/// A server says that the name is another's (RFC 1002 4.2.9).
void Host::obey(const nbns::NameRequest& demand, const Datagram& datagram) {
  if (demand.opcode != Opcode::release || manner_ == Manner::silent) return;
  const auto found = claims_.find({demand.name, demand.entry.address});
  if (found == claims_.end()) return;
  found->second.belief = Belief::refused;
  found->second.tried = tries;
  network_.send(datagram.to, datagram.from,
                nbns::NameResponse{.id = demand.id,
                                   .opcode = Opcode::release,
                                   .rcode = nbns::Rcode::ok,
                                   .recursion_available = false,
                                   .name = demand.name,
                                   .ttl = 0,
                                   .entry = demand.entry});
}

std::map<Host::Key, Host::Claim>::iterator Host::asked_with(std::uint16_t id) {
  return std::ranges::find_if(claims_, [id](const auto& one) {
    return one.second.request.id == id && one.second.tried > 0;
  });
}

void Host::wait(const nbns::Wack& hold) {
  const auto found = asked_with(hold.id);
  if (found != claims_.end()) found->second.patience_ends = world_.now() + seconds(hold.ttl);
}

void Host::learn(const nbns::NameResponse& response) {
  const auto found = asked_with(response.id);
  if (found == claims_.end() || found->first.first != response.name) return;
  auto& claim = found->second;
  claim.tried = tries;  // no more
  if (response.opcode == Opcode::release) {
    claim.belief = Belief::gone;
  } else if (response.rcode == nbns::Rcode::ok) {
    claim.belief = Belief::held;
    claim.until = world_.now() + seconds(response.ttl);
    refresh_later(found->first);
  } else {
    claim.belief = Belief::refused;
  }
}

/// At half the life granted (fact base A8).
void Host::refresh_later(const Key& key) {
  const auto id = claims_[key].request.id;
  world_.after((claims_[key].until - world_.now()) / 2, [this, key, id] {
    const auto found = claims_.find(key);
    if (!alive_ || resting_ || found == claims_.end() || found->second.request.id != id) return;
    if (found->second.belief == Belief::held) ask(key, found->second.kind, Opcode::refresh);
  });
}

}  // namespace winsome::sim
