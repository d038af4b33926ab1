#include <fmt/format.h>

#include <algorithm>

#include "server/config/dhcp_values.h"
#include "server/config/rules.h"
#include "server/config/scope_rules.h"
#include "server/config/spelling.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using dhcp::ClientClass;
using dhcp::Configuration;
using dhcp::Scope;

/// A client that renews at half of it would do so every half minute.
constexpr seconds lease_min = 1min;

/// Their bits take 8 MiB.
constexpr std::uint64_t pool_addresses_max = std::uint64_t{1} << 24;

constexpr std::size_t name_length_max = 63;

bool may_stand_in_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// Of a scope or a class: tools and logs name them.
void check_name(const std::string& name, const Place& place, Rules& rules) {
  if (!name.empty() && name.size() <= name_length_max &&
      std::ranges::all_of(name, may_stand_in_a_name)) {
    return;
  }
  rules.require(false, place, {"name"},
                fmt::format("expected 1 to {} letters, digits, hyphens, underscores and dots",
                            name_length_max));
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         label.find('.') == std::string_view::npos &&
         std::ranges::all_of(label, may_stand_in_a_name);
}

class DhcpRules {
 public:
  DhcpRules(Settings& settings, Rules& rules)
      : settings_(settings), dhcp_(settings.dhcp), rules_(rules) {}

  void apply() {
    const auto outer = enter(Place{}, "dhcp");
    complete();
    check_lease(dhcp_.parameters.lease, outer);
    rules_.require(dhcp_.renewal < dhcp_.rebinding, outer, {"rebinding", "renewal"},
                   fmt::format("expected more than {}, the renewal, found {}", print(dhcp_.renewal),
                               print(dhcp_.rebinding)));
    for (std::size_t i = 0; i < dhcp_.classes.size(); ++i) {
      check_class(dhcp_.classes[i], enter(outer, "class", i, settings_));
    }
    std::vector<Place> scopes;
    for (std::size_t i = 0; i < dhcp_.scopes.size(); ++i) {
      scopes.push_back(enter(outer, "scope", i, settings_));
    }
    for (std::size_t i = 0; i < scopes.size(); ++i) check_scope(dhcp_.scopes[i], scopes[i]);
    check_subnets_differ(scopes);
  }

 private:
  /// Decision 22: where else than here names are looked up.
  void complete() {
    dhcp_.enabled = !dhcp_.scopes.empty() && (dhcp_.enabled || !rules_.says("dhcp.enabled"));
    constexpr Ipv4Prefix loopback(Ipv4(127, 0, 0, 0), 8);
    constexpr std::uint16_t nbns_port = 137;
    dhcp_.own_name_servers.clear();
    for (const auto& at : settings_.nbns.listen) {
      if (at.port == nbns_port && !loopback.contains(at.address)) {
        dhcp_.own_name_servers.push_back(at.address);
      }
    }
    dhcp_.own_names = {settings_.names.computer_name};
    for (const auto& partner : settings_.replication.partners) {
      const auto address = partner.address.address;
      if (std::ranges::find(dhcp_.name_servers, address) == dhcp_.name_servers.end()) {
        dhcp_.name_servers.push_back(address);
      }
    }
  }

  void check_lease(std::optional<seconds> lease, const Place& place) {
    if (!lease || *lease >= lease_min || settings_.nbns.allow_short_intervals) return;
    rules_.require(false, place, {"lease"}, explain_short(lease_min, "", *lease));
  }

  void check_class(const ClientClass& of, const Place& place) {
    check_name(of.name, place, rules_);
    check_lease(of.parameters.lease, place);
    rules_.require(!of.vendor_class.empty() || !of.user_class.empty() || !of.architecture.empty() ||
                       !of.hardware_prefix.empty(),
                   place, {"vendor_class", "user_class", "architecture", "hardware_prefix"},
                   "expected this, user_class, architecture or hardware_prefix; without any, "
                   "every client is a member");
  }

