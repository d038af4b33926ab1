#include "server/dns/lease_update.h"

#include <utility>

#include "server/core/random.h"
#include "server/dns/dhcid.h"

namespace winsome::dns {
namespace {

/// More than the domains of any configuration and the networks of its scopes; then all are asked
/// for again.
constexpr std::size_t zones_max = 4096;

/// What depends on the server, its configuration, its clock or the key may be well later (a bad
/// signature is a NOTAUTH, RFC 8945 5.2); what it says of the update itself stays.
Verdict verdict_of(ldns_pkt_rcode rcode) {
  switch (rcode) {
    case LDNS_RCODE_SERVFAIL:
    case LDNS_RCODE_NOTIMPL:
    case LDNS_RCODE_REFUSED:
    case LDNS_RCODE_NOTAUTH:
    case LDNS_RCODE_NOTZONE: return Verdict::unwilling;
    default: return Verdict::refused;
  }
}

Outcome failed(ldns_pkt_rcode rcode) {
  char* text = ldns_pkt_rcode2str(rcode);
  Outcome outcome{verdict_of(rcode), text ? text : "an unknown code"};
  LDNS_FREE(text);
  return outcome;
}

const Outcome no_encoding{Verdict::refused, "the name cannot be encoded"};
const Outcome no_answer{Verdict::no_answer, "no answer"};

}  // namespace

LeaseUpdate::LeaseUpdate(TsigKey key, std::uint64_t seed, Ask ask)
    : key_(std::move(key)), ids_(seed), ask_(std::move(ask)) {}

std::uint16_t LeaseUpdate::next_id() {
  Random random(ids_);
  ids_ = random.next();
  return static_cast<std::uint16_t>(ids_ >> 16);
}

std::string parent_of(const dhcp::DnsWork& work) {
  auto name = work.reverse ? reverse_name(work.address) : work.name;
  const auto dot = name.find('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

Outcome LeaseUpdate::carry_out(const dhcp::DnsWork& work) {
  const auto parent = parent_of(work);
  Outcome failure;
  const auto zone = zone_of(parent, failure);
  if (!zone) return failure;
  auto outcome = carry_out(work, *zone);
  // Perhaps because the zone is another one by now.
  if (outcome.verdict == Verdict::unwilling) zones_.erase(parent);
  return outcome;
}

Outcome LeaseUpdate::carry_out(const dhcp::DnsWork& work, const std::string& zone) {
  if (work.reverse) return work.add ? add_pointer(work, zone) : remove_pointer(work, zone);
  return work.add ? add_name(work, zone) : remove_name(work, zone);
}

std::optional<std::string> LeaseUpdate::zone_of(const std::string& parent, Outcome& failure) {
  if (const auto known = zones_.find(parent); known != zones_.end()) return known->second;
  const auto query = ask_for_zone(parent, next_id());
  if (!query) {
    failure = no_encoding;
    return std::nullopt;
  }
  const auto answer = ask_(*query);
  if (!answer) {
    failure = no_answer;
    return std::nullopt;
  }
  if (answer->zone.empty()) {
    failure = failed(answer->rcode == LDNS_RCODE_NOERROR ? LDNS_RCODE_NOTZONE : answer->rcode);
    failure.verdict = Verdict::unwilling;
    return std::nullopt;
  }
  if (zones_.size() >= zones_max) zones_.clear();
  return zones_[parent] = answer->zone;
}

std::optional<ldns_pkt_rcode> LeaseUpdate::tell(Update&& update, Outcome& failure) {
  const auto query = std::move(update).sign(next_id(), key_);
  if (!query) {
    failure = no_encoding;
    return std::nullopt;
  }
  const auto answer = ask_(*query);
  if (!answer) {
    failure = no_answer;
    return std::nullopt;
  }
  return answer->rcode;
}

/// RFC 4703 5.3: take a free name; else replace the addresses of a name that is the same client's.
/// The name may go or come between the two, so they are tried in turn, twice.
Outcome LeaseUpdate::add_name(const dhcp::DnsWork& work, const std::string& zone) {
  const auto who = dhcid(work.client, work.hardware, work.name);
  const auto address = address_data(work.address);
  Outcome failure;
  for (int turn = 0; turn < 2; ++turn) {
    Update fresh(zone);
    fresh.require_no_name(work.name);
    fresh.add(work.name, LDNS_RR_TYPE_A, work.ttl, address);
    fresh.add(work.name, LDNS_RR_TYPE_DHCID, work.ttl, who);
    auto rcode = tell(std::move(fresh), failure);
    if (!rcode) return failure;
    if (*rcode == LDNS_RCODE_NOERROR) return {};
    if (*rcode != LDNS_RCODE_YXDOMAIN) return failed(*rcode);

    Update again(zone);
    again.require_exactly(work.name, LDNS_RR_TYPE_DHCID, who);
    again.remove_all(work.name, LDNS_RR_TYPE_A);
    again.add(work.name, LDNS_RR_TYPE_A, work.ttl, address);
    rcode = tell(std::move(again), failure);
    if (!rcode) return failure;
    if (*rcode == LDNS_RCODE_NOERROR) return {};
    if (*rcode != LDNS_RCODE_NXRRSET && *rcode != LDNS_RCODE_NXDOMAIN) return failed(*rcode);
  }
  return {Verdict::conflict, "another host has the name"};
}

/// RFC 4703 5.5: our address goes; with the last address the name goes.
Outcome LeaseUpdate::remove_name(const dhcp::DnsWork& work, const std::string& zone) {
  const auto who = dhcid(work.client, work.hardware, work.name);
  Outcome failure;
  Update address(zone);
  address.require_exactly(work.name, LDNS_RR_TYPE_DHCID, who);
  address.remove(work.name, LDNS_RR_TYPE_A, address_data(work.address));
  auto rcode = tell(std::move(address), failure);
  if (!rcode) return failure;
  if (*rcode == LDNS_RCODE_NXRRSET || *rcode == LDNS_RCODE_NXDOMAIN)
    return {};  // not ours any more
  if (*rcode != LDNS_RCODE_NOERROR) return failed(*rcode);

  Update name(zone);
  name.require_exactly(work.name, LDNS_RR_TYPE_DHCID, who);
  name.require_absent(work.name, LDNS_RR_TYPE_A);
  name.require_absent(work.name, LDNS_RR_TYPE_AAAA);
  name.remove_name(work.name);
  rcode = tell(std::move(name), failure);
  if (!rcode) return failure;
  const bool kept = *rcode == LDNS_RCODE_YXRRSET;  // it has other addresses
  const bool gone = *rcode == LDNS_RCODE_NXRRSET || *rcode == LDNS_RCODE_NXDOMAIN;
  if (*rcode == LDNS_RCODE_NOERROR || kept || gone) return {};
  return failed(*rcode);
}

/// RFC 4703 5.4: an address is its lease's, so whatever stood there goes.
Outcome LeaseUpdate::add_pointer(const dhcp::DnsWork& work, const std::string& zone) {
  const auto pointer = reverse_name(work.address);
  Outcome failure;
  Update update(zone);
  update.remove_all(pointer, LDNS_RR_TYPE_PTR);
  update.remove_all(pointer, LDNS_RR_TYPE_DHCID);
  update.add(pointer, LDNS_RR_TYPE_PTR, work.ttl, pointer_data(work.name));
  update.add(pointer, LDNS_RR_TYPE_DHCID, work.ttl, dhcid(work.client, work.hardware, work.name));
  const auto rcode = tell(std::move(update), failure);
  if (!rcode) return failure;
  return *rcode == LDNS_RCODE_NOERROR ? Outcome{} : failed(*rcode);
}

Outcome LeaseUpdate::remove_pointer(const dhcp::DnsWork& work, const std::string& zone) {
  const auto pointer = reverse_name(work.address);
  Outcome failure;
  Update update(zone);
  update.require_exactly(pointer, LDNS_RR_TYPE_PTR, pointer_data(work.name));
  update.remove_name(pointer);
  const auto rcode = tell(std::move(update), failure);
  if (!rcode) return failure;
  const bool gone = *rcode == LDNS_RCODE_NXRRSET || *rcode == LDNS_RCODE_NXDOMAIN;
  return *rcode == LDNS_RCODE_NOERROR || gone ? Outcome{} : failed(*rcode);
}

}  // namespace winsome::dns
