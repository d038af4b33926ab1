#include "server/config/scope_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "server/config/dhcp_values.h"

namespace winsome::config {
namespace {

using dhcp::ClientId;
using dhcp::Range;
using dhcp::Reservation;
using dhcp::Scope;

Ipv4 broadcast_of(const Ipv4Prefix& subnet) {
  return Ipv4(subnet.network().value() | (0xffff'ffffU >> subnet.length()));
}

bool is_inside(const Range& range, const Ipv4Prefix& subnet) {
  return subnet.contains(range.first) && subnet.contains(range.last);
}

/// What is wrong with giving these to hosts; empty when nothing is.
std::string explain_unfit(const Range& range, const Ipv4Prefix& subnet) {
  if (!is_inside(range, subnet)) {
    return fmt::format("{} is not in {}, the subnet", print(range), to_text(subnet));
  }
  for (const auto& [address, what] :
       {std::pair(subnet.network(), "network"), std::pair(broadcast_of(subnet), "broadcast")}) {
    if (!range.contains(address)) continue;
    const auto has = range.first == range.last ? "is" : "has " + to_text(address) + ",";
    return fmt::format("{} {} the {} address", print(range), has, what);
  }
  return {};
}

void check_pools_differ(const Scope& scope, const Place& place, Rules& rules) {
  std::vector<std::size_t> order(scope.pools.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return scope.pools[i].range.first; });
  for (std::size_t longest = 0, next = 1; next < order.size(); ++next) {
    const auto& reaches = scope.pools[order[longest]].range;
    if (reaches.contains(scope.pools[order[next]].range.first)) {
      const auto [first, later] = std::minmax(order[longest], order[next]);
      rules.complain(place, "pools", later,
                     fmt::format("{} overlaps {}", print(scope.pools[later].range),
                                 print(scope.pools[first].range)));
    }
    if (reaches.last < scope.pools[order[next]].range.last) longest = next;
  }
}

struct Identity {
  std::string_view key;  // in the file
  std::string text;      // for a message
  std::string distinct;  // equal where one client would have both
};

/// A client without an identifier is known by one that is made of its hardware address.
Identity identity_of(const Reservation& reservation) {
  const auto distinct = [](const ClientId& id) {
    return std::string(1, 'i').append(id.octets.begin(), id.octets.end());
  };
  if (reservation.hardware) {
    return {"hardware", print(reservation.hardware), distinct(ClientId::of(*reservation.hardware))};
  }
  if (reservation.client) {
    return {"client_id", print(reservation.client), distinct(*reservation.client)};
  }
  return {"circuit_id", print_octets(reservation.circuit),
          std::string(1, 'c').append(reservation.circuit.begin(), reservation.circuit.end())};
}

int identities(const Reservation& reservation) {
  return int{reservation.hardware.has_value()} + int{reservation.client.has_value()} +
         int{!reservation.circuit.empty()};
}

}  // namespace

void check_addresses(const Scope& scope, const Place& place, Rules& rules) {
  if (scope.subnet == Ipv4Prefix()) return;
  for (std::size_t i = 0; i < scope.pools.size(); ++i) {
    const auto unfit = explain_unfit(scope.pools[i].range, scope.subnet);
    if (!unfit.empty()) rules.complain(place, "pools", i, unfit);
  }
  for (std::size_t i = 0; i < scope.exclusions.size(); ++i) {
    if (is_inside(scope.exclusions[i], scope.subnet)) continue;
    rules.complain(place, "exclude", i,
                   fmt::format("{} is not in {}, the subnet", print(scope.exclusions[i]),
                               to_text(scope.subnet)));
  }
  check_pools_differ(scope, place, rules);
}

void check_reservations(const Scope& scope, const Place& place, const Settings& settings,
                        Rules& rules) {
  std::map<std::string, Ipv4> reserved;
  for (std::size_t i = 0; i < scope.reservations.size(); ++i) {
    const auto& reservation = scope.reservations[i];
    const auto address = reservation.address;
    const auto complain = [&](std::initializer_list<std::string_view> names,
                              const std::string& text) {
      rules.require(false, enter(place, "reservation", i, settings), names, text);
    };
    if (scope.subnet != Ipv4Prefix() && !address.unspecified()) {
      const auto unfit = explain_unfit({address, address}, scope.subnet);
      if (!unfit.empty()) complain({"address"}, unfit);
    }
    const auto count = identities(reservation);
    if (count != 1) {
      complain({"hardware", "client_id", "circuit_id"},
               fmt::format("expected exactly one of hardware, client_id and circuit_id, found {}",
                           count == 0 ? "none" : std::to_string(count)));
      continue;
    }
    const auto [key, text, distinct] = identity_of(reservation);
    const auto [first, is_new] = reserved.try_emplace(distinct, address);
    if (is_new) continue;
    complain({key}, fmt::format("{} has a reservation already, {}", text, to_text(first->second)));
  }
}

}  // namespace winsome::config