  void check_scope(const Scope& scope, const Place& place) {
    check_name(scope.name, place, rules_);
    check_lease(scope.parameters.lease, place);
    check_lease(scope.bootp_lease, enter(place, "bootp"));
    check_classes_exist(scope, place);
    check_dns(scope, place);
    check_addresses(scope, place, rules_);
    for (const auto& pool : scope.pools) {
      pool_addresses_ += std::uint64_t{pool.range.last.value()} - pool.range.first.value() + 1;
    }
    if (pool_addresses_ > pool_addresses_max) {
      rules_.require(false, place, {"pools"},
                     fmt::format("more than {} addresses in all pools", pool_addresses_max));
      pool_addresses_ = 0;
    }
    for (std::size_t i = 0; i < scope.reservations.size(); ++i) {
      const auto& reservation = scope.reservations[i];
      const auto within = enter(place, "reservation", i, settings_);
      check_lease(reservation.parameters.lease, within);
      if (!reservation.name.empty() && !is_domain(reservation.name)) {
        rules_.require(false, within, {"name"},
                       "expected the name of a host: letters, digits and hyphens, maybe with its "
                       "domain");
      }
    }
    check_reservations(scope, place, settings_, rules_);
  }

  void check_classes_exist(const Scope& scope, const Place& place) {
    for (std::size_t i = 0; i < scope.pools.size(); ++i) {
      for (const auto& name : scope.pools[i].classes) {
        if (std::ranges::find(dhcp_.classes, name, &ClientClass::name) != dhcp_.classes.end()) {
          continue;
        }
        std::vector<std::string_view> names;
        for (const auto& of : dhcp_.classes) names.push_back(of.name);
        const auto meant = nearest(name, names);
        rules_.complain(place, "pools", i,
                        fmt::format("there is no class {}{}", quote_start(name),
                                    meant.empty() ? "" : did_you_mean(meant)));
      }
    }
  }

  void check_dns(const Scope& scope, const Place& place) {
    const auto within = enter(place, "dns");
    const auto& dns = scope.dns;
    rules_.require(!dns.reverse || !dns.domain.empty(), within, {"reverse", "domain"},
                   "expected domain too: names are told with it");
    if (dns.domain.empty()) return;
    if (!is_domain(dns.domain)) {
      rules_.require(
          false, within, {"domain"},
          R"(expected a domain such as "example.org", found )" + quote_start(dns.domain));
      return;
    }
    rules_.require(!settings_.dns_update.server.address.unspecified(), within, {"domain"},
                   "expected dns_update.server too: that is who is told");
  }

  /// A network that lies in another one begins where that has not ended yet.
  void check_subnets_differ(const std::vector<Place>& places) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (dhcp_.scopes[i].subnet != Ipv4Prefix()) order.push_back(i);
    }
    std::ranges::stable_sort(order, {}, [&](std::size_t i) {
      return std::pair(dhcp_.scopes[i].subnet.network(), dhcp_.scopes[i].subnet.length());
    });
    for (std::size_t wide = 0, next = 1; next < order.size(); ++next) {
      const auto [first, later] = std::minmax(order[wide], order[next]);
      if (!dhcp_.scopes[order[wide]].subnet.contains(dhcp_.scopes[order[next]].subnet.network())) {
        wide = next;
        continue;
      }
      rules_.require(
          false, places[later], {"subnet"},
          fmt::format("{} overlaps {} of scope {}", to_text(dhcp_.scopes[later].subnet),
                      to_text(dhcp_.scopes[first].subnet), quote_start(dhcp_.scopes[first].name)));
    }
  }

  Settings& settings_;
  Configuration& dhcp_;
  Rules& rules_;
  std::uint64_t pool_addresses_ = 0;
};

}  // namespace

bool is_domain(std::string_view domain) {
  while (true) {
    const auto dot = domain.find('.');
    if (!is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

void apply_dhcp_rules(Settings& settings, Rules& rules) {
  DhcpRules(settings, rules).apply();
}

}  // namespace winsome::config
