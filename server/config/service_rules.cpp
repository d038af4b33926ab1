#include <fmt/format.h>

#include "server/config/duration.h"
#include "server/config/rules.h"

namespace winsome::config {
namespace {

void apply_tftp_rules(const tftp::Options& tftp, Rules& rules) {
  rules.require(tftp.transfers_per_client_max <= tftp.transfers_max,
                {"tftp.transfers_per_client_max", "tftp.transfers_max"},
                fmt::format("expected at most {}, those of all clients, found {}",
                            tftp.transfers_max, tftp.transfers_per_client_max));
}

void apply_dns_rules(Settings& settings, Rules& rules) {
  auto& dns = settings.dns_update;
  if (dns.server.port == 0) dns.server.port = dns_port;
  const bool has_key = !dns.key.name.empty();
  const bool has_secret = !settings.dns_secret_file.empty();
  rules.require(has_key || !has_secret, {"dns_update.key", "dns_update.secret_file"},
                "is missing; key and secret_file go together");
  rules.require(has_secret || !has_key, {"dns_update.secret_file", "dns_update.key"},
                "is missing; key and secret_file go together");
  rules.require(
      !has_key || is_domain(dns.key.name), {"dns_update.key"},
      R"(expected a name such as "winsome.example.org", found )" + quote_start(dns.key.name));
  rules.require(dns.retry_max >= dns.retry,
                {"dns_update.retry_interval_max", "dns_update.retry_interval"},
                fmt::format("expected at least {}, the interval of the first try, found {}",
                            to_text(dns.retry), to_text(dns.retry_max)));
}

/// UDP port 67 is the server's or the relay's.
void apply_relay_rules(const Settings& settings, Rules& rules) {
  const auto& relay = settings.relay;
  rules.require(relay.interfaces.empty() || !relay.servers.empty(),
                {"relay.servers", "relay.interfaces"}, "is missing: who is it carried to?");
  rules.require(relay.servers.empty() || !relay.interfaces.empty(),
                {"relay.interfaces", "relay.servers"}, "is missing: where are the clients?");
  rules.require(!settings.dhcp.enabled || relay.interfaces.empty(), {"relay.interfaces"},
                "expected none where there are scopes: a server that leases addresses does not "
                "relay; leave the clients of other networks to a relay on another host, or say "
                "dhcp.enabled = false");
}

void apply_bootstrap_rules(const bootstrap::RouterDiscoveryOptions& discovery, Rules& rules) {
  rules.require(
      discovery.interval_min <= discovery.interval_max,
      {"bootstrap.router_discovery.interval_min", "bootstrap.router_discovery.interval_max"},
      fmt::format("expected at most {}, interval_max, found {}", to_text(discovery.interval_max),
                  to_text(discovery.interval_min)));
  rules.require(discovery.lifetime >= discovery.interval_max,
                {"bootstrap.router_discovery.lifetime", "bootstrap.router_discovery.interval_max"},
                fmt::format("expected at least {}, interval_max, found {}",
                            to_text(discovery.interval_max), to_text(discovery.lifetime)));
}

}  // namespace

void apply_service_rules(Settings& settings, Rules& rules) {
  apply_tftp_rules(settings.tftp, rules);
  apply_dns_rules(settings, rules);
  apply_relay_rules(settings, rules);
  apply_bootstrap_rules(settings.bootstrap.router_discovery, rules);
}

}  // namespace winsome::config
