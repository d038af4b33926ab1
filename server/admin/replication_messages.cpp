#include "server/admin/replication_messages.h"

#include <map>
#include <optional>

#include "server/admin/convert.h"

namespace winsome::admin {
namespace {

static_assert(v1::TRANSPORT_GRPC == 1 + static_cast<int>(replication::Carrier::grpc));
static_assert(v1::TRANSPORT_WINSRA == 1 + static_cast<int>(replication::Carrier::winsra));

void fill(v1::Partner& out, const replication::PartnerStatus& in, std::int64_t wall_offset) {
  const auto& partner = in.partner;
  out.set_name(partner.name);
  out.set_address(to_text(partner.address));
  out.set_transport(static_cast<v1::Transport>(1 + static_cast<int>(partner.carrier)));
  out.set_insecure(partner.insecure);
  out.set_pull(partner.pull);
  out.set_push(partner.push);
  out.set_persistent(partner.persistent);
  out.set_paused(partner.paused);
  out.mutable_interval()->set_seconds(partner.interval.count());
  out.set_connected(in.connected);
  out.set_watching(in.watching);
  if (in.last_pull) *out.mutable_last_pull() = to_timestamp(*in.last_pull, wall_offset);
  out.set_last_pull_records(in.last_pull_records);
  if (in.next_pull) *out.mutable_next_pull() = to_timestamp(*in.next_pull, wall_offset);
  if (in.last_push) *out.mutable_last_push() = to_timestamp(*in.last_push, wall_offset);
  out.set_pulls(in.pulls);
  out.set_failures(in.failures);
  out.set_records_received(in.records_received);
  out.set_records_sent(in.records_sent);
  out.set_nonsense(in.nonsense);
  out.set_last_error(in.last_error);
  if (in.heard) *out.mutable_heard() = to_timestamp(*in.heard, wall_offset);
  for (const auto& [what, count] : in.nonsense_by_kind) {
    auto& one = *out.add_nonsense_by_kind();
    one.set_what(what);
    one.set_count(count);
  }
  for (const auto& [owner, fall] : in.falls) {
    auto& one = *out.add_falls();
    one.set_owner(to_text(owner));
    one.set_from(fall.from);
    one.set_to(fall.to);
  }
}

}  // namespace

void fill(v1::ListPartnersResponse& out, const replication::Status& in, std::int64_t wall_offset,
          std::int64_t unix_now) {
  for (const auto& partner : in.partners) fill(*out.add_partners(), partner, wall_offset);
  out.mutable_now()->set_seconds(unix_now);
  out.set_recovering(in.recovering);
  out.set_pending(in.pending);
  out.set_refused_peers(in.refused_peers);
  if (in.last_verification)
    *out.mutable_last_verification() = to_timestamp(*in.last_verification, wall_offset);
}

void fill(v1::ListOwnersResponse& out, const replication::Status& in, std::int64_t wall_offset,
          std::int64_t unix_now) {
  std::map<Ipv4, v1::Owner> owners;
  for (const auto& one : in.owners) {
    auto& owner = owners[one.owner];
    owner.set_min(one.min);
    owner.set_max(one.max);
    owner.set_records(one.records);
    owner.set_ours(one.ours);
  }
  for (const auto& partner : in.partners) {
    for (const auto& one : partner.map) {
      auto& holding = *owners[one.owner].add_holdings();
      holding.set_partner(partner.partner.name);
      holding.set_max(one.max);
      if (partner.heard) *holding.mutable_heard() = to_timestamp(*partner.heard, wall_offset);
      if (const auto lag = partner.lags.find(one.owner); lag != partner.lags.end())
        *holding.mutable_behind_since() = to_timestamp(lag->second.since, wall_offset);
    }
  }
  for (auto& [address, owner] : owners) {
    owner.set_owner(to_text(address));
    *out.add_owners() = std::move(owner);
  }
  out.mutable_now()->set_seconds(unix_now);
}

}  // namespace winsome::admin
