#include <algorithm>
#include <utility>

#include "server/core/check.h"
#include "server/names/lifecycle.h"
#include "server/names/name_server.h"

namespace winsome::names {
namespace {

/// Longer than the challenge can take, so that the requester never gives up first.
constexpr seconds wack_margin{5};

bool same_addresses(const Record& record, const Challenge& challenge) {
  const auto asked = [&](const Member& member) {
    return std::ranges::find(challenge.addresses, member.address) != challenge.addresses.end();
  };
  return record.members.size() == challenge.addresses.size() &&
         std::ranges::all_of(record.members, asked);
}

}  // namespace

bool NameServer::is_as_challenged(const Record& record, const Challenge& challenge) const {
  return record.owner == challenge.owner && record.version == challenge.version &&
         record.state == State::active && same_addresses(record, challenge) && !speaks_for(record);
}

void NameServer::challenge(const ClientRequest& input, const Record& record) {
  if (waiting_ > options_.burst.threshold) return drop(Drop::burst);
  if (const auto refusal = challenges_.refusal(input.request.name.view(), input.path.remote.address,
                                               options_.challenge)) {
    return drop(*refusal == Challenges::Refusal::duplicate ? Drop::duplicate
                                                           : Drop::challenge_limit);
  }
  Challenge challenge{.id = 0,
                      .asker = Challenge::Asker::client,
                      .path = input.path,
                      .request = input.request,
                      .owner = record.owner,
                      .version = record.version,
                      .addresses = {},
                      .due = now_};
  for (const auto& member : record.members) challenge.addresses.push_back(member.address);
  if (challenge.addresses.empty()) return grant(input);

  ++statistics_.challenges;
  const auto longest = challenges_.begin(std::move(challenge), options_.challenge, now_);
  const auto wait = std::chrono::ceil<seconds>(longest) + wack_margin;
  actions_.sends.push_back({input.path, nbns::Wack{.id = input.request.id,
                                                   .name = input.request.name,
                                                   .ttl = static_cast<std::uint32_t>(wait.count()),
                                                   .held_flags = nbns::flags_word(input.request)}});
}

bool NameServer::challenge_for_replica(const Record& record) {
  check(!record.members.empty(), "a challenge asks somebody");
  if (speaks_for(record)) {
    ReplicaDefence defence{record.name, record.owner, record.version, {}};
    for (const auto& member : record.members) defence.claimed.push_back(member.address);
    defences_.push_back(std::move(defence));
    return true;
  }
  if (challenges_.refusal(record.name.view(), {}, options_.challenge)) return false;
  Challenge challenge{.id = 0,
                      .asker = Challenge::Asker::replica,
                      .path = {},
                      .request = {.name = record.name},
                      .owner = record.owner,
                      .version = record.version,
                      .addresses = {},
                      .due = now_};
  for (const auto& member : record.members) challenge.addresses.push_back(member.address);
  ++statistics_.challenges;
  challenges_.begin(std::move(challenge), options_.challenge, now_);
  return true;
}

void NameServer::demand_release(const Record& record) {
  demands_.begin(record, options_.challenge.port, now_);
}

std::vector<ReplicaDefence> NameServer::take_defences() {
  return std::exchange(defences_, {});
}

void NameServer::ask() {
  while (demands_.next_due() <= now_) {
    if (auto demand = demands_.next(now_)) actions_.sends.push_back(std::move(*demand));
  }
  while (challenges_.next_due() <= now_) {
    auto due = challenges_.next(options_.challenge, now_);
    if (due.question) actions_.sends.push_back(std::move(*due.question));
    if (due.silent) {
      ++statistics_.challenges_silent;
      conclude(*due.silent, {});
    }
  }
}

void NameServer::handle(const ClientResponse& input) {
  const auto source = input.path.remote.address;
  if (const auto* denial = std::get_if<nbns::NegativeQueryResponse>(&input.message)) {
    const auto challenge = challenges_.answered(denial->id, denial->name.view(), source);
    if (!challenge) return drop(Drop::unexpected_response);
    ++statistics_.challenges_denied;
    return conclude(*challenge, {});
  }
  if (const auto* defence = std::get_if<nbns::QueryResponse>(&input.message)) {
    const auto challenge = challenges_.answered(defence->id, defence->name.view(), source);
    if (!challenge) return drop(Drop::unexpected_response);
    ++statistics_.challenges_defended;
    return conclude(*challenge, defence->entries);
  }
  if (const auto* obeyed = std::get_if<nbns::NameResponse>(&input.message)) {
    if (demands_.answered(obeyed->id, source, now_)) return;
  }
  drop(Drop::unexpected_response);
}

void NameServer::conclude(const Challenge& challenge, const std::vector<nbns::NbEntry>& claimed) {
  if (challenge.asker == Challenge::Asker::lease) return conclude_feed(challenge, claimed);
  if (challenge.asker == Challenge::Asker::replica) {
    ReplicaDefence defence{challenge.request.name, challenge.owner, challenge.version, {}};
    for (const auto& entry : claimed) defence.claimed.push_back(entry.address);
    defences_.push_back(std::move(defence));
    return;
  }
  const ClientRequest input{challenge.path, challenge.request};
  const auto* record = table_.find(challenge.request.name.view());
  if (!record) return grant(input);
  if (record->owner != challenge.owner || record->version != challenge.version)
    return conflict(input);
  if (record->state != State::active) return grant(input);
  // A member that was released makes no version, but who was asked is no longer who holds the name.
  // Nor does a lease that was renewed.
  if (!is_as_challenged(*record, challenge)) return conflict(input);
  if (claimed.empty()) return grant(input);

  const bool one_host = std::ranges::find(claimed, challenge.request.entry.address,
                                          &nbns::NbEntry::address) != claimed.end();
  if (!one_host || is_group(Policy::type_asked(challenge.request))) return conflict(input);
  merge(challenge, claimed, *record);
}

void NameServer::merge(const Challenge& challenge, const std::vector<nbns::NbEntry>& claimed,
                       Record record) {
  const ClientRequest input{challenge.path, challenge.request};
  if (has_too_many_names(input.request)) return drop(Drop::names_limit);
  const auto ttl = life();
  Members members;
  for (auto member : record.members) {
    if (record.is_static) member.due = now_ + ttl;  // it meant nothing until now
    if (std::ranges::find(claimed, member.address, &nbns::NbEntry::address) != claimed.end()) {
      members.push_back(member);
    }
  }
  if (members.size() >= members_max)
    members.erase(std::ranges::min_element(members, {}, &Member::due));
  members.push_back({input.request.entry.address, options_.owner, now_ + ttl});
  record.members = std::move(members);
  record.type = record.members.size() > 1 ? RecordType::multihomed : RecordType::unique;
  record.is_static = false;
  record.fed = false;
  record.due = now_ + ttl;
  arrange(record, options_.owner);
  take_ownership(record);
  ++statistics_.unique_registrations;
  table_.put(std::move(record));
  reply(input.path, input.request, nbns::Rcode::ok, ttl);
}

}  // namespace winsome::names
