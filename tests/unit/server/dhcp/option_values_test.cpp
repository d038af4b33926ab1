#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "server/dhcp/option_table.h"

namespace winsome::dhcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Bytes = std::vector<std::uint8_t>;
using Texts = std::vector<std::string>;

Result<Bytes, std::string> parse(std::uint8_t code, const Texts& values) {
  return parse_option(code, values);
}

std::string refusal(std::uint8_t code, const Texts& values) {
  const auto octets = parse(code, values);
  return octets ? "accepted" : octets.error();
}

/// Text and octets of one value, both ways.
struct Sample {
  std::uint8_t code = 0;
  Texts texts;
  Bytes octets;
};

TEST(OptionValues, EveryTypeReadsAndPrints) {
  const std::vector<Sample> samples = {
      {19, {"true"}, {1}},
      {19, {"false"}, {0}},
      {23, {"64"}, {64}},
      {26, {"1500"}, {0x05, 0xdc}},
      {2, {"-3600"}, {0xff, 0xff, 0xf1, 0xf0}},
      {51, {"1h30m"}, {0, 0, 0x15, 0x18}},
      {51, {"infinite"}, {255, 255, 255, 255}},
      {51, {"0s"}, {0, 0, 0, 0}},
      {28, {"192.0.2.255"}, {192, 0, 2, 255}},
      {3, {"192.0.2.1", "192.0.2.2"}, {192, 0, 2, 1, 192, 0, 2, 2}},
      {33, {"192.0.2.0 192.0.2.1"}, {192, 0, 2, 0, 192, 0, 2, 1}},
      {12, {"printer-7"}, {'p', 'r', 'i', 'n', 't', 'e', 'r', '-', '7'}},
      {77, {"ab", "c"}, {2, 'a', 'b', 1, 'c'}},  // RFC 3004 4
      {55, {"1", "3", "44"}, {1, 3, 44}},
      {93, {"7", "9"}, {0, 7, 0, 9}},  // RFC 4578 2.1
      {46, {"H-node"}, {8}},           // RFC 2132 8.7
      {119, {"a.example", "b.example"}, {1, 'a', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0,
                                         1, 'b', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0}},
      {121,
       {"10.17.0.0/16 192.0.2.1", "0.0.0.0/0 192.0.2.2", "10.128.0.0/9 192.0.2.3"},
       {16, 10, 17, 192, 0, 2, 1, 0, 192, 0, 2, 2, 9, 10, 128, 192, 0, 2, 3}},  // RFC 3442
      {43, {"01:02:ff"}, {1, 2, 255}},
      {224, {"0a"}, {10}},
      {80, {}, {}},  // RFC 4039
  };
  for (const auto& [code, texts, octets] : samples) {
    EXPECT_EQ(parse(code, texts), octets) << option_name(code);
    EXPECT_EQ(format_option(code, octets), texts) << option_name(code);
  }
}

TEST(OptionValues, ReadsOtherSpellings) {
  EXPECT_EQ(parse(51, {"90m"}), parse(51, {"1h30m"}));
  EXPECT_EQ(parse(46, {"8"}), (Bytes{8}));
  EXPECT_EQ(parse(119, {"example.org."}), parse(119, {"example.org"}));
  EXPECT_EQ(parse(121, {"192.0.2.7/32 192.0.2.1"}), parse(121, {"192.0.2.7 192.0.2.1"}));
}

