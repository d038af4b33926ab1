#include <algorithm>

#include "server/config/key_line.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using enum OnReload;
using dhcp::Boot;
using dhcp::ClientClass;
using dhcp::Configuration;
using dhcp::DnsPolicy;
using dhcp::NameFeed;
using dhcp::Parameters;
using dhcp::Probing;
using dhcp::Reservation;
using dhcp::Scope;

constexpr auto in_dhcp = &Settings::dhcp;
constexpr auto in_probe = &Configuration::probing;
constexpr auto in_classes = &Configuration::classes;
constexpr auto in_scopes = &Configuration::scopes;
constexpr auto in_names = &Scope::names;
constexpr auto in_dns = &Scope::dns;
constexpr auto in_reservations = &Scope::reservations;

constexpr std::size_t classes_max = 256;
constexpr std::size_t scopes_max = 4'096;
constexpr std::size_t reservations_max = 65'536;  // a whole /16

/// Fits the 32 bits of option 51 many times, and no sum of a few overflows.
constexpr Limits lease_limits = between(1s, std::chrono::days(9'999));

/// The fields of BOOTP (RFC 951 3), less the zero octet.
constexpr Limits boot_file_limits = between(1, 127);
constexpr Limits server_name_limits = between(1, 63);

/// What every place that can say something to clients has; `boot` is the table below `table`.
template <auto... members>
constexpr std::array<Key, 5> parameters(std::string_view table, std::string_view boot) {
  return {
      key<members..., &Parameters::options>(table, "options", apply, any),
      key_as<read_lease, print_lease, members..., &Parameters::lease>(table, "lease", apply,
                                                                      lease_limits),
      key_read_by<read_field, members..., &Parameters::boot, &Boot::file>(boot, "file", apply,
                                                                          boot_file_limits),
      key<members..., &Parameters::boot, &Boot::server>(boot, "server", apply, any),
      key_read_by<read_field, members..., &Parameters::boot, &Boot::server_name>(
          boot, "server_name", apply, server_name_limits),
  };
}

template <std::size_t... n>
constexpr auto all_of(const std::array<Key, n>&... parts) {
  std::array<Key, (n + ...)> all{};
  auto end = all.begin();
  ((end = std::ranges::copy(parts, end).out), ...);
  return all;
}

// Where no standard is named, bounds only catch slips of the pen.
constexpr std::array everywhere = {
    key<in_dhcp, &Configuration::enabled>("dhcp", "enabled", refuse, any),
    key_read_by<read_interfaces, &Settings::dhcp_carriers, &Settings::Dhcp::interfaces>(
        "dhcp", "interfaces", refuse, any),
    key<in_dhcp, &Configuration::authoritative>("dhcp", "authoritative", apply, any),
    key<in_dhcp, &Configuration::renewal>("dhcp", "renewal", apply, any),
    key<in_dhcp, &Configuration::rebinding>("dhcp", "rebinding", apply, any),
    key<in_dhcp, &Configuration::offer_hold>("dhcp", "offer_hold", apply, between(1s, 1h)),
    key<in_dhcp, &Configuration::decline_hold>("dhcp", "decline_hold", apply, between(0s, 9'999h)),
    key<in_dhcp, &Configuration::affinity>("dhcp", "affinity", apply,
                                           between(0s, std::chrono::days(9'999))),
    key<in_dhcp, &Configuration::new_clients_per_second>("dhcp", "new_clients_per_second", apply,
                                                         between(0, 1'000'000)),
    key<in_dhcp, &Configuration::leases_per_circuit>("dhcp", "leases_per_circuit", apply,
                                                     between(0, 1'000'000)),
    key_as<read_percent, print_percent, in_dhcp, &Configuration::nearly_full>(
        "dhcp", "nearly_full", apply, between(1, 100)),
    key<in_dhcp, &Configuration::denied>("dhcp", "deny", apply, any),

    key<in_dhcp, in_probe, &Probing::enabled>("dhcp.probe", "enabled", apply, any),
    key<in_dhcp, in_probe, &Probing::fresh>("dhcp.probe", "fresh", apply, between(0s, 24h)),
    key<in_dhcp, in_probe, &Probing::timeout>("dhcp.probe", "timeout", apply, between(10ms, 5s)),
    key<in_dhcp, in_probe, &Probing::at_once>("dhcp.probe", "at_once", apply, between(1, 65'535)),
};

constexpr std::array of_classes = {
    required_key<in_dhcp, in_classes, &ClientClass::name>("dhcp.class", "name", apply, any),
    key_read_by<read_texts, in_dhcp, in_classes, &ClientClass::vendor_class>(
        "dhcp.class", "vendor_class", apply, any),
    key_read_by<read_texts, in_dhcp, in_classes, &ClientClass::user_class>(
        "dhcp.class", "user_class", apply, any),
    key<in_dhcp, in_classes, &ClientClass::architecture>("dhcp.class", "architecture", apply, any),
    key_as<read_prefixes, print_prefixes, in_dhcp, in_classes, &ClientClass::hardware_prefix>(
        "dhcp.class", "hardware_prefix", apply, any),
    key<in_dhcp, in_classes, &ClientClass::deny>("dhcp.class", "deny", apply, any),
};

constexpr std::array of_scopes = {
    required_key<in_dhcp, in_scopes, &Scope::name>("dhcp.scope", "name", apply, any),
    key_read_by<read_field, in_dhcp, in_scopes, &Scope::comment>("dhcp.scope", "comment", apply,
                                                                 between(1, 255)),
    required_key<in_dhcp, in_scopes, &Scope::subnet>("dhcp.scope", "subnet", apply, between(8, 30)),
    key<in_dhcp, in_scopes, &Scope::pools>("dhcp.scope", "pools", apply, any),
    key<in_dhcp, in_scopes, &Scope::exclusions>("dhcp.scope", "exclude", apply, any),
    key_read_by<read_field, in_dhcp, in_scopes, &Scope::shared_network>(
        "dhcp.scope", "shared_network", apply, between(1, 63)),
    key<in_dhcp, in_scopes, &Scope::offer_delay>("dhcp.scope", "offer_delay", apply,
                                                 between(0s, 5min)),
    key<in_dhcp, in_scopes, &Scope::authoritative>("dhcp.scope", "authoritative", apply, any),

    key<in_dhcp, in_scopes, &Scope::bootp_dynamic>("dhcp.scope.bootp", "dynamic", apply, any),
    key_as<read_lease, print_lease, in_dhcp, in_scopes, &Scope::bootp_lease>(
        "dhcp.scope.bootp", "lease", apply, lease_limits),

    key<in_dhcp, in_scopes, in_names, &NameFeed::enabled>("dhcp.scope.names", "feed", apply, any),
    key_as<read_suffixes, print_suffixes, in_dhcp, in_scopes, in_names, &NameFeed::suffixes>(
        "dhcp.scope.names", "suffixes", apply, any),

    key_read_by<read_field, in_dhcp, in_scopes, in_dns, &DnsPolicy::domain>(
        "dhcp.scope.dns", "domain", apply, between(1, 253)),
    key<in_dhcp, in_scopes, in_dns, &DnsPolicy::reverse>("dhcp.scope.dns", "reverse", apply, any),
    key<in_dhcp, in_scopes, in_dns, &DnsPolicy::override_client>("dhcp.scope.dns",
                                                                 "override_client", apply, any),
};

constexpr std::array of_reservations = {
    required_key<in_dhcp, in_scopes, in_reservations, &Reservation::address>(
        "dhcp.scope.reservation", "address", apply, any),
    key<in_dhcp, in_scopes, in_reservations, &Reservation::hardware>("dhcp.scope.reservation",
                                                                     "hardware", apply, any),
    key<in_dhcp, in_scopes, in_reservations, &Reservation::client>("dhcp.scope.reservation",
                                                                   "client_id", apply, any),
    key_as<read_octets, print_octets, in_dhcp, in_scopes, in_reservations, &Reservation::circuit>(
        "dhcp.scope.reservation", "circuit_id", apply, any),
    key_read_by<read_field, in_dhcp, in_scopes, in_reservations, &Reservation::name>(
        "dhcp.scope.reservation", "name", apply, between(1, 253)),
};

constexpr auto table = all_of(
    everywhere, parameters<in_dhcp, &Configuration::parameters>("dhcp", "dhcp.boot"), of_classes,
    parameters<in_dhcp, in_classes, &ClientClass::parameters>("dhcp.class", "dhcp.class.boot"),
    of_scopes, parameters<in_dhcp, in_scopes, &Scope::parameters>("dhcp.scope", "dhcp.scope.boot"),
    of_reservations,
    parameters<in_dhcp, in_scopes, in_reservations, &Reservation::parameters>(
        "dhcp.scope.reservation", "dhcp.scope.reservation.boot"));

constexpr std::array lists = {
    table_list<in_dhcp, in_classes>("dhcp.class", "name", classes_max),
    table_list<in_dhcp, in_scopes>("dhcp.scope", "name", scopes_max),
    table_list<in_dhcp, in_scopes, in_reservations>("dhcp.scope.reservation", "address",
                                                    reservations_max),
};

}  // namespace

std::span<const Key> dhcp_keys() {
  return table;
}

std::span<const TableList> dhcp_lists() {
  return lists;
}

}  // namespace winsome::config
