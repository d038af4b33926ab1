#include "server/formats/zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Ipv4 host_1(192, 0, 2, 1);
const Ipv4 host_2(192, 0, 2, 2);
const Ipv4 host_3(192, 0, 2, 3);

Parsed parse(std::string_view text,
             const std::map<std::string, std::string, std::less<>>& files = {}) {
  return parse_zone(text, "zone", "example.com",
                    [&files](std::string_view path) -> std::optional<std::string> {
                      const auto found = files.find(path);
                      if (found == files.end()) return {};
                      return found->second;
                    });
}

// D7
TEST(Zone, AddressRecordsBecomeHostsAndOthersAreParsedOver) {
  const auto parsed = parse(
      "$ORIGIN example.com.\n"
      "$TTL 1h30m\n"
      "@   IN SOA ns1 hostmaster (\n"
      "        2024010101 ; serial\n"
      "        3600 900 1209600 86400 )\n"
      "        NS   ns1\n"
      "        MX   10 mail.example.com.\n"
      "ns1     A    192.0.2.1\n"
      "mail    IN A 192.0.2.2 ; post\n"
      "        AAAA 2001:db8::1\n"
      "        TXT  \"v=spf1 ; (not a comment\" \"second\"\n"
      "www     CNAME mail\n"
      "odd     TYPE65280 \\# 0\n"
      "FRED.Example.COM. A 192.0.2.3\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "NS1", {host_1}),
                                           Maps(MappingKind::unique, "MAIL", {host_2}),
                                           Maps(MappingKind::unique, "FRED", {host_3})));
  EXPECT_EQ(parsed.mappings[1].line, 9U);
}

// RFC 1035 5.1
TEST(Zone, TimeAndClassComeInAnyOrderAndCase) {
  const auto parsed = parse(
      "a A 192.0.2.1\nb 60 A 192.0.2.1\nc IN A 192.0.2.1\nd 60 IN A 192.0.2.1\n"
      "e in 1d a 192.0.2.1\nf CH A 192.0.2.1\n3 A 192.0.2.1\n");
  EXPECT_THAT(parsed.problems, IsEmpty());
  std::vector<std::string> names;
  for (const auto& mapping : parsed.mappings) names.push_back(mapping.name);
  EXPECT_THAT(names, ElementsAre("A", "B", "C", "D", "E", "3"));
}

TEST(Zone, BlankOwnerIsTheOneBefore) {
  const auto parsed = parse("gate A 192.0.2.1\n\t60 A 192.0.2.2\n\n ; c\n A 192.0.2.3\n");
  EXPECT_THAT(parsed.mappings,
              ElementsAre(Maps(MappingKind::multihomed, "GATE", {host_1, host_2, host_3})));
  EXPECT_THAT(
      texts(parse(" A 192.0.2.1\n").problems),
      ElementsAre(
          "zone:1: the record has no owner: it starts with a blank, and none is before it"));
}

TEST(Zone, ApexWildcardServicesLoopbackAndLongNamesAreSkipped) {
  const auto parsed = parse(
      "@ A 192.0.2.1\nexample.com. A 192.0.2.1\n* A 192.0.2.1\n*.sub A 192.0.2.1\n"
      "gc._msdcs A 192.0.2.1\nlocalhost A 127.0.0.1\nsixteen-letters- A 192.0.2.1\n");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("zone:1: the address is that of the zone's own name",
                          "zone:2: the address is that of the zone's own name",
                          "zone:3: the owner is a wildcard", "zone:4: the owner is a wildcard",
                          "zone:5: the owner is a service, not a host",
                          "zone:6: '127.0.0.1' is a loopback address",
                          "zone:7: name 'sixteen-letters-' is 16 octets long, "
                          "a NetBIOS name has at most 15"));
}

TEST(Zone, SoaTellsTheApexWhereNoOriginIsGiven) {
  const auto parsed = parse_zone(
      "$ORIGIN example.org.\n@ SOA a b 1 2 3 4 5\n@ A 192.0.2.1\n$ORIGIN fred.example.org.\n@ A "
      "192.0.2.2\n",
      "zone", "", {});
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_2})));
}

TEST(Zone, EscapesStandForOctetsAndNeverSeparate) {
  const auto parsed = parse(
      "\\102red A 192.0.2.1\na\\.b A 192.0.2.2\n\\* A 192.0.2.3\n"
      "a TXT \"x \\\" ( y\" \\; \\( \\\"\nb\\;c A 192.0.2.1\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_1}),
                                           Maps(MappingKind::unique, "A.B", {host_2}),
                                           Maps(MappingKind::unique, "*", {host_3}),
                                           Maps(MappingKind::unique, "B;C", {host_1})));
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
}

