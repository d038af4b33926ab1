#include "server/formats/dhcpd_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/dhcp/option_table.h"
#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const ReadFile no_files = [](std::string_view) { return std::nullopt; };

ParsedReservations parse(std::string_view text) {
  return parse_dhcpd_conf(text, "dhcpd.conf", no_files);
}

dhcp::Reservation only(const ParsedReservations& parsed) {
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
  return parsed.rows.empty() ? dhcp::Reservation() : parsed.rows.front().reservation;
}

TEST(DhcpdConf, AHostWithAFixedAddressIsAReservation) {
  const auto parsed = parse(
      "# our printers\nhost laser {\n  hardware ethernet 0:1b:44:11:3a:b7;\n"
      "  fixed-address 192.0.2.7;\n}\n");
  const auto host = only(parsed);
  EXPECT_EQ(host.hardware, dhcp::parse_hardware("00:1b:44:11:3a:b7"));
  EXPECT_EQ(host.address, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(host.name, "laser");
  EXPECT_EQ(parsed.rows[0].line, 2U);
  EXPECT_THAT(parsed.skipped, IsEmpty());
}

TEST(DhcpdConf, HostsMayStandInEveryBlockOfAScope) {
  const auto parsed = parse(
      "shared-network \"wire\" { subnet 192.0.2.0 netmask 255.255.255.0 {\n"
      "  range 192.0.2.100 192.0.2.200;\n"
      "  group { host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1; } }\n"
      "  host b { hardware ethernet 2:0:0:0:0:2; fixed-address 192.0.2.2; }\n} }\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].line, 3U);
  EXPECT_EQ(parsed.rows[1].line, 4U);
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("dhcpd.conf:2: 'range 192.0.2.100' is not a reservation's"));
}

TEST(DhcpdConf, OptionsAndBootFilesAreTakenOver) {
  const auto host =
      only(parse("host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1;\n"
                 "option host-name \"printer\"; option routers 192.0.2.253, 192.0.2.254;\n"
                 "filename \"boot/a\"; next-server 192.0.2.5; server-name \"boot\"; }"));
  EXPECT_EQ(host.name, "printer");
  EXPECT_THAT(host.parameters.options.at(dhcp::option::routers),
              ElementsAre(192, 0, 2, 253, 192, 0, 2, 254));
  EXPECT_EQ(host.parameters.boot, (dhcp::Boot{"boot/a", "boot", Ipv4(192, 0, 2, 5)}));
}

TEST(DhcpdConf, WhatAHostDoesNotSayItsGroupsDo) {
  const auto parsed = parse(
      "group { filename \"far\"; next-server 192.0.2.5;\n"
      "  group { filename \"near\";\n"
      "    host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1; }\n"
      "    host b { hardware ethernet 2:0:0:0:0:2; fixed-address 192.0.2.2; filename \"own\"; }\n"
      "  }\n}\nhost c { hardware ethernet 2:0:0:0:0:3; fixed-address 192.0.2.3; }\n");
  ASSERT_THAT(parsed.rows, SizeIs(3));
  const auto boot = [&](std::size_t i) { return parsed.rows[i].reservation.parameters.boot; };
  EXPECT_EQ(boot(0), (dhcp::Boot{"near", "", Ipv4(192, 0, 2, 5)}));
  EXPECT_EQ(boot(1), (dhcp::Boot{"own", "", Ipv4(192, 0, 2, 5)}));
  EXPECT_EQ(boot(2), dhcp::Boot{});
}

TEST(DhcpdConf, ClientsAreKnownByIdentifierOrCircuitToo) {
  const auto parsed = parse(
      "host a { option dhcp-client-identifier \"\\000box\"; fixed-address 192.0.2.1; }\n"
      "host b { option dhcp-client-identifier 1:2:0:0:0:0:2; fixed-address 192.0.2.2; }\n"
      "host c { host-identifier option agent.circuit-id \"eth0:7\"; fixed-address 192.0.2.3; }\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(3));
  EXPECT_EQ(parsed.rows[0].reservation.client, dhcp::parse_client_id("\"box\""));
  EXPECT_EQ(parsed.rows[1].reservation.client, dhcp::parse_client_id("01:02:00:00:00:00:02"));
  EXPECT_THAT(parsed.rows[2].reservation.circuit, ElementsAre('e', 't', 'h', '0', ':', '7'));
}

TEST(DhcpdConf, WhereHardwareAndIdentifierAreNamedTheHardwareCounts) {
  const auto host =
      only(parse("host a { option dhcp-client-identifier 1:2; hardware token-ring 2:0:0:0:0:1;\n"
                 "fixed-address 192.0.2.1; }"));
  EXPECT_EQ(host.hardware, dhcp::parse_hardware("6/02:00:00:00:00:01"));
  EXPECT_FALSE(host.client);
}

TEST(DhcpdConf, AHostOfSeveralNetworksHasAReservationInEach) {
  const auto parsed =
      parse("host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1, 198.51.100.1; }");
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[1].reservation.address, Ipv4(198, 51, 100, 1));
}

TEST(DhcpdConf, HostsThatKeepNoAddressAreSkipped) {
  const auto parsed = parse(
      "host a { hardware ethernet 2:0:0:0:0:1; }\nhost b { fixed-address 192.0.2.2; }\n"
      "host c { hardware ethernet 2:0:0:0:0:3; fixed-address c.example.org; }\n"
      "host d { hardware ethernet 2:0:0:0:0:4; fixed-address 192.0.2.4; deny booting; }\n");
  EXPECT_THAT(parsed.rows, IsEmpty());
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("dhcpd.conf:1: host 'a' has no fixed address",
                          HasSubstr(":2: host 'b' has neither hardware address"),
                          HasSubstr(":3: 'c.example.org' is a name"),
                          "dhcpd.conf:3: host 'c' has no fixed address",
                          "dhcpd.conf:4: host 'd' gets no answer"));
}

