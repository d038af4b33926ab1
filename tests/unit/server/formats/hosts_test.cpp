#include "server/formats/hosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Ipv4 host_1(192, 0, 2, 1);
const Ipv4 host_2(192, 0, 2, 2);

// D2
TEST(Hosts, FirstLabelOfEveryNameIsAHost) {
  const auto parsed = parse_hosts("192.0.2.1 fred.example.com fred www # the web\r\n", "hosts");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_1}),
                                           Maps(MappingKind::unique, "WWW", {host_1})));
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(parsed.skipped, IsEmpty());
}

TEST(Hosts, NameWithSeveralAddressesIsMultihomed) {
  const auto parsed =
      parse_hosts("192.0.2.1 gate\n192.0.2.2 gate.example.com\n192.0.2.1 GATE\n", "hosts");
  EXPECT_THAT(parsed.mappings,
              ElementsAre(Maps(MappingKind::multihomed, "GATE", {host_1, host_2})));
}

TEST(Hosts, SkipsLoopbackIpv6NobodyAndLongNames) {
  const auto parsed = parse_hosts(
      "127.0.0.1 localhost\n::1 localhost\nfe80::1%eth0 link\n0.0.0.0 ads.example\n"
      "192.0.2.1 sixteen-letters-.example ok\n",
      "hosts");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "OK", {host_1})));
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(
      texts(parsed.skipped),
      ElementsAre("hosts:1: '127.0.0.1' is a loopback address", "hosts:2: '::1' is an IPv6 address",
                  "hosts:3: 'fe80::1%eth0' is an IPv6 address",
                  "hosts:4: '0.0.0.0' is nobody's address",
                  "hosts:5: name 'sixteen-letters-' is 16 octets long, "
                  "a NetBIOS name has at most 15"));
}

TEST(Hosts, BadLinesSayWhatWasExpected) {
  const auto parsed = parse_hosts(
      "192.0.2 a\n192.0.2.1\n192.0.2.1 .a\n192.0.2.1 192.0.2.2\n192.0.2.1 a\x01\n", "hosts");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("hosts:1: address '192.0.2' is not an IPv4 address",
                          "hosts:2: there is no name behind the address",
                          "hosts:3: the name is empty, expected 1 to 15 octets",
                          "hosts:4: expected a name, found the address '192.0.2.2'",
                          "hosts:5: name 'a\\x01' holds a blank or a control octet"));
}

// D6
TEST(Hosts, TheTwentySixthAddressIsAProblemWithItsLine) {
  std::string text;
  for (int i = 1; i <= 26; ++i) text += "192.0.2." + std::to_string(i) + " many\n";
  const auto parsed = parse_hosts(text, "hosts");
  ASSERT_THAT(parsed.mappings, SizeIs(1));
  EXPECT_THAT(parsed.mappings[0].addresses, SizeIs(25));
  EXPECT_THAT(texts(parsed.problems), ElementsAre(HasSubstr("hosts:26: 'MANY' has 25 addresses")));
}

TEST(Hosts, NamesOfFifteenHighOctetsAreKept) {
  const std::string fifteen(15, '\xe4');
  const auto parsed =
      parse_hosts("192.0.2.1 " + fifteen + ".example " + fifteen + "\xe4\n", "hosts");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, fifteen, {host_1})));
  EXPECT_THAT(parsed.skipped, SizeIs(1));
}

TEST(Hosts, NulsAndEndlessLinesAreProblems) {
  const auto parsed = parse_hosts(
      "192.0.2.1 a" + std::string(1, '\0') + "\n" + std::string(1 << 20, ' ') + "\n192.0.2.2 b",
      "hosts");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "B", {host_2})));
  EXPECT_THAT(parsed.problems, SizeIs(2));
}

}  // namespace
}  // namespace winsome::formats
