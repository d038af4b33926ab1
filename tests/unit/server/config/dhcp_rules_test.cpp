#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/server/config/dhcp_parsing.h"

namespace winsome::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view lifts = " (nbns.allow_short_intervals = true lifts this)";

/// Problems of the table of scope "office" or of the tables in it, without what they all begin
/// with.
std::vector<std::string> problems_of_office(std::string_view more) {
  constexpr std::string_view begin = "winsome.toml:";
  constexpr std::string_view middle = "error: dhcp.scope \"office\": ";
  std::vector<std::string> problems;
  for (auto problem : problems_of(office(more))) {
    if (problem.starts_with(begin)) problem.erase(0, begin.size());
    if (const auto at = problem.find(middle); at != std::string::npos) {
      problem.erase(at, middle.size());
    }
    problems.push_back(problem);
  }
  return problems;
}

TEST(DhcpTimes, AreSharesOfALease) {
  EXPECT_THAT(
      problems_of("[dhcp]\nrenewal = 50\nrebinding = \"100%\""),
      ElementsAre("winsome.toml:2:11: error: dhcp.renewal: expected a share such as \"50%\" or "
                  "\"87.5%\", found the integer 50",
                  "winsome.toml:3:13: error: dhcp.rebinding: expected a share such as \"50%\" or "
                  "\"87.5%\", found the text \"100%\""));
  for (const auto* share :
       {"0%", "", "%", "50", "-1%", "1e1%", "5 %", "50.%%", ".%", "1.0000001%"}) {
    EXPECT_THAT(problems_of(fmt::format("dhcp.renewal = \"{}\"", share)), SizeIs(1)) << share;
  }
}

// RFC 2131 4.4.5
TEST(DhcpTimes, RenewBeforeTheyRebind) {
  EXPECT_THAT(problems_of("[dhcp]\nrenewal = \"90%\""),
              ElementsAre("winsome.toml:2:11: error: dhcp.rebinding: expected more than 90%, the "
                          "renewal, found 87.5%"));
  EXPECT_THAT(problems_of("[dhcp]\nrenewal = \"90%\"\nrebinding = \"90%\""), SizeIs(1));
  EXPECT_THAT(problems_of("[dhcp]\nrenewal = \"90%\"\nrebinding = \"90.1%\""), IsEmpty());
}

TEST(DhcpTimes, LeaseForAMinuteAtLeast) {
  const auto text = "dhcp.lease = \"59s\"\n" +
                    office("lease = \"59s\"\nbootp.lease = \"59s\"\n" +
                           reservation("192.0.2.5",
                                       "hardware = \"02:00:00:00:00:01\"\n"
                                       "lease = \"59s\"")) +
                    "[[dhcp.class]]\nname = \"a\"\nuser_class = [\"a\"]\nlease = \"59s\"";
  const auto expected = ": expected at least 1m, found 59s" + std::string(lifts);
  EXPECT_THAT(
      problems_of(text),
      ElementsAre("winsome.toml:1:14: error: dhcp.lease" + expected,
                  "winsome.toml:5:9: error: dhcp.scope \"office\": lease" + expected,
                  "winsome.toml:6:15: error: dhcp.scope \"office\": bootp.lease" + expected,
                  "winsome.toml:10:9: error: dhcp.scope \"office\": reservation 192.0.2.5: lease" +
                      expected,
                  "winsome.toml:15:9: error: dhcp.class \"a\": lease" + expected));
  EXPECT_THAT(problems_of("nbns.allow_short_intervals = true\n" + text), IsEmpty());
  EXPECT_THAT(problems_of("dhcp.lease = \"1m\""), IsEmpty());
  EXPECT_THAT(problems_of("dhcp.lease = \"infinite\""), IsEmpty());
  EXPECT_THAT(problems_of("dhcp.lease = \"0\""), SizeIs(1));
  EXPECT_THAT(problems_of("dhcp.lease = \"forever\""), SizeIs(1));
}

TEST(DhcpOptions, ShowWhatWasMeant) {
  EXPECT_THAT(problems_of("[dhcp.options]\nrouter = \"192.0.2.1\"\nnonsense = 1"),
              ElementsAre("winsome.toml:2:1: error: dhcp.options: unknown option \"router\" (did "
                          "you mean 'routers'?)",
                          "winsome.toml:3:1: error: dhcp.options: unknown option \"nonsense\" "
                          "(those without a name are \"option-224\")"));
}

TEST(DhcpOptions, ShowWhatWasExpected) {
  const auto problems = problems_of("[dhcp.options]\nrouters = \"192.0.2\"\ndomain-name = {}");
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_THAT(problems[0],
              testing::StartsWith("winsome.toml:2:11: error: dhcp.options: routers: expected "));
  EXPECT_EQ(problems[1],
            "winsome.toml:3:15: error: dhcp.options: domain-name: expected a text, a number, true, "
            "false or a list of them, found a table");
}

