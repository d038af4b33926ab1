#include "server/formats/lmhosts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Ipv4 host_1(192, 0, 2, 1);
const Ipv4 host_2(192, 0, 2, 2);
const Ipv4 host_3(192, 0, 2, 3);

Parsed parse(std::string_view text,
             const std::map<std::string, std::string, std::less<>>& files = {}) {
  return parse_lmhosts(text, "lmhosts",
                       [&files](std::string_view path) -> std::optional<std::string> {
                         const auto found = files.find(path);
                         if (found == files.end()) return {};
                         return found->second;
                       });
}

// D1
TEST(Lmhosts, PlainLineIsAUniqueHost) {
  const auto parsed = parse("192.0.2.1\tfred\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_1})));
  EXPECT_EQ(parsed.mappings[0].file, "lmhosts");
  EXPECT_EQ(parsed.mappings[0].line, 1U);
  EXPECT_THAT(parsed.problems, IsEmpty());
}

TEST(Lmhosts, DomainDirectiveAddsTheHostToItsDomain) {
  const auto parsed = parse("192.0.2.1 dc1 #PRE #DOM:corp # the first\n192.0.2.2 dc2 #DOM:CORP\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "DC1", {host_1}),
                                           Maps(MappingKind::domain_name, "CORP", {host_1, host_2}),
                                           Maps(MappingKind::unique, "DC2", {host_2})));
}

// Q130273: NT 3.5 lost the last address of such a list.
TEST(Lmhosts, KeepsEveryControllerOfADomain) {
  std::string text;
  std::vector<Ipv4> all;
  for (std::uint8_t i = 1; i <= 25; ++i) {
    all.emplace_back(192, 0, 2, i);
    text += to_text(all.back()) + " dc" + std::to_string(i) + " #PRE #DOM:corp\r\n";
  }
  const auto parsed = parse(text);
  EXPECT_THAT(parsed.problems, IsEmpty());
  ASSERT_THAT(parsed.mappings, SizeIs(26));
  EXPECT_THAT(parsed.mappings[1], Maps(MappingKind::domain_name, "CORP", all));
}

// D6
TEST(Lmhosts, TheTwentySixthMemberIsAProblemWithItsLine) {
  std::string text;
  for (int i = 1; i <= 26; ++i) {
    text += "192.0.2." + std::to_string(i) + " dc" + std::to_string(i) + " #DOM:corp\n";
  }
  const auto parsed = parse(text);
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("lmhosts:26: 'CORP' has 25 addresses already, a name has at most 25"));
}

TEST(Lmhosts, SpecialGroupDirectiveAddsTheHostToAnInternetGroup) {
  const auto parsed = parse("192.0.2.1 laser #SG:printers #DOM:corp\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "LASER", {host_1}),
                                           Maps(MappingKind::internet_group, "PRINTERS", {host_1}),
                                           Maps(MappingKind::domain_name, "CORP", {host_1})));
}

TEST(Lmhosts, MultihomedDirectiveCollectsTheLinesOfAName) {
  const auto parsed = parse("192.0.2.1 gate #MH\n192.0.2.2 gate\n192.0.2.3 GATE #MH\n");
  EXPECT_THAT(parsed.mappings,
              ElementsAre(Maps(MappingKind::multihomed, "GATE", {host_1, host_2, host_3})));
}

TEST(Lmhosts, SecondAddressWithoutTheMarkIsAProblem) {
  const auto parsed = parse("192.0.2.1 fred\n192.0.2.1 fred\n192.0.2.2 fred\n");
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("lmhosts:3: 'FRED' has address 192.0.2.1 already (lmhosts:1), "
                          "expected #MH if the host has several"));
}

TEST(Lmhosts, QuotedNameOfSixteenOctetsIsThatNameAlone) {
  const auto parsed = parse(
      "192.0.2.1 \"appname        \\0x14\" # c\n"
      "192.0.2.1 \"\\0x01\\0x02__MSBROWSE__\\0x02\\0X01\"\n");
  EXPECT_THAT(
      parsed.mappings,
      ElementsAre(MapsExactly(MappingKind::unique, nbns::make_name("appname", 0x14), {host_1}),
                  MapsExactly(MappingKind::unique,
                              nbns::make_name("\x01\x02__MSBROWSE__\x02", 0x01), {host_1})));
}

