#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// N4
TEST(Problems, ShowWhereAnUnknownTableIsAndWhatWasMeant) {
  EXPECT_THAT(
      problems_of("\n\n[admim]\n"),
      ElementsAre("winsome.toml:3:2: error: unknown table 'admim' (did you mean 'admin'?)"));
  EXPECT_THAT(problems_of("[nbns.brust]\nthreshold = 500"),
              ElementsAre("winsome.toml:1:7: error: unknown table 'nbns.brust' "
                          "(did you mean 'nbns.burst'?)"));
}

TEST(Problems, ShowWhereAnUnknownKeyIsAndWhatWasMeant) {
  EXPECT_THAT(problems_of("datadir = \"/srv\""),
              ElementsAre("winsome.toml:1:1: error: unknown key 'datadir' "
                          "(did you mean 'data_dir'?)"));
  EXPECT_THAT(problems_of("[nbns.challenge]\n  Tries = 3"),
              ElementsAre("winsome.toml:2:3: error: unknown key 'Tries' in [nbns.challenge] "
                          "(did you mean 'tries'?)"));
}

TEST(Problems, ShowInWhichTableAKeyBelongs) {
  EXPECT_THAT(problems_of("level = \"info\""),
              ElementsAre("winsome.toml:1:1: error: unknown key 'level' (it belongs in [log])"));
  EXPECT_THAT(problems_of("[admin]\ndata_dir = \"/srv\""),
              ElementsAre("winsome.toml:2:1: error: unknown key 'data_dir' in [admin] "
                          "(it belongs above the first table)"));
}

TEST(Problems, SuggestNothingForWhatIsFarFromEverything) {
  EXPECT_THAT(problems_of("[snmp]\nscope = 1"),
              ElementsAre("winsome.toml:1:2: error: unknown table 'snmp'"));
  EXPECT_THAT(problems_of("[nbns]\nvoice = 1"),
              ElementsAre("winsome.toml:2:1: error: unknown key 'voice' in [nbns]"));
}

