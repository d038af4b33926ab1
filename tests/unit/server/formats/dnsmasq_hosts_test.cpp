#include "server/formats/dnsmasq_hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ParsedReservations parse(std::string_view text) {
  const ReadFile read = [](std::string_view path) -> std::optional<std::string> {
    if (path == "/etc/hosts.dhcp") return "02:00:00:00:00:09,192.0.2.9\n";
    return std::nullopt;
  };
  return parse_dnsmasq_hosts(text, "dnsmasq.conf", read);
}

dhcp::Reservation only(std::string_view line) {
  const auto parsed = parse(line);
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
  return parsed.rows.empty() ? dhcp::Reservation() : parsed.rows.front().reservation;
}

TEST(DnsmasqHosts, ALineNamesHardwareAddressNameAndLease) {
  const auto host = only("dhcp-host=00:1b:44:11:3a:b7,laser,192.0.2.7,12h # a printer\n");
  EXPECT_EQ(host.hardware, dhcp::parse_hardware("00:1b:44:11:3a:b7"));
  EXPECT_EQ(host.name, "laser");
  EXPECT_EQ(host.address, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(host.parameters.lease, std::chrono::hours(12));
}

TEST(DnsmasqHosts, AHostsFileHasTheSameWithoutItsKeyword) {
  const auto parsed = parse("# hosts\n02:00:00:00:00:01,192.0.2.1\nid:box,192.0.2.2,infinite\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].line, 2U);
  EXPECT_EQ(parsed.rows[1].reservation.parameters.lease, dhcp::forever);
}

TEST(DnsmasqHosts, IdentifiersAreTextOrOctets) {
  const auto text = only("dhcp-host=id:box,192.0.2.2");
  EXPECT_THAT(text.client->octets, ElementsAre('b', 'o', 'x'));
  const auto octets = only("dhcp-host=id:ff:00:1a,192.0.2.2");
  EXPECT_THAT(octets.client->octets, ElementsAre(0xff, 0x00, 0x1a));
  EXPECT_FALSE(octets.hardware);
}

TEST(DnsmasqHosts, OtherNetworksHaveTheirTypeBeforeTheAddress) {
  EXPECT_EQ(only("dhcp-host=06-00:20:e0:3b:13:af,192.0.2.2").hardware,
            dhcp::parse_hardware("6/00:20:e0:3b:13:af"));
}

TEST(DnsmasqHosts, LeasesMayHaveEveryUnit) {
  for (const auto& [word, length] :
       std::initializer_list<std::pair<std::string, seconds>>{{"45", seconds(45)},
                                                              {"90m", std::chrono::minutes(90)},
                                                              {"2d", std::chrono::hours(48)},
                                                              {"1w", std::chrono::hours(168)}}) {
    EXPECT_EQ(only("dhcp-host=02:00:00:00:00:01,192.0.2.1," + word).parameters.lease, length)
        << word;
  }
}

TEST(DnsmasqHosts, FilesThatTheConfigurationNamesAreRead) {
  const auto parsed = parse("dhcp-hostsfile=/etc/hosts.dhcp\nconf-file=/etc/other\n");
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].file, "/etc/hosts.dhcp");
  EXPECT_THAT(texts(parsed.problems), ElementsAre("dnsmasq.conf:2: '/etc/other' cannot be read"));
}

TEST(DnsmasqHosts, WhatIsNoReservationIsSkipped) {
  const auto parsed = parse(
      "domain-needed\ndhcp-range=192.0.2.10,192.0.2.20,12h\n"
      "dhcp-host=02:00:00:00:00:01,ignore\ndhcp-host=02:00:00:00:00:02,laser\n"
      "dhcp-host=laser,192.0.2.3\ndhcp-host=02:*:00:00:00:00,192.0.2.4\n"
      "dhcp-host=02:00:00:00:00:05,02:00:00:00:00:06,set:red,[2001:db8::5],192.0.2.5\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(
      texts(parsed.skipped),
      ElementsAre("dnsmasq.conf:1: 'domain-needed' is not a reservation",
                  "dnsmasq.conf:2: 'dhcp-range' is not a reservation",
                  "dnsmasq.conf:3: the client gets no answer", "dnsmasq.conf:4: it has no address",
                  HasSubstr(":5: it has neither hardware address nor client identifier"),
                  HasSubstr(":6: a hardware address with '*'"),
                  HasSubstr(":7: 'set:red' is left out"),
                  HasSubstr(":7: '[2001:db8::5]' is of DHCPv6"),
                  HasSubstr(":7: of several hardware addresses the first one")));
}

TEST(DnsmasqHosts, WhatIsWrongIsAProblemWithItsLine) {
  const auto parsed = parse(
      "dhcp-host=02:00:00:00:00,192.0.2.1\ndhcp-host=02:00:00:00:00:02,192.0.2\n"
      "dhcp-host=02:00:00:00:00:03,a b,192.0.2.3\ndhcp-host=id:,192.0.2.4\n"
      "dhcp-host=02:00:00:00:00:05,192.0.2.5\ndhcp-host=02:00:00:00:00:06,192.0.2.5\n");
  EXPECT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("dnsmasq.conf:1: '02:00:00:00:00' is no hardware address",
                          "dnsmasq.conf:2: address '192.0.2' is not an IPv4 address",
                          HasSubstr(":3: name 'a b' holds a blank"),
                          "dnsmasq.conf:4: 'id:' is no client identifier",
                          HasSubstr(":6: address 192.0.2.5 is kept for somebody already")));
}

}  // namespace
}  // namespace winsome::formats