TEST(OptionValues, SaysWhatItExpected) {
  EXPECT_EQ(refusal(3, {"192.0.2.1", "10.0.0"}), "expected an address, found '10.0.0'");
  EXPECT_EQ(refusal(3, {}), "expected an address, found nothing");
  EXPECT_EQ(refusal(1, {"255.0.0.0", "255.0.0.0"}), "expected one value, found 2");
  EXPECT_EQ(refusal(23, {"256"}), "expected a number from 0 to 255, found '256'");
  EXPECT_EQ(refusal(46, {"X-node"}),
            "expected 'B-node', 'P-node', 'M-node' or 'H-node', found 'X-node'");
  EXPECT_EQ(refusal(224, {"text"}), "expected octets such as '01:ff:0a', found 'text'");
  EXPECT_EQ(refusal(55, Texts(1'025, "1")), "expected at most 1024 octets in all");
}

TEST(OptionValues, RefusesWhatIsNotOfTheType) {
  const std::vector<Sample> samples = {
      {19, {"yes"}, {}},
      {23, {""}, {}},
      {23, {"+1"}, {}},
      {23, {"1 "}, {}},
      {51, {""}, {}},
      {51, {"90"}, {}},
      {51, {"m"}, {}},
      {51, {"1m1h"}, {}},
      {51, {"1m1m"}, {}},
      {51, {"-1m"}, {}},
      {51, {"4294967295s"}, {}},
      {51, {"4294967295d"}, {}},
      {33, {"192.0.2.0"}, {}},
      {33, {"192.0.2.0  192.0.2.1"}, {}},
      {12, {""}, {}},
      {12, {"p\n"}, {}},
      {12, {"\xc3\xa4"}, {}},
      {77, {""}, {}},
      {77, {std::string(256, 'x')}, {}},
      {119, {""}, {}},
      {119, {"."}, {}},
      {119, {"a..b"}, {}},
      {119, {"a b"}, {}},
      {119, {std::string(64, 'x')}, {}},
      {121, {"192.0.2.1/24 192.0.2.1"}, {}},
      {121, {"192.0.2.0/33 192.0.2.1"}, {}},
      {121, {"192.0.2.0/24"}, {}},
  };
  for (const auto& [code, texts, octets] : samples) {
    EXPECT_NE(refusal(code, texts), "accepted") << option_name(code) << ' ' << texts.front();
  }
}

// RFC 2131 4.1: what the message is made of is nobody's to configure.
TEST(OptionValues, RefusesWhatFramesTheMessage) {
  for (const int code : {0, 52, 53, 255}) {
    EXPECT_NE(refusal(static_cast<std::uint8_t>(code), {"1"}), "accepted") << code;
  }
}

TEST(OptionValues, ShowsOctetsWhereTheValueDoesNotFit) {
  EXPECT_THAT(format_option(3, Bytes{192, 0, 2}), ElementsAre("c0:00:02"));
  EXPECT_THAT(format_option(3, Bytes{192, 0, 2, 1, 7}), ElementsAre("c0:00:02:01:07"));
  EXPECT_THAT(format_option(1, Bytes(8, 1)), ElementsAre("01:01:01:01:01:01:01:01"));
  EXPECT_THAT(format_option(19, Bytes{2}), ElementsAre("02"));
  EXPECT_THAT(format_option(46, Bytes{3}), ElementsAre("03"));
  EXPECT_THAT(format_option(12, Bytes{'a', 0xe4}), ElementsAre("61:e4"));
  EXPECT_THAT(format_option(121, Bytes{33, 0, 0, 0, 0, 0}), ElementsAre("21:00:00:00:00:00"));
  EXPECT_THAT(format_option(121, Bytes{16, 10}), ElementsAre("10:0a"));
  EXPECT_THAT(format_option(3, Bytes{}), IsEmpty());
}

TEST(OptionValues, TextLosesZerosAtItsEnd) {
  EXPECT_THAT(format_option(12, Bytes{'a', 0, 0}), ElementsAre("a"));
}

// RFC 3004 4 counts the texts; iPXE and others send one without its length.
TEST(OptionValues, AUserClassWithoutLengthIsOneText) {
  EXPECT_THAT(format_option(77, Bytes{'i', 'P', 'X', 'E'}), ElementsAre("iPXE"));
  EXPECT_THAT(format_option(77, Bytes{9, 'i', 'P'}), ElementsAre("09:69:50"));
}

// RFC 3397 2: pointers count from the beginning of the option.
TEST(OptionValues, FollowsPointersInSearchLists) {
  EXPECT_THAT(
      format_option(119, Bytes{3, 'e', 'n', 'g', 5,   'a', 'p', 'p', 'l', 'e', 3,   'c',  'o', 'm',
                               0, 9,   'm', 'a', 'r', 'k', 'e', 't', 'i', 'n', 'g', 0xc0, 4}),
      ElementsAre("eng.apple.com", "marketing.apple.com"));
}

TEST(OptionValues, PointersThatLeadNowhereShowOctets) {
  EXPECT_THAT(format_option(119, Bytes{0xc0, 0}), ElementsAre("c0:00"));  // itself
  EXPECT_THAT(format_option(119, Bytes{1, 'a', 0xc0, 0}), ElementsAre("01:61:c0:00"));
  EXPECT_THAT(format_option(119, Bytes{0xc0, 2, 0xc0, 0}), ElementsAre("c0:02:c0:00"));
  EXPECT_THAT(format_option(119, Bytes{0xc0}), ElementsAre("c0"));
  EXPECT_THAT(format_option(119, Bytes{5, 'a'}), ElementsAre("05:61"));
  EXPECT_THAT(format_option(119, Bytes{1, '.', 0}), ElementsAre("01:2e:00"));
  EXPECT_THAT(format_option(119, Bytes{0}), ElementsAre("00"));
  EXPECT_THAT(format_option(119, Bytes{64, 'a', 0}), ElementsAre("40:61:00"));
}

TEST(OptionValues, ASearchListOfPointersStaysSmall) {
  Bytes octets{1, 'a', 0};
  for (int i = 0; i < 1'000; ++i) octets.insert(octets.end(), {0xc0, 0});
  EXPECT_EQ(format_option(119, octets).size(), 1U);  // as octets
}

TEST(OptionValues, TextOfAnOptionHasItsName) {
  EXPECT_EQ(option_text(3, Bytes{192, 0, 2, 1, 192, 0, 2, 2}), "routers 192.0.2.1, 192.0.2.2");
  EXPECT_EQ(option_text(224, Bytes{1, 2}), "option-224 01:02");
  EXPECT_EQ(option_text(80, Bytes{}), "rapid-commit");
}

TEST(SubOptions, AreReadToTheEnd) {
  const Bytes octets{1, 2, 'x', '1', 0, 2, 0, 255, 9, 9};
  const auto found = sub_options(octets);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].code, relay::circuit_id);
  EXPECT_EQ((*found)[0].value.size(), 2U);
  EXPECT_EQ((*found)[1].code, relay::remote_id);
  EXPECT_TRUE((*found)[1].value.empty());
}

TEST(SubOptions, RefusesALengthThatPointsPastTheEnd) {
  EXPECT_FALSE(sub_options(Bytes{1}));
  EXPECT_FALSE(sub_options(Bytes{1, 2, 'x'}));
  EXPECT_FALSE(sub_options(Bytes{1, 1, 'x', 2, 255}));
}

}  // namespace
}  // namespace winsome::dhcp
