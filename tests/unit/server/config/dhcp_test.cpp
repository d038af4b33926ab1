#include <fmt/format.h>
#include <gmock/gmock.h>

#include "server/dhcp/option_table.h"
#include "server/formats/lease_export.h"
#include "tests/unit/server/config/dhcp_parsing.h"

namespace winsome::config {
namespace {

using namespace std::chrono_literals;
using dhcp::Configuration;
using dhcp::Scope;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Configuration dhcp_of(std::string_view text) {
  return settings_of(text).dhcp;
}

Scope scope_of(std::string_view text) {
  const auto scopes = dhcp_of(text).scopes;
  return scopes.empty() ? Scope() : scopes.front();
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

TEST(DhcpOptions, AreKnownByNameOrNumber) {
  EXPECT_EQ(dhcp_of("dhcp.options.netbios-node-type = \"P-node\"").parameters.options,
            (dhcp::OptionValues{{46, {2}}}));
  EXPECT_EQ(dhcp_of("dhcp.options.option-46 = 2").parameters.options,
            (dhcp::OptionValues{{46, {2}}}));
  EXPECT_EQ(dhcp_of("dhcp.options.ip-forwarding = true").parameters.options,
            (dhcp::OptionValues{{19, {1}}}));
}

}  // namespace
}  // namespace winsome::config
