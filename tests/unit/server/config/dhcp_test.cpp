#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server/dhcp/option_table.h"
#include "server/formats/lease_export.h"
#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using dhcp::Configuration;
using dhcp::Scope;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view lifts = " (nbns.allow_short_intervals = true lifts this)";

/// Three lines, then `more` from the fourth on.
std::string scope(std::string_view name, std::string_view subnet, std::string_view more = "") {
  return fmt::format("[[dhcp.scope]]\nname = \"{}\"\nsubnet = \"{}\"\n{}\n", name, subnet, more);
}

std::string office(std::string_view more = "") {
  return scope("office", "192.0.2.0/24", more);
}

/// Two lines, then `more` from the third on.
std::string reservation(std::string_view address, std::string_view more) {
  return fmt::format("[[dhcp.scope.reservation]]\naddress = \"{}\"\n{}\n", address, more);
}

Configuration dhcp_of(std::string_view text) {
  return settings_of(text).dhcp;
}

Scope scope_of(std::string_view text) {
  const auto scopes = dhcp_of(text).scopes;
  return scopes.empty() ? Scope() : scopes.front();
}

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

dhcp::HardwareAddress hardware(std::string_view text) {
  return dhcp::parse_hardware(text).value_or(dhcp::HardwareAddress());
}

TEST(Dhcp, IsOffInAnEmptyFile) {
  const auto settings = settings_of("");
  EXPECT_FALSE(settings.dhcp.enabled);
  EXPECT_EQ(settings.dhcp.parameters.lease, 24h);
  EXPECT_THAT(settings.dhcp.scopes, IsEmpty());
  EXPECT_THAT(settings.dhcp_carriers.interfaces, IsEmpty());
}

TEST(Dhcp, IsOnWhereThereIsAScopeUnlessItIsSwitchedOff) {
  EXPECT_TRUE(dhcp_of(office()).enabled);
  EXPECT_TRUE(dhcp_of("dhcp.enabled = true\n" + office()).enabled);
  EXPECT_FALSE(dhcp_of("dhcp.enabled = false\n" + office()).enabled);
  EXPECT_FALSE(dhcp_of("dhcp.enabled = true").enabled);
}

TEST(Dhcp, TakesEveryKey) {
  const auto settings = settings_of(R"(
[dhcp]
interfaces = ["eth0", "br-lan.7"]
authoritative = false
lease = "8d"
renewal = "40%"
rebinding = "62.5%"
offer_hold = "30s"
decline_hold = "1h"
affinity = "7d"
options = { domain-name = "example.org", domain-name-servers = ["192.0.2.1", "192.0.2.2"] }
boot = { file = "pxe.0", server = "192.0.2.1", server_name = "boothost" }
probe = { enabled = false, fresh = "1m", timeout = "250ms", at_once = 64 }
nearly_full = "80%"
new_clients_per_second = 20
leases_per_circuit = 4
deny = ["00:1b:44:11:3a:b7"]
)");
  const auto& dhcp = settings.dhcp;
  EXPECT_THAT(settings.dhcp_carriers.interfaces, ElementsAre("eth0", "br-lan.7"));
  EXPECT_FALSE(dhcp.authoritative);
  EXPECT_EQ(dhcp.parameters.lease, 192h);
  EXPECT_DOUBLE_EQ(dhcp.renewal, 0.4);
  EXPECT_DOUBLE_EQ(dhcp.rebinding, 0.625);
  EXPECT_EQ(dhcp.offer_hold, 30s);
  EXPECT_EQ(dhcp.decline_hold, 1h);
  EXPECT_EQ(dhcp.affinity, 168h);
  EXPECT_EQ(dhcp.parameters.options,
            (dhcp::OptionValues{{dhcp::option::domain_name,
                                 {'e', 'x', 'a', 'm', 'p', 'l', 'e', '.', 'o', 'r', 'g'}},
                                {6, {192, 0, 2, 1, 192, 0, 2, 2}}}));
  EXPECT_EQ(dhcp.parameters.boot, (dhcp::Boot{"pxe.0", "boothost", Ipv4(192, 0, 2, 1)}));
  EXPECT_EQ(dhcp.probing, (dhcp::Probing{false, 60s, 250ms, 64}));
  EXPECT_EQ(dhcp.nearly_full, 80U);
  EXPECT_EQ(dhcp.new_clients_per_second, 20U);
  EXPECT_EQ(dhcp.leases_per_circuit, 4U);
  EXPECT_THAT(dhcp.denied, ElementsAre(hardware("00:1b:44:11:3a:b7")));
}