TEST(Problems, ShowNothingThatATerminalWouldObey) {
  EXPECT_THAT(problems_of(R"("\u001b[2Jx" = 1)"),
              ElementsAre(R"(winsome.toml:1:1: error: unknown key '\x1b[2Jx')"));
  EXPECT_THAT(problems_of(R"(log.level = "\n\u009b")"),
              ElementsAre("winsome.toml:1:13: error: log.level: expected \"debug\", \"info\", "
                          "\"warning\" or \"error\", found the text \"\\x0a\\xc2\\x9b\""));
}

TEST(Problems, CutTextsThatWouldFillTheScreen) {
  const auto problems = problems_of("log.level = \"" + std::string(5'000, 'a') + "\"");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_LT(problems[0].size(), 200U);
}

TEST(Problems, NameTheKindThatWasExpectedAndTheOneThatWasFound) {
  EXPECT_THAT(problems_of("data_dir = 5"),
              ElementsAre("winsome.toml:1:12: error: data_dir: expected a path in quotes, found "
                          "the integer 5"));
  EXPECT_THAT(problems_of("nbns.migrate_on = \"yes\""),
              ElementsAre("winsome.toml:1:19: error: nbns.migrate_on: expected true or false, "
                          "found the text \"yes\""));
  EXPECT_THAT(problems_of("nbns.netbios_name = 2024-01-01"),
              ElementsAre("winsome.toml:1:21: error: nbns.netbios_name: expected a text in quotes, "
                          "found a date or time"));
  EXPECT_THAT(problems_of("nbns.listen = \"0.0.0.0:137\""),
              ElementsAre("winsome.toml:1:15: error: nbns.listen: expected a list such as "
                          "[\"0.0.0.0:137\"], found the text \"0.0.0.0:137\""));
  EXPECT_THAT(problems_of("nbns.challenge.tries = 1.5"),
              ElementsAre("winsome.toml:1:24: error: nbns.challenge.tries: expected a whole number "
                          "from 1 to 10, found a number with a fraction"));
  EXPECT_THAT(problems_of("log = true"),
              ElementsAre("winsome.toml:1:7: error: log: expected a table, found true"));
  EXPECT_THAT(problems_of("[[log]]"),
              ElementsAre("winsome.toml:1:1: error: log: expected a table, found a list"));
  EXPECT_THAT(problems_of("data_dir = {}"),
              ElementsAre("winsome.toml:1:12: error: data_dir: expected a path in quotes, found a "
                          "table"));
}

TEST(Problems, RefuseNumbersThatHaveNoUnit) {
  EXPECT_THAT(problems_of("nbns.renewal_interval = 518400"),
              ElementsAre("winsome.toml:1:25: error: nbns.renewal_interval: expected a duration "
                          "such as \"6d\", \"2h30m\" or \"500ms\", found the integer 518400 (say "
                          "of what: \"518400s\"?)"));
}

TEST(Problems, RefuseUnitsThatDoNotExist) {
  EXPECT_THAT(problems_of("nbns.renewal_interval = \"6 days\""),
              ElementsAre("winsome.toml:1:25: error: nbns.renewal_interval: expected a duration "
                          "such as \"6d\", \"2h30m\" or \"500ms\", found the text \"6 days\""));
}

TEST(Problems, RefuseFractionsOfASecondWhereSecondsCount) {
  EXPECT_THAT(problems_of("nbns.renewal_interval = \"1h1ms\""),
              ElementsAre("winsome.toml:1:25: error: nbns.renewal_interval: expected whole "
                          "seconds, found 1h1ms"));
}

TEST(Problems, RefuseNumbersOutOfTheirRange) {
  EXPECT_THAT(problems_of("nbns.answer_threads = 65"),
              ElementsAre("winsome.toml:1:23: error: nbns.answer_threads: expected a whole number "
                          "from 0 to 64, found 65"));
  EXPECT_THAT(problems_of("nbns.challenge_port = 0"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.challenge_port = 65536"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.challenge.tries = 0"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.challenge.tries = 11"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.access.names_per_address = -1"), SizeIs(1));
  EXPECT_THAT(problems_of("nbns.challenge.interval = \"49ms\""),
              ElementsAre("winsome.toml:1:27: error: nbns.challenge.interval: expected a duration "
                          "from 50ms to 10s, found 49ms"));
  EXPECT_THAT(problems_of("nbns.challenge.interval = \"10001ms\""), SizeIs(1));
}

TEST(Problems, PointAtTheElementOfAList) {
  EXPECT_THAT(
      problems_of("[nbns]\nlisten = [\n  \"0.0.0.0:137\",\n  \"192.0.2.1\",\n  7,\n"
                  "  \"0.0.0.0:137\",\n  \"224.0.0.1:137\",\n  \"192.0.2.1:0\"\n]"),
      ElementsAre(
          "winsome.toml:4:3: error: nbns.listen: expected an address and a port such as "
          "\"192.0.2.10:137\", found \"192.0.2.1\"",
          "winsome.toml:5:3: error: nbns.listen: expected a text in quotes, found the integer 7",
          "winsome.toml:6:3: error: nbns.listen: 0.0.0.0:137 stands here twice",
          "winsome.toml:7:3: error: nbns.listen: expected an address and a port such as "
          "\"192.0.2.10:137\", found \"224.0.0.1:137\"",
          "winsome.toml:8:3: error: nbns.listen: expected an address and a port such as "
          "\"192.0.2.10:137\", found \"192.0.2.1:0\""));
}

TEST(Problems, RefuseAServerThatListensNowhere) {
  EXPECT_THAT(problems_of("nbns.listen = []"),
              ElementsAre("winsome.toml:1:15: error: nbns.listen: expected at least one address to "
                          "listen on"));
}

TEST(Problems, ShowTheNetworkWhenHostBitsAreSet) {
  EXPECT_THAT(problems_of("nbns.access.query_from = [\"10.1.2.3/8\"]"),
              ElementsAre("winsome.toml:1:27: error: nbns.access.query_from: 10.1.2.3/8 has host "
                          "bits set; the network is 10.0.0.0/8"));
}

TEST(Problems, RefuseWhatIsNoNetwork) {
  for (const auto* text : {"10.0.0.0/33", "10.0.0/8", "corp", "10.0.0.0/", ""}) {
    const auto problems =
        problems_of("nbns.access.register_from = [\"" + std::string(text) + "\"]");
    EXPECT_THAT(problems, ElementsAre("winsome.toml:1:30: error: nbns.access.register_from: "
                                      "expected a network such as \"192.0.2.0/24\" or an address, "
                                      "found \"" +
                                      std::string(text) + "\""));
  }
}

TEST(Problems, RefuseBlockedNamesThatNobodyCouldRegister) {
  EXPECT_THAT(problems_of("nbns.access.blocked_names = [\"A-VERY-LONG-NAME\", \"\"]"),
              ElementsAre("winsome.toml:1:30: error: nbns.access.blocked_names: expected a name of "
                          "1 to 15 octets, found \"A-VERY-LONG-NAME\" of 16",
                          "winsome.toml:1:50: error: nbns.access.blocked_names: expected a name of "
                          "1 to 15 octets, found \"\" of 0"));
}

TEST(Problems, AreReportedAllAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(problems_of("[nbns]\n"
                          "owner = \"0.0.0.0\"\n"
                          "renewal_interval = \"1m\"\n"
                          "migrate = true\n"
                          "[nbns.burst]\n"
                          "threshold = 1\n"
                          "[log]\n"
                          "level = \"loud\"\n"
                          "[nonsense]\n"),
              ElementsAre(StartsWith("winsome.toml:2:9: error: nbns.owner: "),
                          StartsWith("winsome.toml:3:20: error: nbns.renewal_interval: "),
                          StartsWith("winsome.toml:4:1: error: unknown key 'migrate' in [nbns]"),
                          StartsWith("winsome.toml:6:13: error: nbns.burst.threshold: "),
                          StartsWith("winsome.toml:8:9: error: log.level: "),
                          StartsWith("winsome.toml:9:2: error: unknown table 'nonsense'")));
}

TEST(Problems, ShowWhereTheSyntaxBreaks) {
  const auto problems = problems_of("[log]\nlevel = info\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0], StartsWith("winsome.toml:2:12: error: syntax error while parsing "));
}

TEST(Problems, IncludeAKeyThatStandsTwice) {
  const auto problems = problems_of("[log]\nlevel = \"info\"\nlevel = \"debug\"\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0], StartsWith("winsome.toml:3:"));
}

TEST(Problems, OfFilesThatAreNoConfigurationAreOrdinary) {
  std::string garbage(1'000'000, '\0');
  EXPECT_THAT(problems_of(garbage), SizeIs(1));
  std::uint32_t state = 1;
  std::ranges::generate(garbage, [&] {
    state = state * 1'664'525 + 1'013'904'223;
    return static_cast<char>(state >> 24);
  });
  EXPECT_THAT(problems_of(garbage), SizeIs(1));
  EXPECT_THAT(problems_of(std::string(1'000'000, '[')), SizeIs(1));
  EXPECT_THAT(problems_of("a = " + std::string(999'000, '[')), SizeIs(1));
  EXPECT_THAT(problems_of(std::string("log.level = \"in\0fo\"", 19)), SizeIs(1));
}

TEST(Problems, IncludeLettersBeyondAsciiOutsideOfQuotesAndComments) {
  EXPECT_THAT(
      problems_of("data_dir = \"/srv/\\\"nÃ¤mes\"  # Ã¤\nlog.lÃ©vel = 1"),
      ElementsAre("winsome.toml:2:6: error: syntax error: a letter beyond ASCII, but not in "
                  "quotes"));
  EXPECT_THAT(problems_of("data_dir = '/srv/\\'Ã¤"), SizeIs(1));
  EXPECT_THAT(problems_of("\xef\xbb\xbf"
                          "data_dir = \"/srv/nÃ¤mes\"  # Ã¤"),
              IsEmpty());
}

TEST(Problems, IncludeQuotesInTheMiddleOfAWord) {
  EXPECT_THAT(
      problems_of("nbns.answer_threads = 1\"Ã¤\""),
      ElementsAre("winsome.toml:1:24: error: syntax error: a quote in the middle of a word"));
  EXPECT_THAT(problems_of("\"nbns\".'answer_threads'=\"\"\nlog={\"level\"=\"info\",\"format\"="
                          "\"text\"}\nadmin.socket=\"/run/a\"\ndata_dir\t=\t'a'"),
              SizeIs(1));
}

TEST(Problems, IncludeStringsOfSeveralLines) {
  EXPECT_THAT(problems_of("data_dir = \"\"\"/srv\"\"\""),
              ElementsAre("winsome.toml:1:12: error: strings of several lines are not understood "
                          "here"));
  EXPECT_THAT(problems_of("data_dir = '''/srv'''"), SizeIs(1));
}

TEST(Problems, IncludeBracketsWithoutAKey) {
  for (const auto* text : {"[", "[]", "[.", "[[[a]]]", "[=", "a = {", "a = {,", "a.", "= 1"}) {
    EXPECT_THAT(problems_of(text), SizeIs(1)) << text;
  }
}

/// Each dot outside of quotes is a table in a table; a file of nothing else would exhaust the
/// stack.
TEST(Problems, IncludeMoreDotsThanAnyConfigurationHas) {
  std::string dotted = "a";
  for (int i = 0; i < 400'000; ++i) dotted += ".a";
  EXPECT_THAT(problems_of(dotted + " = 1"),
              ElementsAre("winsome.toml:1:1002: error: more than 500 dots outside of quotes"));
  EXPECT_THAT(problems_of("[" + dotted + "]"), SizeIs(1));
}

TEST(Problems, DoNotIncludeLongListsOfNetworks) {
  std::string text = "# 1.1.1.1 '\nnbns.access.query_from = [";
  for (int i = 0; i < 1'000; ++i) text += i % 2 ? "\"192.0.2.1\"," : "'192.0.2.2',";
  EXPECT_THAT(problems_of(text + "]"), IsEmpty());
}

TEST(Problems, IncludeAFileThatIsTooLong) {
  EXPECT_THAT(problems_of(std::string((16 << 20) + 1, '\n')),
              ElementsAre("winsome.toml: error: longer than 16 MiB, not a configuration"));
}

TEST(Problems, IncludeAFileThatCannotBeRead) {
  const auto missing = load("/does-not-exist/winsome.toml", example_host);
  ASSERT_FALSE(missing);
  ASSERT_THAT(missing.error(), SizeIs(1));
  EXPECT_EQ(to_text(missing.error()[0]),
            "/does-not-exist/winsome.toml: error: cannot be opened: No such file or directory");
  const auto directory = load(std::filesystem::temp_directory_path(), example_host);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error()[0].text, StartsWith("cannot be read: "));
}

}  // namespace
}  // namespace winsome::config
