#include <algorithm>
#include <utility>

#include "server/dhcp/octet_text.h"
#include "server/leases/engine.h"

namespace winsome::dhcp {
namespace {

/// Adds all rows, or none; or all that may be.
template <class Row, class Refusal, class Add>
CommandResult add_rows(const std::vector<Row>& rows, bool dry_run, bool keep_going,
                       Refusal refusal_of, Add add) {
  CommandResult result;
  std::vector<const Row*> good;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (auto text = refusal_of(rows[i]); !text.empty()) {
      result.refusals.push_back({i, std::move(text)});
    } else {
      good.push_back(&rows[i]);
    }
  }
  if (!result.refusals.empty() && !keep_going) {
    result.status = CommandStatus::refused;
    return result;
  }
  for (const auto* row : good) {
    if (!dry_run) add(*row);
  }
  result.changed = good.size();
  return result;
}

bool is_end(const Ipv4Prefix& subnet, Ipv4 address) {
  if (subnet.length() > 30) return false;
  const auto hosts = 0xffff'ffffU >> subnet.length();
  return (address.value() & hosts) == 0 || (address.value() & hosts) == hosts;
}

std::string who(const Reservation& reservation) {
  if (reservation.client) return to_text(*reservation.client);
  if (reservation.hardware) return to_text(*reservation.hardware);
  return "circuit " + octets_text(reservation.circuit);
}

}  // namespace

void LeaseServer::Engine::handle(CommandRequest& request) {
  auto result = std::visit([this](const auto& command) { return run(command); }, request.command);
  actions_.replies.push_back({request.ticket, std::move(result)});
}

CommandResult LeaseServer::Engine::run(const ReleaseLease& command) {
  const auto* lease = leases_.find(command.address);
  if (!lease || lease->state == LeaseState::ended) return {.status = CommandStatus::not_found};
  if (lease->state == LeaseState::active) {
    end(*lease);
  } else {
    erase(lease->address);
  }
  return {.changed = 1};
}

CommandResult LeaseServer::Engine::run(const FlushLeases& command) {
  std::vector<Ipv4> addresses;
  leases_.for_each([&](const Lease& lease) {
    if (!command.scope.empty() && lease.scope != command.scope) return;
    if (lease.state != LeaseState::active || command.active) addresses.push_back(lease.address);
  });
  if (addresses.empty() && !command.scope.empty() && !rules_->scopes.contains(command.scope))
    return {.status = CommandStatus::not_found};
  std::ranges::sort(addresses);
  for (const auto address : addresses) {
    if (const auto* lease = leases_.find(address); lease->state == LeaseState::active) end(*lease);
    erase(address);
  }
  return {.changed = addresses.size()};
}

CommandResult LeaseServer::Engine::run(const AddReservations& command) {
  // What one row of the same command has taken, another may not have.
  absl::flat_hash_set<Ipv4> addresses;
  absl::flat_hash_set<std::string> clients;
  std::size_t more = 0;
  return add_rows(
      command.rows, command.dry_run, command.keep_going,
      [&](const AddReservations::Row& row) {
        if (auto text = refusal(row); !text.empty()) return text;
        const auto& reservation = row.reservation;
        const auto scope = *scope_at(reservation.address);
        if (reservations_.size() + more >= reservations_max)
          return std::string("there are too many reservations");
        if (!addresses.insert(reservation.address).second)
          return to_text(reservation.address) + " stands here twice";
        if (!clients.insert(std::to_string(scope) + ' ' + who(reservation)).second)
          return who(reservation) + " stands here twice";
        ++more;
        return std::string();
      },
      [&](const AddReservations::Row& row) {
        const auto address = row.reservation.address;
        reservations_.put(
            {.scope = scope(*scope_at(address)).name, .reservation = row.reservation});
        refresh(address);
      });
}

std::string LeaseServer::Engine::refusal(const AddReservations::Row& row) const {
  const auto& reservation = row.reservation;
  const auto address = to_text(reservation.address);
  const auto index = scope_at(reservation.address);
  if (!row.scope.empty() && !rules_->scopes.contains(row.scope))
    return "there is no scope " + row.scope;
  if (!index) return address + " is in no scope's subnet";
  if (!row.scope.empty() && rules_->scopes.at(row.scope) != *index)
    return address + " is not in the subnet of scope " + row.scope;
  if (is_end(scope(*index).subnet, reservation.address) || !reservation.address.is_host())
    return address + " is no host's address";
  const auto identities = (reservation.client ? 1 : 0) + (reservation.hardware ? 1 : 0) +
                          (reservation.circuit.empty() ? 0 : 1);
  if (identities != 1)
    return "a reservation names its client by one of hardware address, client identifier and "
           "circuit";
  if (reservation.hardware && reservation.hardware->length == 0)
    return "the hardware address is empty";
  if (reservation.client && reservation.client->octets.empty())
    return "the client identifier is empty";
  if (reservations_.at(reservation.address) || reservations_.stored(reservation.address))
    return address + " is reserved already";
  if (reservations_.knows(reservation, *index))
    return who(reservation) + " has a reservation in scope " + scope(*index).name + " already";
  return {};
}

CommandResult LeaseServer::Engine::run(const DeleteReservation& command) {
  if (!reservations_.stored(command.address)) {
    if (!reservations_.at(command.address)) return {.status = CommandStatus::not_found};
    return {.status = CommandStatus::refused,
            .refusals = {{0, to_text(command.address) + " is reserved by the configuration"}}};
  }
  reservations_.erase(command.address);
  refresh(command.address);
  return {.changed = 1};
}

CommandResult LeaseServer::Engine::run(const ImportLeases& command) {
  absl::flat_hash_set<Ipv4> addresses;
  return add_rows(
      command.rows, command.dry_run, command.keep_going,
      [&](const ImportLeases::Row& row) {
        if (auto text = refusal(row); !text.empty()) return text;
        if (!addresses.insert(row.address).second)
          return to_text(row.address) + " stands here twice";
        return std::string();
      },
      [&](const ImportLeases::Row& row) { import(row); });
}

std::string LeaseServer::Engine::refusal(const ImportLeases::Row& row) const {
  const auto address = to_text(row.address);
  const auto index = scope_at(row.address);
  if (!index) return address + " is in no scope's subnet";
  if (is_end(scope(*index).subnet, row.address)) return address + " is no host's address";
  if (!row.client && row.hardware.length == 0) return address + " has no client";
  if (row.left <= seconds(0)) return address + " has expired";
  const auto client = row.client.value_or(ClientId::of(row.hardware));
  if (const auto* lease = leases_.find(row.address)) {
    if (lease->state == LeaseState::declined) return address + " was declined";
    if (lease->state == LeaseState::active) return address + " is leased already";
  }
  if (const auto* entry = reservations_.at(row.address);
      entry && !Reservations::is_for(entry->reservation, {client, row.hardware, {}}))
    return address + " is reserved for " + who(entry->reservation);
  return {};
}

/// As if it had been given here; what it lies outside of runs out, as after a reload.
void LeaseServer::Engine::import(const ImportLeases::Row& row) {
  if (holds_.at(row.address)) drop_hold(row.address);
  proved_.erase(row.address);
  Lease lease;
  lease.address = row.address;
  lease.client = row.client.value_or(ClientId::of(row.hardware));
  lease.hardware = row.hardware;
  lease.granted = now_;
  lease.due = row.left >= seconds(0xffff'ffff) ? never : now_ + row.left;
  lease.scope = scope(*scope_at(row.address)).name;
  lease.host_name = row.host_name;
  feed_names(lease, false);
  put(std::move(lease));
}

}  // namespace winsome::dhcp
