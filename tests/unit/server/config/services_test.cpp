#include <fmt/format.h>
#include <gmock/gmock.h>

#include <limits>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Tftp, IsOffInAnEmptyFile) {
  const auto tftp = settings_of("").tftp;
  EXPECT_FALSE(tftp.enabled);
  EXPECT_EQ(tftp.root, "/srv/tftp");
}

TEST(Tftp, TakesEveryKey) {
  const auto tftp = settings_of(R"(
[tftp]
enabled = true
listen = ["192.0.2.10", "127.0.0.1:10069"]
root = "/var/boot"
blksize_max = 65464
windowsize_max = 1
timeout = "2s"
tries = 3
transfers_max = 20
transfers_per_client_max = 20
)")
                        .tftp;
  EXPECT_TRUE(tftp.enabled);
  EXPECT_THAT(tftp.listen,
              ElementsAre(Endpoint{Ipv4(192, 0, 2, 10), 69}, Endpoint{Ipv4(127, 0, 0, 1), 10'069}));
  EXPECT_EQ(tftp.root, "/var/boot");
  EXPECT_EQ(tftp.blksize_max, 65'464);
  EXPECT_EQ(tftp.windowsize_max, 1);
  EXPECT_EQ(tftp.timeout, 2s);
  EXPECT_EQ(tftp.tries, 3U);
  EXPECT_EQ(tftp.transfers_max, 20U);
  EXPECT_EQ(tftp.transfers_per_client_max, 20U);
}

// RFC 2348, 7440
TEST(Tftp, HasBlocksThatTheProtocolAllows) {
  for (const auto* wrong : {"blksize_max = 7", "blksize_max = 65465", "windowsize_max = 0",
                            "windowsize_max = 65536", "timeout = \"256s\"", "tries = 0"}) {
    EXPECT_THAT(problems_of(fmt::format("[tftp]\n{}", wrong)), SizeIs(1)) << wrong;
  }
}

TEST(Tftp, HasARootThatDoesNotDependOnWhereTheServerStarted) {
  EXPECT_THAT(problems_of("tftp.root = \"boot\""),
              ElementsAre("winsome.toml:1:13: error: tftp.root: expected a path that begins with "
                          "/, found the text \"boot\""));
}

TEST(Tftp, ListensSomewhere) {
  EXPECT_THAT(problems_of("tftp.listen = []"), SizeIs(1));
}

TEST(Tftp, LetsNoClientHaveMoreTransfersThanThereAre) {
  EXPECT_THAT(problems_of("[tftp]\ntransfers_max = 4"),
              ElementsAre("winsome.toml:2:17: error: tftp.transfers_per_client_max: expected at "
                          "most 4, those of all clients, found 8"));
}

TEST(DnsUpdate, TellsNobodyInAnEmptyFile) {
  EXPECT_TRUE(settings_of("").dns_update.server.address.unspecified());
}

TEST(DnsUpdate, TakesEveryKey) {
  const auto settings = settings_of(R"(
[dns_update]
server = "192.0.2.53"
key = "winsome.example.org"
algorithm = "hmac-sha512"
secret_file = "/etc/winsome/dns.key"
ttl = "10m"
timeout = "500ms"
tries = 5
retry_interval = "30s"
retry_interval_max = "2h"
)");
  const auto& dns = settings.dns_update;
  EXPECT_EQ(dns.server, (Endpoint{Ipv4(192, 0, 2, 53), 53}));
  EXPECT_EQ(dns.key.name, "winsome.example.org");
  EXPECT_EQ(dns.key.algorithm, "hmac-sha512");
  EXPECT_EQ(settings.dns_secret_file, "/etc/winsome/dns.key");
  EXPECT_EQ(dns.ttl, 10min);
  EXPECT_EQ(dns.timeout, 500ms);
  EXPECT_EQ(dns.tries, 5U);
  EXPECT_EQ(dns.retry, 30s);
  EXPECT_EQ(dns.retry_max, 2h);
  EXPECT_EQ(settings_of("dns_update.server = \"192.0.2.53:5353\"").dns_update.server.port, 5353);
}

TEST(DnsUpdate, HasAKeyWithItsSecretOrNone) {
  EXPECT_THAT(problems_of("dns_update.key = \"a\""),
              ElementsAre("winsome.toml:1:18: error: dns_update.secret_file: is missing; key and "
                          "secret_file go together"));
  EXPECT_THAT(problems_of("dns_update.secret_file = \"/a\""),
              ElementsAre("winsome.toml:1:26: error: dns_update.key: is missing; key and "
                          "secret_file go together"));
  EXPECT_THAT(problems_of("[dns_update]\nkey = \"a b\"\nsecret_file = \"/a\""), SizeIs(1));
}

// RFC 8945 6
TEST(DnsUpdate, SignsWithAlgorithmsOfToday) {
  EXPECT_THAT(problems_of("dns_update.algorithm = \"hmac-md5\""),
              ElementsAre("winsome.toml:1:24: error: dns_update.algorithm: expected "
                          "\"hmac-sha256\", \"hmac-sha512\" or \"hmac-sha1\", found the text "
                          "\"hmac-md5\""));
}

TEST(DnsUpdate, WaitsLongerEachTime) {
  EXPECT_THAT(problems_of("dns_update.retry_interval = \"2h\""),
              ElementsAre("winsome.toml:1:29: error: dns_update.retry_interval_max: expected at "
                          "least 2h, the interval of the first try, found 1h"));
}

TEST(DnsUpdate, HasAServerWhereAScopeWantsIt) {
  constexpr std::string_view scope =
      "[[dhcp.scope]]\nname = \"office\"\nsubnet = \"192.0.2.0/24\"\ndns.domain = "
      "\"example.org\"\n";
  EXPECT_THAT(problems_of(scope),
              ElementsAre("winsome.toml:4:14: error: dhcp.scope \"office\": dns.domain: expected "
                          "dns_update.server too: that is who is told"));
  EXPECT_THAT(problems_of(std::string(scope) + "[dns_update]\nserver = \"192.0.2.53\""), IsEmpty());
}

TEST(Relay, TakesEveryKey) {
  const auto relay = settings_of(R"(
[relay]
interfaces = ["eth1", "eth2"]
servers = ["192.0.2.1", "192.0.2.2"]
append_option = false
remote_id = "building 7"
hops_max = 16
)")
                         .relay;
  EXPECT_THAT(relay.interfaces, ElementsAre("eth1", "eth2"));
  EXPECT_THAT(relay.servers, ElementsAre(Ipv4(192, 0, 2, 1), Ipv4(192, 0, 2, 2)));
  EXPECT_FALSE(relay.append_option);
  EXPECT_EQ(relay.remote_id, "building 7");
  EXPECT_EQ(relay.hops_max, 16);
}

TEST(Relay, HasClientsAndServers) {
  EXPECT_THAT(problems_of("relay.interfaces = [\"eth1\"]"),
              ElementsAre("winsome.toml:1:20: error: relay.servers: is missing: who is it carried "
                          "to?"));
  EXPECT_THAT(problems_of("relay.servers = [\"192.0.2.1\"]"),
              ElementsAre("winsome.toml:1:17: error: relay.interfaces: is missing: where are the "
                          "clients?"));
  EXPECT_THAT(problems_of("relay.hops_max = 17"), SizeIs(1));  // RFC 1542 4.1.1
}

TEST(Relay, IsNoneWhereAddressesAreLeased) {
  constexpr std::string_view both =
      "relay = { interfaces = [\"eth1\", \"eth2\"], servers = [\"192.0.2.1\"] }\n"
      "[[dhcp.scope]]\nname = \"office\"\nsubnet = \"192.0.2.0/24\"\n";
  EXPECT_THAT(problems_of(both),
              ElementsAre("winsome.toml:1:24: error: relay.interfaces: expected none where there "
                          "are scopes: a server that leases addresses does not relay; leave the "
                          "clients of other networks to a relay on another host, or say "
                          "dhcp.enabled = false"));
  EXPECT_THAT(problems_of("dhcp.interfaces = [\"eth0\"]\n" + std::string(both)), SizeIs(1));
  EXPECT_THAT(problems_of("dhcp.enabled = false\n" + std::string(both)), IsEmpty());
}

TEST(Bootstrap, IsOffInAnEmptyFile) {
  EXPECT_EQ(settings_of("").bootstrap, bootstrap::Options());
}

TEST(Bootstrap, TakesEveryKey) {
  const auto bootstrap = settings_of(R"(
[bootstrap]
interfaces = ["eth0"]
rarp = true
address_mask = true
[bootstrap.router_discovery]
enabled = true
interval_max = "20s"
interval_min = "15s"
lifetime = "1m"
preference = -7
multicast = false
routers = ["192.0.2.1"]
)")
                             .bootstrap;
  EXPECT_THAT(bootstrap.interfaces, ElementsAre("eth0"));
  EXPECT_TRUE(bootstrap.rarp);
  EXPECT_TRUE(bootstrap.address_mask);
  EXPECT_EQ(bootstrap.router_discovery, (bootstrap::RouterDiscoveryOptions{
                                            true, 20s, 15s, 60s, -7, false, {Ipv4(192, 0, 2, 1)}}));
  EXPECT_EQ(settings_of("bootstrap.router_discovery.preference = \"never\"")
                .bootstrap.router_discovery.preference,
            std::numeric_limits<std::int32_t>::min());
}

// RFC 1256 6.2.1
TEST(Bootstrap, AnnouncesRoutersBeforeTheyAreForgotten) {
  EXPECT_THAT(
      problems_of("[bootstrap.router_discovery]\ninterval_max = \"5m\""),
      ElementsAre("winsome.toml:2:16: error: bootstrap.router_discovery.interval_min: expected at "
                  "most 5m, interval_max, found 7m30s"));
  EXPECT_THAT(
      problems_of("[bootstrap.router_discovery]\nlifetime = \"9m\""),
      ElementsAre("winsome.toml:2:12: error: bootstrap.router_discovery.lifetime: expected at "
                  "least 10m, interval_max, found 9m"));
  for (const auto* wrong :
       {"interval_max = \"31m\"", "interval_min = \"2s\"", "lifetime = \"9001s\"",
        "preference = 2147483648", "preference = \"always\""}) {
    EXPECT_THAT(problems_of(fmt::format("[bootstrap.router_discovery]\n{}", wrong)), SizeIs(1))
        << wrong;
  }
}

TEST(Difference, CannotChangeServicesWithoutARestart) {
  EXPECT_THAT(difference(settings_of(""), settings_of("tftp.enabled = true\n"
                                                      "dns_update.server = \"192.0.2.53\""))
                  .needs_restart,
              ElementsAre("tftp.enabled", "dns_update.server"));
}

}  // namespace
}  // namespace winsome::config