TEST(Lmhosts, SuffixOfAQuotedNameTellsDomainsAndNormalGroups) {
  const auto parsed = parse(
      "192.0.2.1       \"CORP           \\0x1c\"\n"
      "192.0.2.2       \"CORP           \\0x1c\"\n"
      "255.255.255.255 \"CORP           \\0x1e\"\n"
      "255.255.255.255 \"CORP           \\0x00\" #GROUP\n");
  const auto corp = nbns::make_name("CORP", 0x1c);
  EXPECT_THAT(parsed.mappings,
              ElementsAre(MapsExactly(MappingKind::domain_name, corp, {host_1, host_2}),
                          MapsExactly(MappingKind::normal_group, corp.with_suffix(0x1e), {}),
                          MapsExactly(MappingKind::normal_group, corp.with_suffix(0x00), {})));
}

TEST(Lmhosts, QuotedNameThatIsItsOwnGroupIsNoHost) {
  const auto parsed = parse("192.0.2.1 \"PRINTERS       \\0x20\" #SG:printers\n");
  EXPECT_THAT(parsed.mappings,
              ElementsAre(MapsExactly(MappingKind::internet_group,
                                      nbns::make_name("PRINTERS", 0x20), {host_1})));
}

TEST(Lmhosts, ShortQuotedNameMayHaveBlanks) {
  const auto parsed = parse("192.0.2.1 \"my server\" #DOM:\"my corp\"\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "MY SERVER", {host_1}),
                                           Maps(MappingKind::domain_name, "MY CORP", {host_1})));
}

TEST(Lmhosts, HashAndHexDigitsAreSambasSuffix) {
  const auto parsed = parse("192.0.2.1 fred#20\n192.0.2.2 corp#1C\n192.0.2.3 bob#PRE\n");
  EXPECT_THAT(
      parsed.mappings,
      ElementsAre(MapsExactly(MappingKind::unique, nbns::make_name("FRED", 0x20), {host_1}),
                  MapsExactly(MappingKind::domain_name, nbns::make_name("CORP", 0x1c), {host_2}),
                  Maps(MappingKind::unique, "BOB", {host_3})));
}

TEST(Lmhosts, CommentsAndBlankLinesAreNothing) {
  const auto parsed = parse(
      "# a comment\r\n\r\n   \t\r\n#PRESENT is no directive\r\n"
      "192.0.2.1 fred #PRE # #DOM:corp\r\n192.0.2.2 bob #MHO\r\n\x1a");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "FRED", {host_1}),
                                           Maps(MappingKind::unique, "BOB", {host_2})));
  EXPECT_THAT(parsed.problems, IsEmpty());
}

TEST(Lmhosts, IncludesFilesInPlaceAndNamesThemInProblems) {
  const auto parsed =
      parse("192.0.2.1 a\n#INCLUDE \\\\srv\\public\\lmhosts   #their names\n192.0.2.3 c\n",
            {{"\\\\srv\\public\\lmhosts", "192.0.2.2 b\n300.1.2.3 d\n"}});
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "A", {host_1}),
                                           Maps(MappingKind::unique, "B", {host_2}),
                                           Maps(MappingKind::unique, "C", {host_3})));
  EXPECT_THAT(
      texts(parsed.problems),
      ElementsAre("\\\\srv\\public\\lmhosts:2: address '300.1.2.3' is not an IPv4 address"));
}

TEST(Lmhosts, IncludedFileThatCannotBeReadIsAProblem) {
  EXPECT_THAT(texts(parse("#INCLUDE no\\such\n#INCLUDE\n").problems),
              ElementsAre("lmhosts:1: #INCLUDE: 'no\\such' cannot be read",
                          "lmhosts:2: #INCLUDE names no file"));
}

