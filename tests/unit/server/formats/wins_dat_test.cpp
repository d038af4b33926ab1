#include "server/formats/wins_dat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t now = 1'700'000'000;
const Ipv4 host_1(192, 0, 2, 1);
const Ipv4 host_2(192, 0, 2, 2);

Parsed parse(std::string_view records) {
  return parse_wins_dat("VERSION 1 0\n" + std::string(records), "wins.dat", now);
}

// D3
TEST(WinsDat, RecordKeepsNameLifeAndFlags) {
  const auto parsed = parse("\"FRED#20\" 1700518400 192.0.2.1 64R\n");
  ASSERT_THAT(parsed.mappings, ElementsAre(MapsExactly(MappingKind::dynamic,
                                                       nbns::make_name("FRED", 0x20), {host_1})));
  const auto& fred = parsed.mappings[0];
  EXPECT_FALSE(fred.group);
  EXPECT_EQ(fred.node, nbns::NodeType::h);
  EXPECT_EQ(fred.expires, 1'700'518'400);
  EXPECT_EQ(fred.line, 2U);
}

TEST(WinsDat, DeathTimeZeroIsPermanent) {
  const auto parsed = parse("\"FRED#20\" 0 192.0.2.1 46R\n");
  ASSERT_THAT(parsed.mappings, SizeIs(1));
  EXPECT_EQ(parsed.mappings[0].expires, std::nullopt);
  EXPECT_EQ(parsed.mappings[0].node, nbns::NodeType::m);
}

TEST(WinsDat, SpecialGroupKeepsItsMembersAndNormalGroupHasNone) {
  const auto parsed = parse(
      "\"CORP#1c\" 0 192.0.2.1 192.0.2.2 e6R\n"
      "\"CORP#1e\" 0 255.255.255.255 e6R\n"
      "\"CORP#00\" 1700518400 255.255.255.255 c4R\n");
  const auto corp = nbns::make_name("CORP", 0x1c);
  EXPECT_THAT(parsed.mappings,
              ElementsAre(MapsExactly(MappingKind::dynamic, corp, {host_1, host_2}),
                          MapsExactly(MappingKind::dynamic, corp.with_suffix(0x1e), {}),
                          MapsExactly(MappingKind::dynamic, corp.with_suffix(0x00), {})));
  for (const auto& group : parsed.mappings) EXPECT_TRUE(group.group);
}

// As nmbd 4.17 writes what clients registered.
TEST(WinsDat, NobodysAddressIsAGroupsAndNeverAHosts) {
  const auto parsed = parse(
      "\"OLDGROUP#00\" 1700518400 0.0.0.0 e4R\n"
      "\"FRED#20\" 1700518400 0.0.0.0 64R\n"
      "\"CORP#1c\" 1700518400 0.0.0.0 e4R\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(MapsExactly(MappingKind::dynamic,
                                                       nbns::make_name("OLDGROUP", 0x00), {})));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("wins.dat:3: the record has no address of a host",
                          "wins.dat:4: the record has no address of a host"));
}

TEST(WinsDat, NamesAreOctetsAsTheyStand) {
  const auto parsed = parse(
      "\"work group#00\" 0 192.0.2.1 66R\n"
      "\"a\"b#c#20\" 0 192.0.2.1 66R\n"
      "\"\x01\x02__MSBROWSE__\x02#01\" 0 255.255.255.255 e6R\n"
      "\"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff#ff\" 0 192.0.2.1 66R\n");
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_THAT(parsed.mappings, SizeIs(4));
  EXPECT_EQ(parsed.mappings[0].exact, nbns::make_name("work group", 0x00));
  EXPECT_EQ(parsed.mappings[1].exact, nbns::make_name("a\"b#c", 0x20));
  EXPECT_EQ(parsed.mappings[2].exact, nbns::make_name("\x01\x02__MSBROWSE__\x02", 0x01));
  EXPECT_EQ(parsed.mappings[3].exact, nbns::make_name(std::string(15, '\xff'), 0xff));
}

TEST(WinsDat, SkipsOwnNamesDyingNamesAndLongNames) {
  const auto parsed = parse(
      "# a comment\n"
      "\"SELF#20\" 0 192.0.2.1 66S\n"
      "\"DYING#20\" 1700000059 192.0.2.1 64R\n"
      "\"LIVING#20\" 1700000060 192.0.2.1 64R\n"
      "\"INACTIVE#20\" 0 192.0.2.1 60R\n"
      "\"CONFLICT#20\" 0 192.0.2.1 6cR\n"
      "\"SIXTEEN-OCTETS--#20\" 0 192.0.2.1 66R\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(MapsExactly(MappingKind::dynamic,
                                                       nbns::make_name("LIVING", 0x20), {host_1})));
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("wins.dat:3: a name of the old server itself",
                          "wins.dat:4: the record has less than 60 seconds to live",
                          "wins.dat:6: the name is not active, or in conflict",
                          "wins.dat:7: the name is not active, or in conflict",
                          "wins.dat:8: name 'SIXTEEN-OCTETS--' is 16 octets long, "
                          "a NetBIOS name has at most 15"));
}

