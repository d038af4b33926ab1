#include "tools/winsome/name_flags.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;

TEST(ListRequest, WithoutFlagsFiltersNothing) {
  const auto request = list_request({});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->filter().name_pattern(), "");
  EXPECT_FALSE(request->filter().has_suffix());
  EXPECT_FALSE(request->filter().has_is_static());
  EXPECT_FALSE(request->has_limit());
}

TEST(ListRequest, APatternMayCarryItsSuffix) {
  for (const auto* text : {"file*<1c>", "file*#1C"}) {
    ListFlags flags;
    flags.pattern = text;
    const auto request = list_request(flags);
    ASSERT_TRUE(request) << request.error();
    EXPECT_EQ(request->filter().name_pattern(), "FILE*");
    EXPECT_EQ(request->filter().suffix(), 0x1cU);
  }
}

TEST(ListRequest, EveryFlagFilters) {
  ListFlags flags;
  flags.suffix = "20";
  flags.address = "192.0.2.1";
  flags.owner = "192.0.2.10";
  flags.type = "special-group";
  flags.state = "tombstone";
  flags.only_dynamic = true;
  flags.limit = 7;
  const auto request = list_request(flags);
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->filter().suffix(), 0x20U);
  EXPECT_EQ(request->filter().address(), "192.0.2.1");
  EXPECT_EQ(request->filter().owner(), "192.0.2.10");
  EXPECT_EQ(request->filter().type(), v1::RECORD_TYPE_SPECIAL_GROUP);
  EXPECT_EQ(request->filter().state(), v1::RECORD_STATE_TOMBSTONE);
  EXPECT_TRUE(request->filter().has_is_static());
  EXPECT_FALSE(request->filter().is_static());
  EXPECT_EQ(request->limit(), 7U);
}

TEST(ListRequest, AWrongFlagIsNamed) {
  ListFlags flags;
  flags.state = "dead";
  EXPECT_THAT(list_request(flags).error(), HasSubstr("'dead'"));
  flags = {};
  flags.owner = "nobody";
  EXPECT_THAT(list_request(flags).error(), HasSubstr("'nobody'"));
  flags = {};
  flags.pattern = "FRED<2>x";
  EXPECT_FALSE(list_request(flags));
}

TEST(ListRequest, OfANameMatchesThatNameOnly) {
  const auto request = list_request_of_name("a*b?[c", false);
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->filter().name_pattern(), "A[*]B[?][[]C");
}

AddFlags adding(const std::string& name, const std::vector<std::string>& addresses) {
  AddFlags flags;
  flags.name = name;
  flags.addresses = addresses;
  return flags;
}

TEST(AddRequest, WithoutASuffixStandsForAllRecordsOfItsType) {  // D6
  const auto request = add_request(adding("fred", {"192.0.2.1"}));
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->mapping().type(), v1::MAPPING_TYPE_UNIQUE);
  EXPECT_TRUE(request->mapping().expand());
  EXPECT_EQ(request->mapping().addresses(0), "192.0.2.1");
}

TEST(AddRequest, WithASuffixStandsForItself) {
  const auto request = add_request(adding("FRED<42>", {"192.0.2.1"}));
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->mapping().name(), "FRED<42>");
  EXPECT_FALSE(request->mapping().expand());
}

TEST(AddRequest, TheTypeFollowsFromSuffixAndAddresses) {
  EXPECT_EQ(add_request(adding("FRED", {"192.0.2.1", "192.0.2.2"}))->mapping().type(),
            v1::MAPPING_TYPE_MULTIHOMED);
  EXPECT_EQ(add_request(adding("CORP<1C>", {"192.0.2.1"}))->mapping().type(),
            v1::MAPPING_TYPE_DOMAIN_NAME);
  EXPECT_EQ(add_request(adding("CORP<1E>", {}))->mapping().type(), v1::MAPPING_TYPE_NORMAL_GROUP);
}

TEST(AddRequest, AGivenTypeWins) {
  auto flags = adding("PRINTERS", {"192.0.2.1"});
  flags.type = "internet-group";
  EXPECT_EQ(add_request(flags)->mapping().type(), v1::MAPPING_TYPE_INTERNET_GROUP);
  flags.type = "printers";
  EXPECT_THAT(add_request(flags).error(), HasSubstr("'printers'"));
}

TEST(AddRequest, OnlyANormalGroupGoesWithoutAddress) {
  EXPECT_THAT(add_request(adding("FRED", {})).error(), HasSubstr("needs an address"));
}

}  // namespace
}  // namespace winsome::cli
