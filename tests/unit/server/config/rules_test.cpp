#include <gmock/gmock.h>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view lifts = " (nbns.allow_short_intervals = true lifts this)";

std::string nbns(std::string_view lines) {
  return "[nbns]\n" + std::string(lines);
}

// B7
TEST(Intervals, AreNotShorterThanWindowsTakes) {
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"2399s\"")),
              ElementsAre("winsome.toml:2:20: error: nbns.renewal_interval: expected at least 40m, "
                          "found 39m59s" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"40m\"")), IsEmpty());
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"40m\"\nextinction_interval = \"39m\"")),
              ElementsAre("winsome.toml:3:23: error: nbns.extinction_interval: expected at least "
                          "40m, found 39m" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"1h\"\nextinction_timeout = \"23h\"")),
              ElementsAre("winsome.toml:3:22: error: nbns.extinction_timeout: expected at least "
                          "1d, found 23h" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(nbns("verification_interval = \"23d\"")),
              ElementsAre("winsome.toml:2:25: error: nbns.verification_interval: expected at least "
                          "24d, found 23d" +
                          std::string(lifts)));
}

// B7
TEST(Intervals, KeepReleasedNamesAsLongAsTheirRenewalButAtMostFourDays) {
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"2d\"\nextinction_interval = \"47h\"")),
              ElementsAre("winsome.toml:3:23: error: nbns.extinction_interval: expected at least "
                          "2d, the renewal interval, found 1d23h" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(nbns("extinction_interval = \"3d\"")),
              ElementsAre("winsome.toml:2:23: error: nbns.extinction_interval: expected at least "
                          "4d, found 3d" +
                          std::string(lifts)));
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"2d\"\nextinction_interval = \"2d\"")),
              IsEmpty());
}

// B7
TEST(Intervals, KeepTombstonesAsLongAsTheRenewal) {
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"3d\"\nextinction_timeout = \"2d\"")),
              ElementsAre("winsome.toml:3:22: error: nbns.extinction_timeout: expected at least "
                          "3d, the renewal interval, found 2d" +
                          std::string(lifts)));
}

TEST(Intervals, AreBlamedOnTheKeyThatTheFileHas) {
  EXPECT_THAT(
      problems_of(nbns("renewal_interval = \"7d\"")),
      ElementsAre("winsome.toml:2:20: error: nbns.extinction_timeout: expected at least 7d, "
                  "the renewal interval, found 6d" +
                  std::string(lifts)));
}

// B7
TEST(Intervals, AreNotLongerThanTheConsoleTakes) {
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"999h\"\nextinction_timeout = \"9999h\"")),
              IsEmpty());
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"1000h\"")),
              ElementsAre("winsome.toml:2:20: error: nbns.renewal_interval: expected a duration "
                          "from 1s to 41d15h, found 1000h"));
  EXPECT_THAT(problems_of(nbns("verification_interval = \"10000h\"")), SizeIs(1));
}

TEST(Intervals, MayBeSecondsWhenAskedFor) {
  const std::string seconds_only =
      "renewal_interval = \"3s\"\nextinction_interval = \"1s\"\nextinction_timeout = \"2s\"\n"
      "verification_interval = \"1s\"\n";
  EXPECT_THAT(problems_of(nbns(seconds_only)), SizeIs(4));
  EXPECT_THAT(problems_of(nbns(seconds_only + "allow_short_intervals = true")), IsEmpty());
  EXPECT_THAT(problems_of(nbns("allow_short_intervals = true\nrenewal_interval = \"0s\"")),
              ElementsAre("winsome.toml:3:20: error: nbns.renewal_interval: expected a duration "
                          "from 1s to 41d15h, found 0s"));
}

TEST(Rules, AreNotHeldAgainstValuesThatWereNotUnderstood) {
  EXPECT_THAT(problems_of(nbns("renewal_interval = \"7d\"\nextinction_timeout = 7")), SizeIs(1));
}

// B4
TEST(Challenge, LastsAtLeastOneInterval) {
  EXPECT_THAT(
      problems_of("[nbns.challenge]\ninterval = \"3s\"\ntotal = \"2s\""),
      ElementsAre("winsome.toml:3:9: error: nbns.challenge.total: expected at least 3s, the "
                  "interval of the first try, found 2s"));
  EXPECT_THAT(problems_of("[nbns.challenge]\ninterval = \"2s\"\ntotal = \"2s\""), IsEmpty());
}