TEST(WinsDat, OtherVersionsAndOtherFilesAreRefusedWhole) {
  const auto newer = parse_wins_dat("VERSION 2 0\n\"FRED#20\" 0 192.0.2.1 66R\n", "wins.dat", now);
  EXPECT_THAT(newer.mappings, IsEmpty());
  EXPECT_THAT(texts(newer.problems),
              ElementsAre("wins.dat:1: version '2' of wins.dat is unknown, expected 1"));

  const auto hosts = parse_wins_dat("192.0.2.1 fred\n192.0.2.2 bob\n", "hosts", now);
  EXPECT_THAT(
      texts(hosts.problems),
      ElementsAre("hosts:1: '192.0.2.1' found, expected 'VERSION 1 0': this is not a wins.dat"));
}

TEST(WinsDat, BadLinesSayWhatWasExpected) {
  const auto parsed = parse(
      "FRED#20 0 192.0.2.1 66R\n"
      "\"FRED#20 0 192.0.2.1 66R\n"
      "\"FRED\" 0 192.0.2.1 66R\n"
      "\"FRED#2\" 0 192.0.2.1 66R\n"
      "\"#20\" 0 192.0.2.1 66R\n"
      "\"FRED#20\" soon 192.0.2.1 66R\n"
      "\"FRED#20\" 99999999999999999999 192.0.2.1 66R\n"
      "\"FRED#20\" 0 192.0.2.256 66R\n"
      "\"FRED#20\" 0 66R\n"
      "\"FRED#20\" 0 192.0.2.1 66\n"
      "\"FRED#20\" 0 192.0.2.1 166R\n"
      "\"FRED#20\" 0 192.0.2.1 66R 192.0.2.2\n"
      "\"CORP#1c\" 0 255.255.255.255 e6R\n");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(
      texts(parsed.problems),
      ElementsAre(
          "wins.dat:2: 'FRED#20 0 192.0.2.1 66R' found, expected a name in quotes, as \"FRED#20\"",
          "wins.dat:3: '\"FRED#20 0 192.0.2.1 66R' found, expected a name in quotes, as "
          "\"FRED#20\"",
          "wins.dat:4: name 'FRED': expected 1 to 15 octets, # and two hexadecimal digits",
          "wins.dat:5: name 'FRED#2': expected 1 to 15 octets, # and two hexadecimal digits",
          "wins.dat:6: name '#20': expected 1 to 15 octets, # and two hexadecimal digits",
          "wins.dat:7: time of death 'soon' is not a Unix time, expected seconds or 0",
          "wins.dat:8: time of death '99999999999999999999' is not a Unix time, "
          "expected seconds or 0",
          "wins.dat:9: address '192.0.2.256' is not an IPv4 address",
          "wins.dat:10: the record has no address of a host",
          "wins.dat:11: flags '66': expected two hexadecimal digits and R or S at the end",
          "wins.dat:12: flags '166R': expected two hexadecimal digits and R or S at the end",
          "wins.dat:13: flags '66R': expected two hexadecimal digits and R or S at the end",
          "wins.dat:14: the record has no address of a host"));
}

TEST(WinsDat, ANameComesOnce) {
  const auto parsed = parse("\"FRED#20\" 0 192.0.2.1 66R\n\"FRED#20\" 0 192.0.2.2 66R\n");
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("wins.dat:3: 'FRED#20' is in the file already (wins.dat:2)"));
}

// D6
TEST(WinsDat, MoreThanTwentyFiveAddressesAreAProblem) {
  std::string addresses;
  for (int i = 1; i <= 25; ++i) addresses += " 192.0.2." + std::to_string(i);
  const auto parsed =
      parse("\"CORP#1c\" 0" + addresses + " e6R\n\"MORE#1c\" 0" + addresses + " 192.0.2.26 e6R\n");
  ASSERT_THAT(parsed.mappings, SizeIs(1));
  EXPECT_THAT(parsed.mappings[0].addresses, SizeIs(25));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("wins.dat:3: the record has more than 25 addresses"));
}

// E
TEST(WinsDat, NulsAndEndlessLinesAreProblems) {
  const auto parsed = parse("\"A" + std::string(1, '\0') + "#20\" 0 192.0.2.1 66R\n\"" +
                            std::string(1 << 20, '#') + "\n\"B#20\" 0 192.0.2.1 66R");
  EXPECT_THAT(parsed.mappings, SizeIs(1));
  EXPECT_THAT(parsed.problems, SizeIs(2));
}

}  // namespace
}  // namespace winsome::formats