TEST(DhcpOptions, StandOnceByWhateverName) {
  EXPECT_THAT(problems_of("[dhcp.options]\nrouters = \"192.0.2.1\"\noption-3 = \"192.0.2.1\""),
              ElementsAre("winsome.toml:3:1: error: dhcp.options: routers: stands here twice"));
}

TEST(DhcpOptions, DoNotSayWhatTheServerSays) {
  EXPECT_THAT(
      problems_of("[dhcp.options]\ndhcp-lease-time = 60\noption-82 = \"00\""),
      ElementsAre("winsome.toml:2:1: error: dhcp.options: dhcp-lease-time: is set by the server "
                  "itself; say lease instead",
                  "winsome.toml:3:1: error: dhcp.options: dhcp-agent-options: is set by the server "
                  "itself"));
}

TEST(DhcpScopes, HaveANameAndASubnet) {
  EXPECT_THAT(problems_of("[[dhcp.scope]]\ncomment = \"a\""),
              ElementsAre("winsome.toml:1:1: error: dhcp.scope 1: name is missing",
                          "winsome.toml:1:1: error: dhcp.scope 1: subnet is missing"));
  EXPECT_THAT(problems_of(scope("a b", "192.0.2.0/24")),
              ElementsAre("winsome.toml:2:8: error: dhcp.scope \"a b\": name: expected 1 to 63 "
                          "letters, digits, hyphens, underscores and dots"));
}

TEST(DhcpScopes, HaveEachNameOnce) {
  EXPECT_THAT(problems_of(office() + scope("Office", "198.51.100.0/24")),
              ElementsAre("winsome.toml:6:8: error: dhcp.scope \"Office\": name: another one has "
                          "it, in line 2"));
}

TEST(DhcpScopes, AreNetworksOfHosts) {
  EXPECT_THAT(problems_of(scope("a", "192.0.2.1/24")),
              ElementsAre("winsome.toml:3:10: error: dhcp.scope \"a\": subnet: 192.0.2.1/24 has "
                          "host bits set; the network is 192.0.2.0/24"));
  for (const auto* subnet : {"0.0.0.0/0", "10.0.0.0/7", "192.0.2.0/31", "192.0.2.1", "224.0.0.0/8",
                             "0.0.0.0/8", "192.0.2.0"}) {
    EXPECT_THAT(problems_of(scope("a", subnet)), SizeIs(1)) << subnet;
  }
  EXPECT_THAT(problems_of(scope("a", "10.0.0.0/8") + scope("b", "192.0.2.4/30")), IsEmpty());
}

TEST(DhcpScopes, DoNotOverlap) {
  EXPECT_THAT(problems_of(scope("a", "10.1.0.0/16") + scope("b", "10.0.0.0/8") +
                          scope("c", "10.2.0.0/16") + scope("d", "11.0.0.0/8")),
              ElementsAre("winsome.toml:7:10: error: dhcp.scope \"b\": subnet: 10.0.0.0/8 overlaps "
                          "10.1.0.0/16 of scope \"a\"",
                          "winsome.toml:11:10: error: dhcp.scope \"c\": subnet: 10.2.0.0/16 "
                          "overlaps 10.0.0.0/8 of scope \"b\""));
  EXPECT_THAT(problems_of(office() + scope("b", "192.0.2.0/24")), SizeIs(1));
}

TEST(DhcpPools, LieInTheirSubnet) {
  EXPECT_THAT(problems_of_office("pools = [\"192.0.2.1-192.0.2.9\",\n\"192.0.3.1-192.0.3.9\","
                                 "\n\"192.0.2.250-192.0.3.0\"]"),
              ElementsAre("5:1: pools: 192.0.3.1-192.0.3.9 is not in 192.0.2.0/24, the subnet",
                          "6:1: pools: 192.0.2.250-192.0.3.0 is not in 192.0.2.0/24, the subnet"));
}

TEST(DhcpPools, LeaveOutTheAddressesOfAllHosts) {
  EXPECT_THAT(problems_of_office("pools = [\"192.0.2.0-192.0.2.9\", \"192.0.2.255\"]"),
              ElementsAre("4:10: pools: 192.0.2.0-192.0.2.9 has 192.0.2.0, the network address",
                          "4:33: pools: 192.0.2.255 is the broadcast address"));
}