// B12
TEST(Burst, StartsBetweenFiftyAndFiveThousand) {
  EXPECT_THAT(problems_of("nbns.burst.threshold = 49"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.burst.threshold = 50"), IsEmpty());
  EXPECT_THAT(problems_of("nbns.burst.threshold = 5000"), IsEmpty());
  EXPECT_THAT(problems_of("nbns.burst.threshold = 5001"), SizeIs(1));
}

// B12
TEST(Burst, HasAQueueThatReachesItsThreshold) {
  EXPECT_THAT(
      problems_of("[nbns.burst]\nthreshold = 600\nqueue_limit = 599"),
      ElementsAre("winsome.toml:3:15: error: nbns.burst.queue_limit: expected at least 600, "
                  "the threshold, found 599"));
  EXPECT_THAT(problems_of("[nbns.burst]\nthreshold = 600\nqueue_limit = 600"), IsEmpty());
}

TEST(Owner, IsTheAddressOfAHost) {
  for (const auto* text : {"0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2", "winsome"}) {
    EXPECT_THAT(problems_of(nbns("owner = \"" + std::string(text) + "\"")),
                ElementsAre("winsome.toml:2:9: error: nbns.owner: expected the address of a host "
                            "such as \"192.0.2.10\", found the text \"" +
                            std::string(text) + "\""));
  }
}

TEST(Owner, MustBeSetOnAHostWithoutAddress) {
  const HostFacts lonely{"winsome", {}, {}};
  EXPECT_THAT(problems_of("", lonely),
              ElementsAre("winsome.toml: error: nbns.owner: this host has no address but loopback; "
                          "set the address under which partners know this server"));
  EXPECT_THAT(problems_of("nbns.owner = \"192.0.2.10\"", lonely), IsEmpty());
}

TEST(ComputerName, HasAtMostFifteenOctets) {
  EXPECT_THAT(problems_of(nbns("netbios_name = \"FIFTEEN-OCTETS-\"")), IsEmpty());
  EXPECT_THAT(
      problems_of(nbns("netbios_name = \"SIXTEEN-OCTETS--\"")),
      ElementsAre("winsome.toml:2:16: error: nbns.netbios_name: expected at most 15 octets, "
                  "found 16"));
  EXPECT_THAT(problems_of(nbns("netbios_name = \"\"")),
              ElementsAre("winsome.toml:2:16: error: nbns.netbios_name: expected a name, found "
                          "none"));
}

TEST(ComputerName, HasNoCharactersThatWindowsForbids) {
  for (const auto* text : {"*", "A*", "A B", "A:B", "A/B", "A?", "A<20>", "A|B", "A;B"}) {
    EXPECT_THAT(problems_of(nbns("netbios_name = \"" + std::string(text) + "\"")), SizeIs(1))
        << text;
  }
  EXPECT_THAT(problems_of(nbns("netbios_name = \"*\"")),
              ElementsAre("winsome.toml:2:16: error: nbns.netbios_name: \"*\" may not stand in a "
                          "computer name"));
  EXPECT_THAT(problems_of(nbns("netbios_name = \"B\xc3\xbcro\"")), SizeIs(1));
  EXPECT_THAT(problems_of(nbns("netbios_name = \"WINS_1-$%.!\"")), IsEmpty());
}

TEST(ComputerName, MustBeSetWhereTheHostsNameDoesNotServe) {
  EXPECT_THAT(
      problems_of("", {"", example_host.address}),
      ElementsAre("winsome.toml: error: nbns.netbios_name: expected a name, found none; set "
                  "it, the host's name does not serve"));
  EXPECT_THAT(problems_of("", {"my host", example_host.address}),
              ElementsAre("winsome.toml: error: nbns.netbios_name: \" \" may not stand in a "
                          "computer name; set it, the host's name does not serve"));
}

TEST(Socket, FitsAnAddressOfTheKernel) {
  const std::string longest(107, 's');
  EXPECT_THAT(problems_of("admin.socket = \"" + longest + "\""), IsEmpty());
  EXPECT_THAT(
      problems_of("admin.socket = \"" + longest + "s\""),
      ElementsAre("winsome.toml:1:16: error: admin.socket: expected a path shorter than 108 "
                  "octets, found 108"));
}

}  // namespace
}  // namespace winsome::config