TEST(Zone, WindowsExportsAreRead) {
  const auto parsed = parse(
      "@ IN WINS LOCAL L5 C3600 ( 192.0.2.8\n 192.0.2.9 )\n@ WINSR 5 3600 corp.example.\n"
      "@ WINS-R 5 3600 corp.example.\nfred [AGE:3559832] 1200 A 192.0.2.1\n");
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_1})));
}

TEST(Zone, IncludedFileHasAnOriginOfItsOwnAndLeavesOursAlone) {
  const auto parsed = parse("a A 192.0.2.1\n$INCLUDE sub.db b\n A 192.0.2.2\n@ A 192.0.2.9\n",
                            {{"sub.db", "@ A 192.0.2.3\n$ORIGIN d\n* A 192.0.2.8\n"}});
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::multihomed, "A", {host_1, host_2}),
                                           Maps(MappingKind::unique, "B", {host_3})));
  EXPECT_EQ(parsed.mappings[1].file, "sub.db");
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("sub.db:3: the owner is a wildcard",
                          "zone:4: the address is that of the zone's own name"));
}

TEST(Zone, CyclesAndUnreadableIncludesAreProblems) {
  EXPECT_THAT(texts(parse("$INCLUDE a\n$INCLUDE gone\n", {{"a", "$INCLUDE zone\n"}}).problems),
              ElementsAre("a:1: $INCLUDE: 'zone' includes itself",
                          "zone:2: $INCLUDE: 'gone' cannot be read"));
}

TEST(Zone, BadLinesSayWhatWasExpected) {
  const auto parsed = parse(
      "$GENERATE 1-9 pc$ A 192.0.2.$\n"
      "$ORIGIN\n"
      "$TTL soon\n"
      "$INCLUDE\n"
      "$NOPE x\n"
      "a AA 192.0.2.1\n"
      "a IN 60\n"
      "a A\n"
      "a A 192.0.2.1 192.0.2.2\n"
      "a A 192.0.2.256\n"
      "a..b A 192.0.2.1\n"
      "\\999 A 192.0.2.1\n"
      "a TXT \"no end\n"
      ") A 192.0.2.1\n");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(
      texts(parsed.problems),
      ElementsAre("zone:1: $GENERATE is not supported: expand it first, as named-compilezone does",
                  "zone:2: expected $ORIGIN and one name",
                  "zone:3: expected $TTL and one time, as 3600 or 1h",
                  "zone:4: expected $INCLUDE, a file and perhaps an origin",
                  "zone:5: directive '$NOPE' is unknown, expected $ORIGIN, $TTL or $INCLUDE",
                  "zone:6: 'AA' is not a record type", "zone:7: the record has no type",
                  "zone:8: an A record has one address, found 0 words",
                  "zone:9: an A record has one address, found 2 words",
                  "zone:10: address '192.0.2.256' is not an IPv4 address",
                  "zone:11: domain name 'a..b' has an empty label",
                  "zone:12: domain name '\\999' has a bad escape, expected \\DDD up to 255, or \\X",
                  "zone:13: the quoted string has no closing quote", "zone:14: ')' without '('"));
}

// RFC 1035 2.3.4
TEST(Zone, LabelsAndNamesHaveTheirLimits) {
  const std::string label(63, 'a');
  EXPECT_THAT(texts(parse(label + "a A 192.0.2.1\n").problems),
              ElementsAre(HasSubstr("has a label of more than 63 octets")));
  const auto three = label + "." + label + "." + label;
  EXPECT_THAT(parse(three + " A 192.0.2.1\n").problems, IsEmpty());
  EXPECT_THAT(texts(parse(three + "." + std::string(60, 'a') + " A 192.0.2.1\n").problems),
              ElementsAre(HasSubstr("is longer than 255 octets")));
}

TEST(Zone, UnclosedParenthesisIsReportedWhereTheEntryBegins) {
  EXPECT_THAT(texts(parse("a A 192.0.2.1\nb A (\n192.0.2.2\nc A 192.0.2.3\n").problems),
              ElementsAre("zone:2: the parenthesis is not closed"));
}

// E
TEST(Zone, NulsAndEndlessEntriesAreProblems) {
  std::string endless = "x TXT (";
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 8'000; ++j) endless += " a";
    endless += "\n";
  }
  const auto parsed = parse("a" + std::string(1, '\0') + " A 192.0.2.1\n" +
                            std::string(1 << 20, '(') + "\n" + endless + ")\nb A 192.0.2.2\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "B", {host_2})));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre(HasSubstr("zone:1: the line holds a NUL"),
                          HasSubstr("zone:2: the line is 1048576 octets"),
                          HasSubstr("zone:3: the entry has more than 20000")));
}

TEST(Zone, BadOriginIsAProblemOfTheWhole) {
  EXPECT_THAT(texts(parse_zone("a A 192.0.2.1\n", "zone", "a..b", {}).problems),
              ElementsAre("zone: domain name 'a..b' has an empty label"));
}

}  // namespace
}  // namespace winsome::formats