TEST(DhcpPools, DoNotOverlap) {
  EXPECT_THAT(problems_of_office("pools = [\"192.0.2.50-192.0.2.59\", \"192.0.2.10-192.0.2.90\", "
                                 "\"192.0.2.60\", \"192.0.2.91\"]"),
              ElementsAre("4:35: pools: 192.0.2.10-192.0.2.90 overlaps 192.0.2.50-192.0.2.59",
                          "4:60: pools: 192.0.2.60 overlaps 192.0.2.10-192.0.2.90"));
}

TEST(DhcpPools, AreRanges) {
  EXPECT_THAT(
      problems_of_office("pools = [\"192.0.2.9-192.0.2.5\", \"192.0.2.0/25\", 7]"),
      ElementsAre("4:10: pools: 192.0.2.9 comes after 192.0.2.5",
                  "4:33: pools: expected addresses such as \"192.0.2.100-192.0.2.200\" or "
                  "\"192.0.2.7\", found \"192.0.2.0/25\"",
                  "4:49: pools: expected a range in quotes, or a table of range and classes, found "
                  "the integer 7"));
}

TEST(DhcpPools, AreForClassesThatExist) {
  EXPECT_THAT(problems_of_office("pools = [\n{ range = \"192.0.2.7\", classes = [\"ipx\"] },\n"
                                 "{ classes = [\"ipxe\"], rang = \"192.0.2.7\" }]\n"),
              ElementsAre("6:1: pools: range is missing",
                          "6:23: pools: unknown key \"rang\" of a pool (did you mean 'range'?)"));
  EXPECT_THAT(
      problems_of_office("pools = [\n{ range = \"192.0.2.7\", classes = [\"ipx\", \"other\"] }]\n"
                         "[[dhcp.class]]\nname = \"ipxe\"\nuser_class = [\"iPXE\"]"),
      ElementsAre("5:1: pools: there is no class \"ipx\" (did you mean 'ipxe'?)",
                  "5:1: pools: there is no class \"other\""));
}

TEST(DhcpPools, HaveNoMoreAddressesThanFitTheMemory) {
  const auto half = [](unsigned net) {
    return scope(std::to_string(net), fmt::format("{}.0.0.0/8", net),
                 fmt::format("pools = [\"{0}.0.0.1-{0}.127.255.255\"]", net));
  };
  EXPECT_THAT(problems_of(half(10) + half(11)), IsEmpty());
  EXPECT_THAT(problems_of(half(10) + half(11) +
                          scope("a", "12.0.0.0/8", "pools = [\"12.0.0.1-12.0.0.4\"]")),
              ElementsAre("winsome.toml:12:9: error: dhcp.scope \"a\": pools: more than 16777216 "
                          "addresses in all pools"));
}

TEST(DhcpExclusions, LieInTheirSubnet) {
  EXPECT_THAT(problems_of_office("exclude = [\"192.0.2.1\", \"192.0.3.1\"]"),
              ElementsAre("4:25: exclude: 192.0.3.1 is not in 192.0.2.0/24, the subnet"));
}

TEST(DhcpReservations, LieInTheirSubnet) {
  EXPECT_THAT(
      problems_of_office(reservation("192.0.3.5", "hardware = \"02:00:00:00:00:01\"") +
                         reservation("192.0.2.255", "hardware = \"02:00:00:00:00:02\"")),
      ElementsAre("5:11: reservation 192.0.3.5: address: 192.0.3.5 is not in 192.0.2.0/24, the "
                  "subnet",
                  "8:11: reservation 192.0.2.255: address: 192.0.2.255 is the broadcast address"));
}

TEST(DhcpReservations, AreOfOneClient) {
  EXPECT_THAT(
      problems_of_office(reservation("192.0.2.5", "name = \"a\"") +
                         reservation("192.0.2.6",
                                     "circuit_id = \"a\"\nhardware = "
                                     "\"02:00:00:00:00:01\"")),
      ElementsAre("4:1: reservation 192.0.2.5: hardware: expected exactly one of hardware, "
                  "client_id and circuit_id, found none",
                  "10:12: reservation 192.0.2.6: hardware: expected exactly one of hardware, "
                  "client_id and circuit_id, found 2"));
  EXPECT_THAT(problems_of_office(reservation("192.0.2.5", "hardware = \"02:00\"")),
              ElementsAre("6:12: reservation 192.0.2.5: hardware: expected a hardware address such "
                          "as \"00:1b:44:11:3a:b7\", found the text \"02:00\""));
}

TEST(DhcpReservations, AreMadeOnceForAnAddress) {
  EXPECT_THAT(problems_of_office(reservation("192.0.2.5", "hardware = \"02:00:00:00:00:01\"") +
                                 reservation("192.0.2.5", "hardware = \"02:00:00:00:00:02\"")),
              ElementsAre("8:11: reservation 192.0.2.5: address: another one has it, in line 5"));
}