TEST(Dhcp, TakesEveryKeyOfAClass) {
  const auto classes = dhcp_of(R"(
[[dhcp.class]]
name = "ipxe"
vendor_class = ["PXEClient"]
user_class = ["iPXE", "gPXE"]
architecture = [7, 9]
hardware_prefix = ["52:54:00"]
deny = true
lease = "1h"
options = { option-224 = "01:ff" }
boot.file = "menu.ipxe"
)")
                           .classes;
  dhcp::ClientClass expected;
  expected.name = "ipxe";
  expected.vendor_class = {"PXEClient"};
  expected.user_class = {"iPXE", "gPXE"};
  expected.architecture = {7, 9};
  expected.hardware_prefix = {{0x52, 0x54, 0}};
  expected.deny = true;
  expected.parameters = {{{224, {1, 0xff}}}, {"menu.ipxe", "", Ipv4()}, 1h};
  EXPECT_THAT(classes, ElementsAre(expected));
}

TEST(Dhcp, TakesEveryKeyOfAScope) {
  const auto read = scope_of("dns_update.server = \"192.0.2.53\"\n" + office(R"(
comment = "2nd floor"
pools = ["192.0.2.100-192.0.2.200", { range = "192.0.2.7", classes = ["ipxe"] }]
exclude = ["192.0.2.150", "192.0.2.160 - 192.0.2.165"]
lease = "infinite"
options = { routers = "192.0.2.1" }
boot = { server_name = "boothost" }
shared_network = "campus"
offer_delay = "4s"
bootp = { dynamic = true, lease = "30d" }
authoritative = false
names = { feed = false, suffixes = ["00", "03"] }
dns = { domain = "example.org", reverse = true, override_client = false }
[[dhcp.class]]
name = "ipxe"
user_class = ["iPXE"]
)"));
  Scope expected;
  expected.name = "office";
  expected.comment = "2nd floor";
  expected.subnet = Ipv4Prefix(Ipv4(192, 0, 2, 0), 24);
  expected.shared_network = "campus";
  expected.pools = {{{Ipv4(192, 0, 2, 100), Ipv4(192, 0, 2, 200)}, {}},
                    {{Ipv4(192, 0, 2, 7), Ipv4(192, 0, 2, 7)}, {"ipxe"}}};
  expected.exclusions = {{Ipv4(192, 0, 2, 150), Ipv4(192, 0, 2, 150)},
                         {Ipv4(192, 0, 2, 160), Ipv4(192, 0, 2, 165)}};
  expected.parameters = {{{3, {192, 0, 2, 1}}}, {"", "boothost", Ipv4()}, dhcp::forever};
  expected.offer_delay = 4s;
  expected.bootp_dynamic = true;
  expected.bootp_lease = 720h;
  expected.authoritative = false;
  expected.names = {false, {0x00, 0x03}};
  expected.dns = {"example.org", true, false};
  EXPECT_EQ(read, expected);
}

TEST(Dhcp, TakesEveryKeyOfAReservation) {
  const auto reservations =
      scope_of(office(reservation("192.0.2.5", R"(hardware = "00:1b:44:11:3a:b7"
name = "printer-7"
lease = "1d"
options = { routers = "192.0.2.254" }
boot = { file = "printer.bin" })") +
                      reservation("192.0.2.6", "client_id = \"01:00:1b:44:11:3a:b8\"") +
                      reservation("192.0.2.7", "client_id = \"printer-8\"") +
                      reservation("192.0.2.8", "circuit_id = \"00:04:00:07\"") +
                      reservation("192.0.2.9", "circuit_id = \"eth0/7\"")))
          .reservations;
  ASSERT_THAT(reservations, SizeIs(5));
  dhcp::Reservation expected;
  expected.hardware = hardware("00:1b:44:11:3a:b7");
  expected.address = Ipv4(192, 0, 2, 5);
  expected.name = "printer-7";
  expected.parameters = {{{3, {192, 0, 2, 254}}}, {"printer.bin", "", Ipv4()}, 24h};
  EXPECT_EQ(reservations[0], expected);
  EXPECT_EQ(reservations[1].client, dhcp::ClientId::of(hardware("00:1b:44:11:3a:b8")));
  EXPECT_EQ(dhcp::to_text(reservations[2].client.value()), "\"printer-8\"");
  EXPECT_THAT(reservations[3].circuit, ElementsAre(0, 4, 0, 7));
  EXPECT_THAT(reservations[4].circuit, ElementsAre('e', 't', 'h', '0', '/', '7'));
}

TEST(Dhcp, TakesIdentifiersAsToolsWriteThem) {
  const auto client = [](std::string_view written) {
    const auto read =
        scope_of(office(reservation("192.0.2.5", fmt::format("client_id = '{}'", written))));
    return read.reservations.empty() ? "" : dhcp::to_text(read.reservations[0].client.value());
  };
  for (const auto* text : {"ff", "01:02", "\"ff\"", "\"01:02\"", "\"a-1\""}) {
    EXPECT_EQ(client(text), text);
  }
  EXPECT_EQ(client("a-1"), "\"a-1\"");
  const auto circuit = [](std::string_view written) {
    const auto read =
        scope_of(office(reservation("192.0.2.5", fmt::format("circuit_id = '{}'", written))));
    return read.reservations.empty() ? std::vector<std::uint8_t>() : read.reservations[0].circuit;
  };
  EXPECT_THAT(circuit("07"), ElementsAre(7));
  EXPECT_THAT(circuit("\"07\""), ElementsAre('0', '7'));
  EXPECT_THAT(circuit("a-1"), ElementsAre('a', '-', '1'));
}

TEST(Dhcp, ReadsBackWhatTheExportOfReservationsWrites) {
  dhcp::Reservation made;
  made.client = dhcp::parse_client_id("\"printer-8\"");
  made.address = Ipv4(192, 0, 2, 5);
  made.name = "printer-8.example.org";
  made.parameters = {{{3, {192, 0, 2, 1}}, {12, {'a'}}, {224, {1, 2}}},
                     {"printer.bin", "boothost", Ipv4(192, 0, 2, 1)},
                     dhcp::forever};
  std::string text = office();
  formats::append_reservation_toml(text, made);
  EXPECT_THAT(scope_of(text).reservations, ElementsAre(made));
}

// decision 22
TEST(Dhcp, SendsClientsToTheNameServersThatReplicateWithUs) {
  constexpr std::string_view partners =
      "[[replication.partner]]\nname = \"east\"\naddress = \"192.0.2.7\"\ntransport = \"winsra\"\n"
      "[[replication.partner]]\nname = \"east-2\"\naddress = \"192.0.2.7:43\"\n"
      "transport = \"winsra\"\n[[replication.partner]]\nname = \"west\"\n"
      "address = \"192.0.2.8\"\ntransport = \"winsra\"\n";
  EXPECT_THAT(dhcp_of(partners).name_servers, ElementsAre(Ipv4(192, 0, 2, 7), Ipv4(192, 0, 2, 8)));
}

// decision 22
TEST(Dhcp, SendsClientsToThisServerWhereTheyCanAskIt) {
  const auto own = [](const char* listen) {
    return dhcp_of(fmt::format("nbns.listen = [{}]", listen)).own_name_servers;
  };
  EXPECT_THAT(dhcp_of("").own_name_servers, ElementsAre(Ipv4()));
  EXPECT_THAT(own("\"192.0.2.10:137\", \"192.0.2.11:137\", \"127.0.0.1:137\""),
              ElementsAre(Ipv4(192, 0, 2, 10), Ipv4(192, 0, 2, 11)));
  EXPECT_THAT(own("\"127.0.0.1:137\""), IsEmpty());
  EXPECT_THAT(own("\"192.0.2.10:10137\""), IsEmpty());
}

// RFC 951 7.3
TEST(Dhcp, AnswersBootpClientsToTheNameOfThisServer) {
  EXPECT_THAT(dhcp_of("nbns.netbios_name = \"WINSOME\"").own_names, ElementsAre("WINSOME"));
}

TEST(Dhcp, ReadsTenThousandReservationsAtOnce) {
  std::string text = scope("large", "10.0.0.0/8");
  for (unsigned i = 1; i <= 10'000; ++i) {
    text += fmt::format(
        "[[dhcp.scope.reservation]]\nhardware = \"02:00:00:00:{:02x}:{:02x}\"\n"
        "address = \"{}\"\nname = \"host-{}\"\n",
        i >> 8, i & 0xff, to_text(Ipv4((10U << 24) + i)), i);
  }
  const auto before = settings_of(text);
  ASSERT_THAT(before.dhcp.scopes.at(0).reservations, SizeIs(10'000));
  auto after = before;
  after.dhcp.scopes[0].reservations.pop_back();
  EXPECT_THAT(difference(before, after).lines,
              ElementsAre("dhcp.scope \"large\": reservation 10.0.39.16: removed"));
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

TEST(DhcpOptions, AreKnownByNameOrNumber) {
  EXPECT_EQ(dhcp_of("dhcp.options.netbios-node-type = \"P-node\"").parameters.options,
            (dhcp::OptionValues{{46, {2}}}));
  EXPECT_EQ(dhcp_of("dhcp.options.option-46 = 2").parameters.options,
            (dhcp::OptionValues{{46, {2}}}));
  EXPECT_EQ(dhcp_of("dhcp.options.ip-forwarding = true").parameters.options,
            (dhcp::OptionValues{{19, {1}}}));
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

TEST(Difference, NamesScopesClassesAndReservations) {
  const auto before =
      settings_of(office("lease = \"8d\"\noptions.routers = \"192.0.2.1\"\n" +
                         reservation("192.0.2.5", "hardware = \"02:00:00:00:00:01\"") +
                         reservation("192.0.2.6", "hardware = \"02:00:00:00:00:02\"")) +
                  "[[dhcp.class]]\nname = \"pxe\"\nuser_class = [\"iPXE\"]");
  const auto after = settings_of(
      "dhcp.lease = \"2d\"\n" + scope("lab", "198.51.100.0/24") +
      office("lease = \"infinite\"\npools = [\"192.0.2.10-192.0.2.20\"]\n"
             "options = { routers = [\"192.0.2.1\", \"192.0.2.2\"], domain-name = \"a.b\" }\n"
             "boot.file = \"pxe.0\"\nauthoritative = false\n" +
             reservation("192.0.2.6", "hardware = \"02:00:00:00:00:03\"") +
             reservation("192.0.2.7", "client_id = \"x\"")));
  const auto changes = difference(before, after);
  EXPECT_THAT(changes.lines,
              testing::UnorderedElementsAre(
                  "dhcp.lease: 1d -> 2d", "dhcp.class \"pxe\": removed",
                  "dhcp.scope \"lab\": added", "dhcp.scope \"office\": lease: 8d -> infinite",
                  "dhcp.scope \"office\": pools: [] -> [192.0.2.10-192.0.2.20]",
                  "dhcp.scope \"office\": options: {routers = \"192.0.2.1\"} -> {routers = "
                  "[\"192.0.2.1\", \"192.0.2.2\"], domain-name = \"a.b\"}",
                  "dhcp.scope \"office\": boot.file: \"\" -> \"pxe.0\"",
                  "dhcp.scope \"office\": authoritative: none -> false",
                  "dhcp.scope \"office\": reservation 192.0.2.5: removed",
                  "dhcp.scope \"office\": reservation 192.0.2.6: hardware: 02:00:00:00:00:02 -> "
                  "02:00:00:00:00:03",
                  "dhcp.scope \"office\": reservation 192.0.2.7: added"));
  EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Difference, CannotSwitchDhcpOnWithoutARestart) {
  EXPECT_THAT(difference(settings_of(""), settings_of(office())).needs_restart,
              ElementsAre("dhcp.enabled"));
  EXPECT_THAT(
      difference(settings_of(office()), settings_of("dhcp.interfaces = [\"eth0\"]\n" + office()))
          .needs_restart,
      ElementsAre("dhcp.interfaces"));
}

}  // namespace
}  // namespace winsome::config
