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

/// So a key that is added without a test above is noticed.
TEST(Settings, AllDifferFromTheDefaultsInTheTextThatChangesEverything) {
  EXPECT_EQ(difference(settings_of(""), settings_of(everything_changed)).lines.size(), 33U);
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

TEST(HostFacts, NeverNameLoopback) {
  EXPECT_NE(read_host_facts().address.value() >> 24, 127U);
  EXPECT_FALSE(read_host_facts().host_name.empty());
}

}  // namespace
}  // namespace winsome::config