TEST(Lmhosts, FirstAlternateThatCanBeReadWins) {
  const auto parsed =
      parse("#BEGIN_ALTERNATE\n#INCLUDE gone\n#INCLUDE one\n#INCLUDE two\n#END_ALTERNATE\n",
            {{"one", "192.0.2.1 a\n"}, {"two", "192.0.2.2 b\n"}});
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "A", {host_1})));
  EXPECT_THAT(parsed.problems, IsEmpty());
}

TEST(Lmhosts, AlternatesThatFailOrDoNotEndAreProblems) {
  EXPECT_THAT(
      texts(parse("#BEGIN_ALTERNATE\n#INCLUDE gone\n#END_ALTERNATE\n#END_ALTERNATE\n"
                  "#BEGIN_ALTERNATE\n#BEGIN_ALTERNATE\n")
                .problems),
      ElementsAre("lmhosts:3: none of the alternates from line 1 on can be read",
                  "lmhosts:4: #END_ALTERNATE without #BEGIN_ALTERNATE",
                  "lmhosts:6: #BEGIN_ALTERNATE within that of line 5, expected #END_ALTERNATE",
                  "lmhosts:5: #BEGIN_ALTERNATE without #END_ALTERNATE"));
}

TEST(Lmhosts, CyclesOfIncludesEnd) {
  const auto parsed =
      parse("#INCLUDE a\n", {{"a", "#INCLUDE b\n"}, {"b", "#INCLUDE a\n192.0.2.1 x\n"}});
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "X", {host_1})));
  EXPECT_THAT(texts(parsed.problems), ElementsAre("b:1: #INCLUDE: 'a' includes itself"));
}

TEST(Lmhosts, DepthAndNumberOfIncludedFilesAreBounded) {
  int next = 0;
  std::size_t reads = 0;
  const ReadFile ever_deeper = [&](std::string_view) {
    ++reads;
    return "#INCLUDE f" + std::to_string(++next) + "\n";
  };
  const auto deep = parse_lmhosts("#INCLUDE f0\n", "lmhosts", ever_deeper);
  EXPECT_EQ(reads, Sources::depth_max);
  EXPECT_THAT(texts(deep.problems), ElementsAre(HasSubstr("more than 10 files deep")));

  std::string many;
  for (int i = 0; i < 101; ++i) many += "#INCLUDE g" + std::to_string(i) + "\n";
  const auto wide = parse_lmhosts(many, "lmhosts", [](std::string_view) { return ""; });
  EXPECT_THAT(texts(wide.problems),
              ElementsAre(HasSubstr("lmhosts:101: #INCLUDE: 'g100' is one file")));
}

TEST(Lmhosts, BadLinesSayWhatWasExpected) {
  const auto parsed = parse(
      "300.1.2.3 a\n"
      "192.0.2.1\n"
      "192.0.2.1 # nobody\n"
      "192.0.2.1 \"FRED\n"
      "192.0.2.1 \"FRED\\20\"\n"
      "192.0.2.1 \"FRED             \\0x20\"\n"
      "192.0.2.1 \"   \"\n"
      "192.0.2.1 a b\n"
      "192.0.2.1 a #DOM:\n"
      "192.0.2.1 a #DOM:ABCDEFGHIJKLMNOP\n"
      "224.0.0.1 a\n");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(
      texts(parsed.problems),
      ElementsAre(
          "lmhosts:1: address '300.1.2.3' is not an IPv4 address",
          "lmhosts:2: there is no name behind the address",
          "lmhosts:3: there is no name behind the address",
          "lmhosts:4: the quoted name has no closing quote",
          "lmhosts:5: '\\20': expected \\0x and two hexadecimal digits",
          "lmhosts:6: the quoted name has 18 octets, expected at most 15, or 16 with the suffix",
          "lmhosts:7: the quoted name is blank",
          "lmhosts:8: 'b' behind the name, expected a directive or a comment",
          "lmhosts:9: the name is empty, expected 1 to 15 octets",
          "lmhosts:10: group 'ABCDEFGHIJKLMNOP' is 16 octets long, a NetBIOS name has at most 15",
          "lmhosts:11: address '224.0.0.1' cannot be a host's, expected one below 224.0.0.0"));
}