TEST(DhcpdConf, EverythingElseIsSkippedWithItsLine) {
  const auto parsed = parse(
      "option domain-name \"example.org\";\nclass \"phones\" {\n match if \"}\" = \"host x {\";\n"
      "host inside { fixed-address bad; } }\nif true { } else { }\n"
      "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1; option no-such 1;\n"
      "option dhcp-lease-time 60; option routers x; }");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(
      texts(parsed.skipped),
      ElementsAre("dhcpd.conf:1: 'option domain-name' is not a reservation's",
                  "dhcpd.conf:2: the block of 'class' is not a reservation's",
                  "dhcpd.conf:5: the block of 'if' is not a reservation's",
                  "dhcpd.conf:5: the block of 'else' is not a reservation's",
                  "dhcpd.conf:6: option 'no-such' is not known here",
                  HasSubstr("dhcpd.conf:7: option 'dhcp-lease-time'"),
                  HasSubstr("dhcpd.conf:7: option 'routers' is left out: expected an address")));
}

TEST(DhcpdConf, IncludedFilesAreReadWhereTheyAreNamed) {
  const ReadFile read = [](std::string_view path) -> std::optional<std::string> {
    if (path == "hosts")
      return "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.0.2.1; }";
    if (path == "loop") return "include \"loop\";";
    return std::nullopt;
  };
  const auto parsed = parse_dhcpd_conf(
      "group { filename \"x\"; include \"hosts\"; }\ninclude \"loop\";\ninclude \"none\";", "conf",
      read);
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].file, "hosts");
  EXPECT_EQ(parsed.rows[0].reservation.parameters.boot.file, "x");
  EXPECT_THAT(texts(parsed.problems), ElementsAre("loop:1: include: 'loop' includes itself",
                                                  "conf:3: include: 'none' cannot be read"));
}

TEST(DhcpdConf, WhatIsWrongIsAProblemWithItsLine) {
  const auto parsed = parse(
      "host a { hardware ethernet 2:0:0:0:0;\nfixed-address 192.0.2.1; }\n"
      "host b { hardware ethernet 2:0:0:0:0:2; fixed-address 224.0.0.1; }\n"
      "host c { hardware ethernet 2:0:0:0:0:3; fixed-address 192.0.2.3 }\n"
      "host d { hardware ethernet 2:0:0:0:0:4; fixed-address 192.0.2.4; }\n"
      "host e { hardware ethernet 2:0:0:0:0:5; fixed-address 192.0.2.4; }\n}\n"
      "host { }\n");
  EXPECT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre(HasSubstr("dhcpd.conf:1: 'ethernet 2:0:0:0:0' is no hardware address"),
                          HasSubstr("dhcpd.conf:3: address '224.0.0.1' cannot be a host's"),
                          "dhcpd.conf:4: no ';' before '}'",
                          "dhcpd.conf:6: address 192.0.2.4 is kept for somebody already "
                          "(dhcpd.conf:5)",
                          "dhcpd.conf:7: '}' without '{'",
                          "dhcpd.conf:8: expected one name behind 'host'"));
}

TEST(DhcpdConf, UnclosedBlocksStatementsAndQuotesAreProblems) {
  EXPECT_THAT(texts(parse("group {\nhost a {\n").problems),
              ElementsAre("dhcpd.conf:2: the block of 'host' has no closing brace",
                          "dhcpd.conf:1: the block of 'group' has no closing brace"));
  EXPECT_THAT(texts(parse("\noption x").problems),
              ElementsAre("dhcpd.conf:2: no ';' before the file's end"));
  EXPECT_THAT(texts(parse("\nhost a { filename \"x;\n}\n").problems),
              ElementsAre(HasSubstr("dhcpd.conf:2: no closing quote within")));
}

TEST(DhcpdConf, HostileTextEndsTheReading) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "group {";
  EXPECT_THAT(texts(parse(deep).problems), ElementsAre(HasSubstr("more than 64 deep")));
  EXPECT_THAT(texts(parse(std::string(1 << 20, 'x')).problems),
              ElementsAre(HasSubstr("a word of 1048576 octets")));
  EXPECT_THAT(texts(parse(std::string("host a\0b {}", 11)).problems),
              ElementsAre(HasSubstr("a NUL octet")));
  std::string words;
  for (int i = 0; i < 100'000; ++i) words += "x ";
  EXPECT_THAT(texts(parse(words).problems), ElementsAre(HasSubstr("more than 1000 words")));
}

}  // namespace
}  // namespace winsome::formats
