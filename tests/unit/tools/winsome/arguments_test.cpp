#include "tools/winsome/arguments.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string parsed(std::string_view text, bool as_typed = false) {
  const auto name = name_argument(text, as_typed);
  return name ? nbns::to_text(*name) : name.error();
}

TEST(NameArgument, TakesEveryUsualSpelling) {
  EXPECT_EQ(parsed("FRED<1b>"), "FRED<1B>");
  EXPECT_EQ(parsed("FRED#1B"), "FRED<1B>");
  EXPECT_EQ(parsed("fred"), "FRED<20>");
  EXPECT_EQ(parsed("corp<1C>.scope.example"), "CORP<1C>.scope.example");
  EXPECT_EQ(parsed("\\x01\\x02__MSBROWSE__\\x02<01>"), "\\x01\\x02__MSBROWSE__\\x02<01>");
}

TEST(NameArgument, KeepsLettersAsTypedWhenAsked) {
  EXPECT_EQ(parsed("fred", true), "fred<20>");
}

TEST(NameArgument, SaysWhatItExpected) {
  EXPECT_THAT(parsed("FRED<2>"), HasSubstr("'FRED<20>'"));
  EXPECT_THAT(parsed("SIXTEEN-OCTETS-X"), HasSubstr("at most 15"));
}

TEST(NameArgument, WhatCannotBeUndoneNeedsASuffix) {
  EXPECT_TRUE(whole_name_argument("FRED#20", false));
  EXPECT_THAT(whole_name_argument("FRED", false).error(), HasSubstr("name show FRED"));
}

TEST(SuffixArgument, TakesHexadecimalInEveryUsualSpelling) {
  for (const auto* text : {"1C", "1c", "0x1C", "<1C>", "1Ch"}) {
    EXPECT_EQ(suffix_argument(text), 0x1c) << text;
  }
  EXPECT_EQ(suffix_argument("0"), 0x00);
  for (const auto* text : {"", "1G", "100", "-1", "<>", "0x"}) {
    EXPECT_FALSE(suffix_argument(text)) << text;
  }
}

TEST(Targets, AreAddressesAndOneServerInAnyOrder) {
  const auto targets = targets_argument({"192.0.2.1", "@wins.example", "192.0.2.2"});
  ASSERT_TRUE(targets) << targets.error();
  EXPECT_THAT(targets->addresses, ElementsAre(Ipv4(192, 0, 2, 1), Ipv4(192, 0, 2, 2)));
  EXPECT_EQ(targets->server, "wins.example");
}

TEST(Targets, DefaultToTheServerOfThisHost) {
  const auto targets = targets_argument({});
  ASSERT_TRUE(targets);
  EXPECT_EQ(targets->server, "127.0.0.1");
}

TEST(Targets, RefuseWhatIsNeither) {
  EXPECT_THAT(targets_argument({"192.0.2"}).error(), HasSubstr("'192.0.2'"));
  EXPECT_THAT(targets_argument({"@a", "@b"}).error(), HasSubstr("more than one"));
  EXPECT_THAT(targets_argument({"@"}).error(), HasSubstr("lacks its server"));
}

TEST(ServerArgument, MayCarryAPort) {
  EXPECT_EQ(server_argument("192.0.2.10", 137), (Endpoint{Ipv4(192, 0, 2, 10), 137}));
  EXPECT_EQ(server_argument("192.0.2.10:1137", 137), (Endpoint{Ipv4(192, 0, 2, 10), 1137}));
}

}  // namespace
}  // namespace winsome::cli
