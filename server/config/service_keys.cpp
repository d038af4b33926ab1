#include "server/config/key_line.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using enum OnReload;
using Bootstrap = bootstrap::Options;
using Dns = dns::Options;
using Tftp = tftp::Options;
using bootstrap::RouterDiscoveryOptions;
using dhcp::RelayOptions;
using dns::TsigKey;

constexpr auto in_tftp = &Settings::tftp;
constexpr auto in_dns = &Settings::dns_update;
constexpr auto in_key = &dns::Options::key;
constexpr auto in_relay = &Settings::relay;
constexpr auto in_bootstrap = &Settings::bootstrap;
constexpr auto in_discovery = &bootstrap::Options::router_discovery;

/// At least one to listen on.
constexpr Limits tftp_listeners{.min = 1, .default_port = tftp::server_port};

/// Each takes two file descriptors.
constexpr std::int64_t transfers_limit = 10'000;

// Block and window sizes: RFC 2348 and 7440. Hops: RFC 1542 4.1.1. Router discovery: RFC 1256
// 6.2.1. Other bounds only catch slips of the pen.
constexpr std::array table = {
    key<in_tftp, &Tftp::enabled>("tftp", "enabled", refuse, any),
    key<in_tftp, &Tftp::listen>("tftp", "listen", refuse, tftp_listeners),
    key_read_by<read_directory, in_tftp, &Tftp::root>("tftp", "root", refuse, any),
    key<in_tftp, &Tftp::blksize_max>("tftp", "blksize_max", refuse,
                                     between(tftp::blksize_min, tftp::blksize_limit)),
    key<in_tftp, &Tftp::windowsize_max>("tftp", "windowsize_max", refuse,
                                        between(1, tftp::windowsize_limit)),
    key<in_tftp, &Tftp::timeout>("tftp", "timeout", refuse,
                                 between(1s, seconds(tftp::timeout_limit))),
    key<in_tftp, &Tftp::tries>("tftp", "tries", refuse, between(1, 100)),
    key<in_tftp, &Tftp::transfers_max>("tftp", "transfers_max", refuse,
                                       between(1, transfers_limit)),
    key<in_tftp, &Tftp::transfers_per_client_max>("tftp", "transfers_per_client_max", refuse,
                                                  between(1, transfers_limit)),

    key<in_dns, &Dns::server>("dns_update", "server", refuse, any),
    key_read_by<read_field, in_dns, in_key, &TsigKey::name>("dns_update", "key", refuse,
                                                            between(1, 253)),
    key_read_by<read_algorithm, in_dns, in_key, &TsigKey::algorithm>("dns_update", "algorithm",
                                                                     refuse, any),
    key<&Settings::dns_secret_file>("dns_update", "secret_file", refuse, any),
    key<in_dns, &Dns::ttl>("dns_update", "ttl", refuse, between(0s, 24h)),
    key<in_dns, &Dns::timeout>("dns_update", "timeout", refuse, between(100ms, 1min)),
    key<in_dns, &Dns::tries>("dns_update", "tries", refuse, between(1, 100)),
    key<in_dns, &Dns::retry>("dns_update", "retry_interval", refuse, between(1s, 24h)),
    key<in_dns, &Dns::retry_max>("dns_update", "retry_interval_max", refuse, between(1s, 24h)),

    key_read_by<read_interfaces, in_relay, &RelayOptions::interfaces>("relay", "interfaces", refuse,
                                                                      any),
    key<in_relay, &RelayOptions::servers>("relay", "servers", refuse, any),
    key<in_relay, &RelayOptions::append_option>("relay", "append_option", refuse, any),
    key_read_by<read_field, in_relay, &RelayOptions::remote_id>("relay", "remote_id", refuse,
                                                                between(1, dhcp::remote_id_max)),
    key<in_relay, &RelayOptions::hops_max>("relay", "hops_max", refuse, between(1, 16)),

    key_read_by<read_interfaces, in_bootstrap, &Bootstrap::interfaces>("bootstrap", "interfaces",
                                                                       refuse, any),
    key<in_bootstrap, &Bootstrap::rarp>("bootstrap", "rarp", refuse, any),
    key<in_bootstrap, &Bootstrap::address_mask>("bootstrap", "address_mask", refuse, any),

    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::enabled>("bootstrap.router_discovery",
                                                                      "enabled", refuse, any),
    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::interval_max>(
        "bootstrap.router_discovery", "interval_max", refuse, between(4s, 1'800s)),
    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::interval_min>(
        "bootstrap.router_discovery", "interval_min", refuse, between(3s, 1'800s)),
    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::lifetime>(
        "bootstrap.router_discovery", "lifetime", refuse, between(4s, 9'000s)),
    key_as<read_preference, print_preference, in_bootstrap, in_discovery,
           &RouterDiscoveryOptions::preference>("bootstrap.router_discovery", "preference", refuse,
                                                any),
    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::multicast>(
        "bootstrap.router_discovery", "multicast", refuse, any),
    key<in_bootstrap, in_discovery, &RouterDiscoveryOptions::routers>("bootstrap.router_discovery",
                                                                      "routers", refuse, any),
};

}  // namespace

std::span<const Key> service_keys() {
  return table;
}

}  // namespace winsome::config
