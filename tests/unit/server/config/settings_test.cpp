#include "server/config/settings.h"

#include <gmock/gmock.h>

#include "server/config/host_facts.h"
#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Ipv4Prefix network(std::string_view text) {
  return parse_prefix(text).value();
}

// N4
TEST(Settings, OfAnEmptyFileAreTheDefaults) {
  const auto settings = settings_of("");
  EXPECT_EQ(settings.data_dir, "/var/lib/winsome");
  EXPECT_EQ(settings.log.level, LogLevel::info);
  EXPECT_EQ(settings.log.format, LogFormat::text);
  EXPECT_THAT(settings.nbns.listen, ElementsAre(Endpoint{Ipv4(), 137}));
  EXPECT_EQ(settings.nbns.answer_threads, 0U);
  EXPECT_EQ(settings.nbns.challenge_port, 137);
  EXPECT_FALSE(settings.nbns.allow_short_intervals);
  EXPECT_FALSE(settings.names.migrate_on);
  EXPECT_TRUE(settings.names.defend_fed_names);
  EXPECT_TRUE(settings.names.prepend_1b);
  EXPECT_FALSE(settings.names.randomize_1c);
  EXPECT_EQ(settings.admin.socket, "/run/winsome/admin.sock");
}

// B7, B4, B12
TEST(Settings, OfAnEmptyFileHaveTheTimesOfPublishedDeployments) {
  const auto names = settings_of("").names;
  EXPECT_EQ(names.intervals.renewal, 6 * 24h);
  EXPECT_EQ(names.intervals.extinction, 4 * 24h);
  EXPECT_EQ(names.intervals.extinction_timeout, 6 * 24h);
  EXPECT_EQ(names.intervals.verification, 24 * 24h);
  EXPECT_EQ(names.intervals.tombstone_uptime, 3 * 24h);
  EXPECT_EQ(names.challenge.tries, 3U);
  EXPECT_EQ(names.challenge.interval, 500ms);
  EXPECT_EQ(names.challenge.total, 10s);
  EXPECT_EQ(names.challenge.at_once, 10'000U);
  EXPECT_EQ(names.challenge.at_once_per_requester, 64U);
  EXPECT_EQ(names.burst.threshold, 500U);
  EXPECT_EQ(names.burst.queue_limit, 25'000U);
}

TEST(Settings, OfAnEmptyFileLetEverybodyIn) {
  const auto access = settings_of("").names.access;
  for (const auto* networks : {&access.query_from, &access.register_from, &access.register_1b_from,
                               &access.register_1c_from, &access.register_1d_from}) {
    EXPECT_THAT(*networks, ElementsAre(network("0.0.0.0/0")));
  }
  EXPECT_THAT(access.blocked_names, ElementsAre("WPAD", "ISATAP"));
  EXPECT_TRUE(access.register_other_addresses);
  EXPECT_EQ(access.names_per_address, 0U);
  EXPECT_EQ(access.requests_per_second, 0U);
}

constexpr std::string_view everything_changed = R"(
data_dir = "/srv/names"
[log]
level = "warning"
format = "json"
[nbns]
listen = ["192.0.2.20:137", "127.0.0.1:10137"]
owner = "192.0.2.20"
netbios_name = "Names-1"
renewal_interval = "4h"
extinction_interval = "3h"
extinction_timeout = "2d"
verification_interval = "30d"
allow_short_intervals = true
migrate_on = true
defend_fed_names = false
prepend_1b = false
randomize_1c = true
answer_threads = 3
challenge_port = 10137
[nbns.challenge]
tries = 5
interval = "250ms"
total = "7s"
at_once = 9
at_once_per_requester = 8
[nbns.burst]
threshold = 300
queue_limit = 301
[nbns.access]
query_from = ["10.0.0.0/8"]
register_from = ["10.1.0.0/16", "192.0.2.7"]
register_1b_from = ["10.2.0.0/16"]
register_1c_from = []
register_1d_from = ["10.3.0.0/16"]
blocked_names = ["wpad", "EVIL"]
register_other_addresses = false
names_per_address = 11
requests_per_second = 12
[replication]
partners_only = false
pull_at_start = false
retries = 4
retry_interval = "45s"
start_wait = "5s"
start_version = 70000
refuse_owners = ["192.0.2.66", "192.0.2.67"]
accept_owners = ["192.0.2.30"]
refuse_blocked_names = true
[replication.grpc]
listen = ["192.0.2.20", "127.0.0.1:18137"]
certificate = "/etc/server.crt"
key = "/etc/server.key"
authority = "/etc/partners.crt"
insecure = true
[replication.winsra]
listen = ["192.0.2.20", "127.0.0.1:10042"]
[replication.discovery]
enabled = true
interval = "1h"
ttl = 32
[replication.verification]
interval = "12h"
start = "23:59"
records = 1000
with_partners = true
[[replication.partner]]
name = "east"
address = "192.0.2.30"
transport = "grpc"
insecure = true
pull = false
interval = "15m"
start = "06:30"
update_count = 21
on_address_change = true
persistent = false
[[replication.partner]]
name = "west"
address = "192.0.2.40"
transport = "winsra"
push = false
interval = "0"
paused = true
dynamic_only = true
domains_only = true
members_count_as_local = true
[[replication.partner]]
name = "near"
address = "127.0.0.1:20042"
transport = "winsra"
[admin]
socket = "/tmp/admin.sock"
)";

// N4
TEST(Settings, TakeEveryKey) {
  const auto settings = settings_of(everything_changed);
  EXPECT_EQ(settings.data_dir, "/srv/names");
  EXPECT_EQ(settings.log.level, LogLevel::warning);
  EXPECT_EQ(settings.log.format, LogFormat::json);
  EXPECT_THAT(settings.nbns.listen,
              ElementsAre(Endpoint{Ipv4(192, 0, 2, 20), 137}, Endpoint{Ipv4(127, 0, 0, 1), 10137}));
  EXPECT_EQ(settings.nbns.answer_threads, 3U);
  EXPECT_EQ(settings.nbns.challenge_port, 10137);
  EXPECT_TRUE(settings.nbns.allow_short_intervals);
  EXPECT_EQ(settings.admin.socket, "/tmp/admin.sock");
}

TEST(Settings, TakeEveryKeyOfTheNameServer) {
  const auto names = settings_of(everything_changed).names;
  EXPECT_EQ(names.owner, Ipv4(192, 0, 2, 20));
  EXPECT_EQ(names.computer_name, "NAMES-1");
  EXPECT_EQ(names.intervals.renewal, 4h);
  EXPECT_EQ(names.intervals.extinction, 3h);
  EXPECT_EQ(names.intervals.extinction_timeout, 48h);
  EXPECT_EQ(names.intervals.verification, 30 * 24h);
  EXPECT_TRUE(names.migrate_on);
  EXPECT_FALSE(names.defend_fed_names);
  EXPECT_FALSE(names.prepend_1b);
  EXPECT_TRUE(names.randomize_1c);
  EXPECT_EQ(names.challenge.tries, 5U);
  EXPECT_EQ(names.challenge.interval, 250ms);
  EXPECT_EQ(names.challenge.total, 7s);
  EXPECT_EQ(names.challenge.at_once, 9U);
  EXPECT_EQ(names.challenge.at_once_per_requester, 8U);
  EXPECT_EQ(names.burst.threshold, 300U);
  EXPECT_EQ(names.burst.queue_limit, 301U);
}

TEST(Settings, TakeEveryKeyOfAccess) {
  const auto access = settings_of(everything_changed).names.access;
  EXPECT_THAT(access.query_from, ElementsAre(network("10.0.0.0/8")));
  EXPECT_THAT(access.register_from, ElementsAre(network("10.1.0.0/16"), network("192.0.2.7/32")));
  EXPECT_THAT(access.register_1b_from, ElementsAre(network("10.2.0.0/16")));
  EXPECT_THAT(access.register_1c_from, IsEmpty());
  EXPECT_THAT(access.register_1d_from, ElementsAre(network("10.3.0.0/16")));
  EXPECT_THAT(access.blocked_names, ElementsAre("WPAD", "EVIL"));
  EXPECT_FALSE(access.register_other_addresses);
  EXPECT_EQ(access.names_per_address, 11U);
  EXPECT_EQ(access.requests_per_second, 12U);
}

TEST(Settings, TakeEveryKeyOfReplication) {
  const auto options = settings_of(everything_changed).replication;
  EXPECT_FALSE(options.partners_only);
  EXPECT_FALSE(options.pull_at_start);
  EXPECT_EQ(options.retries, 4U);
  EXPECT_EQ(options.retry_interval, 45s);
  EXPECT_EQ(options.start_wait, 5s);
  EXPECT_EQ(options.start_version, 70'000U);
  EXPECT_THAT(options.refused_owners, ElementsAre(Ipv4(192, 0, 2, 66), Ipv4(192, 0, 2, 67)));
  EXPECT_THAT(options.accepted_owners, ElementsAre(Ipv4(192, 0, 2, 30)));
  EXPECT_TRUE(options.refuse_blocked_names);
  EXPECT_EQ(options.verification.interval, 12h);
  EXPECT_EQ(options.verification.start, 23h + 59min);
  EXPECT_EQ(options.verification.records_at_a_time, 1'000U);
  EXPECT_TRUE(options.verification.with_partners);
}

TEST(Settings, TakeEveryKeyOfWhatCarriesReplication) {
  const auto carriers = settings_of(everything_changed).carriers;
  EXPECT_THAT(carriers.grpc.listen, ElementsAre(Endpoint{Ipv4(192, 0, 2, 20), 8137},
                                                Endpoint{Ipv4(127, 0, 0, 1), 18137}));
  EXPECT_EQ(carriers.grpc.certificate, "/etc/server.crt");
  EXPECT_EQ(carriers.grpc.key, "/etc/server.key");
  EXPECT_EQ(carriers.grpc.authority, "/etc/partners.crt");
  EXPECT_TRUE(carriers.grpc.insecure);
  EXPECT_THAT(carriers.winsra.listen,
              ElementsAre(Endpoint{Ipv4(192, 0, 2, 20), 42}, Endpoint{Ipv4(127, 0, 0, 1), 10042}));
  EXPECT_TRUE(carriers.discovery.enabled);
  EXPECT_EQ(carriers.discovery.interval, 1h);
  EXPECT_EQ(carriers.discovery.ttl, 32U);
}

TEST(Settings, TakeEveryKeyOfEveryPartner) {
  using replication::Carrier;
  using replication::Partner;
  const Partner east{.name = "east",
                     .address = {Ipv4(192, 0, 2, 30), 8137},
                     .carrier = Carrier::grpc,
                     .insecure = true,
                     .pull = false,
                     .push = true,
                     .interval = 15min,
                     .start = 6h + 30min,
                     .update_count = 21,
                     .on_address_change = true,
                     .persistent = false};
  const Partner west{.name = "west",
                     .address = {Ipv4(192, 0, 2, 40), 42},
                     .carrier = Carrier::winsra,
                     .push = false,
                     .interval = 0s,
                     .start = {},
                     .paused = true,
                     .dynamic_only = true,
                     .domains_only = true,
                     .members_count_as_local = true};
  const Partner near{.name = "near",
                     .address = {Ipv4(127, 0, 0, 1), 20042},
                     .carrier = Carrier::winsra,
                     .start = {}};
  EXPECT_THAT(settings_of(everything_changed).replication.partners, ElementsAre(east, west, near));
}

TEST(Settings, OfReplicationFollowThoseOfNames) {
  const auto options = settings_of(everything_changed).replication;
  EXPECT_EQ(options.us, Ipv4(192, 0, 2, 20));
  EXPECT_TRUE(options.migrate_on);
  EXPECT_EQ(options.renewal, 4h);
  EXPECT_EQ(options.extinction_timeout, 48h);
  EXPECT_EQ(options.verification_life, 30 * 24h);
  EXPECT_THAT(options.blocked_names, ElementsAre("WPAD", "EVIL"));
}

// B11, B13, C1
TEST(Settings, OfAnEmptyFileReplicateWithNobody) {
  const auto settings = settings_of("");
  EXPECT_THAT(settings.replication.partners, IsEmpty());
  EXPECT_TRUE(settings.replication.partners_only);
  EXPECT_TRUE(settings.replication.pull_at_start);
  EXPECT_EQ(settings.replication.verification.interval, 24h);
  EXPECT_THAT(settings.carriers.grpc.listen, IsEmpty());
  EXPECT_THAT(settings.carriers.winsra.listen, IsEmpty());
  EXPECT_FALSE(settings.carriers.discovery.enabled);
  EXPECT_EQ(settings.carriers.discovery.interval, 40min);
  EXPECT_EQ(settings.carriers.discovery.ttl, 6U);
}

/// So a key that is added without a test above is noticed.
TEST(Settings, AllDifferFromTheDefaultsInTheTextThatChangesEverything) {
  EXPECT_EQ(difference(settings_of(""), settings_of(everything_changed)).lines.size(), 59U);
}

TEST(Settings, TakeTheirOwnerFromTheHost) {
  EXPECT_EQ(settings_of("").names.owner, Ipv4(192, 0, 2, 10));
}

TEST(Settings, TakeTheirNameFromTheFirstLabelOfTheHostsName) {
  EXPECT_EQ(settings_of("").names.computer_name, "WINSOME");
  EXPECT_EQ(settings_of("", {"a-host-with-a-long-name.example", example_host.address})
                .names.computer_name,
            "A-HOST-WITH-A-L");
}

TEST(Settings, ShortenTheWaitForTombstonesOnlyWithShortIntervals) {  // decision 6
  EXPECT_EQ(settings_of("[nbns]\nextinction_timeout = \"7d\"").names.intervals.tombstone_uptime,
            3 * 24h);
  EXPECT_EQ(settings_of("[nbns]\nallow_short_intervals = true\nextinction_timeout = \"5s\"")
                .names.intervals.tombstone_uptime,
            5s);
  EXPECT_EQ(settings_of("[nbns]\nallow_short_intervals = true").names.intervals.tombstone_uptime,
            3 * 24h);
}

TEST(Settings, MayBeWrittenAsDottedKeysAndInlineTables) {
  EXPECT_EQ(settings_of("nbns.challenge.tries = 4").names.challenge.tries, 4U);
  EXPECT_EQ(settings_of("nbns = { challenge = { tries = 4 } }").names.challenge.tries, 4U);
}

TEST(HostFacts, GiveTheNodeStatusItsUnitId) {
  HostFacts host = example_host;
  host.hardware = {0x00, 0x1b, 0x44, 0x11, 0x3a, 0xb7};
  EXPECT_EQ(settings_of("", host).names.unit_id, host.hardware);
}

TEST(HostFacts, NeverNameLoopback) {
  EXPECT_NE(read_host_facts().address.value() >> 24, 127U);
  EXPECT_FALSE(read_host_facts().host_name.empty());
}

}  // namespace
}  // namespace winsome::config