TEST(Lmhosts, LinesNotForUsAreSkippedNotWrong) {
  const auto parsed =
      parse("127.0.0.1 localhost\n2001:db8::1 six\n192.0.2.1 www.example.company.test\n");
  EXPECT_THAT(parsed.mappings, IsEmpty());
  EXPECT_THAT(parsed.problems, IsEmpty());
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("lmhosts:1: '127.0.0.1' is a loopback address",
                          "lmhosts:2: '2001:db8::1' is an IPv6 address",
                          "lmhosts:3: name 'www.example.company.test' is 24 octets long, "
                          "a NetBIOS name has at most 15"));
}

// E, CVE-2014-3560: names of 15 and 16 octets above 0x7f.
TEST(Lmhosts, HighOctetsAreOctetsLikeOthers) {
  const std::string fifteen(15, '\xff');
  const auto parsed = parse("192.0.2.1 " + fifteen + "\n192.0.2.2 \"" + fifteen +
                            "\xfe\"\n192.0.2.3 " + fifteen + "\xfe\n");
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, fifteen, {host_1}),
                                           MapsExactly(MappingKind::unique,
                                                       nbns::make_name(fifteen, 0xfe), {host_2})));
  EXPECT_THAT(parsed.skipped, SizeIs(1));
}

// E
TEST(Lmhosts, NulsAndEndlessLinesAreProblemsOfTheirLineOnly) {
  const std::string text = "192.0.2.1 a\n192.0.2.2 b" + std::string(1, '\0') + "c\n192.0.2.3 " +
                           std::string(1 << 20, 'x') + "\n192.0.2.3 d\n";
  const auto parsed = parse(text);
  EXPECT_THAT(parsed.mappings, ElementsAre(Maps(MappingKind::unique, "A", {host_1}),
                                           Maps(MappingKind::unique, "D", {host_3})));
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre("lmhosts:2: the line holds a NUL octet, expected plain text",
                          "lmhosts:3: the line is 1048586 octets long, expected at most 16384"));
}

TEST(Lmhosts, Utf16IsNamedAsSuchAndUtf8MarksAreNotSeen) {
  EXPECT_THAT(texts(parse("\xff\xfe\x31").problems),
              ElementsAre(HasSubstr("the file is in UTF-16")));
  EXPECT_THAT(parse("\xef\xbb\xbf"
                    "192.0.2.1 a\n")
                  .mappings,
              ElementsAre(Maps(MappingKind::unique, "A", {host_1})));
}

TEST(Lmhosts, MessagesEscapeWhatATerminalWouldObey) {
  EXPECT_THAT(texts(parse("\x1b[2J a\n").problems),
              ElementsAre("lmhosts:1: address '\\x1b[2J' is not an IPv4 address"));
}

TEST(Lmhosts, ReportsAreBoundedAndCounted) {
  std::string text;
  for (int i = 0; i < 1001; ++i) text += "x y\n127.0.0.1 y\n";
  const auto one_more = parse(text);
  EXPECT_EQ(to_text(one_more.problems.back()), "lmhosts: 1 more problem");
  EXPECT_EQ(to_text(one_more.skipped.back()), "lmhosts: 1 more line");
  for (int i = 1001; i < 1500; ++i) text += "x y\n127.0.0.1 y\n";
  const auto parsed = parse(text);
  EXPECT_THAT(parsed.problems, SizeIs(1001));
  EXPECT_EQ(parsed.problem_count, 1500U);
  EXPECT_EQ(to_text(parsed.problems.back()), "lmhosts: 500 more problems");
  EXPECT_EQ(to_text(parsed.skipped.back()), "lmhosts: 500 more lines");
}

}  // namespace
}  // namespace winsome::formats