// RFC 2131 4.2
TEST(DhcpReservations, AreMadeOnceForAClientHoweverItIsKnown) {
  EXPECT_THAT(
      problems_of_office(reservation("192.0.2.5", "hardware = \"02:00:00:00:00:01\"") +
                         reservation("192.0.2.6", "hardware = \"02:00:00:00:00:01\"") +
                         reservation("192.0.2.7", "client_id = \"01:02:00:00:00:00:01\"") +
                         reservation("192.0.2.8", "circuit_id = \"01:02:00:00:00:00:01\"")),
      ElementsAre("9:12: reservation 192.0.2.6: hardware: 02:00:00:00:00:01 has a reservation "
                  "already, 192.0.2.5",
                  "12:13: reservation 192.0.2.7: client_id: 01:02:00:00:00:00:01 has a reservation "
                  "already, 192.0.2.5"));
  EXPECT_THAT(problems_of(office(reservation("192.0.2.5", "hardware = \"02:00:00:00:00:01\"")) +
                          scope("b", "198.51.100.0/24",
                                reservation("198.51.100.5", "hardware = \"02:00:00:00:00:01\""))),
              IsEmpty());
}

TEST(DhcpReservations, HaveTheNameOfAHost) {
  for (const auto* name : {"a..b", "a b", "-a", "a-", "a.", ""}) {
    EXPECT_THAT(
        problems_of_office(reservation(
            "192.0.2.5", fmt::format("hardware = \"02:00:00:00:00:01\"\nname = \"{}\"", name))),
        SizeIs(1))
        << name;
  }
}

TEST(DhcpClasses, HaveEachNameOnce) {
  EXPECT_THAT(problems_of("[[dhcp.class]]\nname = \"a\"\nuser_class = [\"a\"]\n"
                          "[[dhcp.class]]\nname = \"a\"\nuser_class = [\"b\"]"),
              ElementsAre("winsome.toml:5:8: error: dhcp.class \"a\": name: another one has it, in "
                          "line 2"));
}

TEST(DhcpClasses, DoNotTakeEverybody) {
  EXPECT_THAT(problems_of("[[dhcp.class]]\nname = \"a\"\ndeny = true"),
              ElementsAre("winsome.toml:1:1: error: dhcp.class \"a\": vendor_class: expected this, "
                          "user_class, architecture or hardware_prefix; without any, every client "
                          "is a member"));
}

TEST(DhcpClasses, HaveConditionsThatCanBeMet) {
  EXPECT_THAT(problems_of("[[dhcp.class]]\nname = \"a\"\nuser_class = [\"\"]\n"
                          "architecture = [65536, -1]\nhardware_prefix = [\"\", \"5254\"]\n"
                          "vendor_class = \"MSFT 5.0\""),
              SizeIs(6));
}

TEST(DhcpNames, HaveSuffixesOfHosts) {
  EXPECT_THAT(
      problems_of_office("names.suffixes = [\"1c\", \"7\", \"20\", \"20\", 32]"),
      ElementsAre("4:19: names.suffixes: 1c is of domains, not of a host",
                  "4:25: names.suffixes: expected two hexadecimal digits such as \"20\", found "
                  "\"7\"",
                  "4:36: names.suffixes: 20 stands here twice",
                  "4:42: names.suffixes: expected a text in quotes, found the integer 32"));
}

TEST(DhcpNames, OfDnsAreDomains) {
  EXPECT_THAT(problems_of_office("dns = { reverse = true }"),
              ElementsAre("4:19: dns.reverse: expected domain too: names are told with it"));
  for (const auto* domain : {"example..org", ".", "example.org.", "a b", "-a.org"}) {
    EXPECT_THAT(problems_of_office(fmt::format("dns.domain = \"{}\"", domain)), SizeIs(1))
        << domain;
  }
}

TEST(DhcpBoot, FitsTheFieldsOfBootp) {
  EXPECT_THAT(problems_of(fmt::format("[dhcp.boot]\nfile = \"{}\"\nserver_name = \"{}\"",
                                      std::string(128, 'f'), std::string(64, 's'))),
              SizeIs(2));
  EXPECT_THAT(problems_of(fmt::format("[dhcp.boot]\nfile = \"{}\"\nserver_name = \"{}\"",
                                      std::string(127, 'f'), std::string(63, 's'))),
              IsEmpty());
}

TEST(DhcpInterfaces, HaveTheirNamesOnce) {
  EXPECT_THAT(problems_of("dhcp.interfaces = [\"eth0\", \"eth0\", \"a/b\", \"\", "
                          "\"sixteen-letters-\"]"),
              SizeIs(4));
}

}  // namespace
}  // namespace winsome::config
