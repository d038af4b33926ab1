#include "server/admin/convert.h"

#include <gmock/gmock.h>

namespace winsome::admin {
namespace {

using testing::HasSubstr;

v1::Mapping mapping(v1::MappingType type, const std::string& name,
                    const std::vector<std::string>& addresses) {
  v1::Mapping made;
  made.set_type(type);
  made.set_name(name);
  for (const auto& address : addresses) made.add_addresses(address);
  return made;
}

TEST(Convert, AnExactNameKeepsEveryOctet) {
  const auto name = exact_name("fr\\xE9d<00>.Scope");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->name, nbns::make_name("fr\xE9"
                                        "d",
                                        0x00));
  EXPECT_EQ(name->scope.view(), "Scope");
}

TEST(Convert, AnExactNameNeedsItsSuffix) {
  EXPECT_THAT(exact_name("FRED").error(), HasSubstr("FRED<20>"));
  EXPECT_FALSE(exact_name("*"));
  EXPECT_FALSE(exact_name(""));
  EXPECT_FALSE(exact_name("SIXTEEN-OCTETS-X<20>"));
}

TEST(Convert, AUniqueMappingStandsForThreeRecords) {  // D6
  auto unique = mapping(v1::MAPPING_TYPE_UNIQUE, "FRED", {"192.0.2.1"});
  unique.set_expand(true);
  const auto records = to_new_records(unique, 0);
  ASSERT_TRUE(records) << records.error();
  ASSERT_EQ(records->size(), 3U);
  EXPECT_EQ(nbns::to_text((*records)[0].name), "FRED<00>");
  EXPECT_EQ(nbns::to_text((*records)[1].name), "FRED<03>");
  EXPECT_EQ(nbns::to_text((*records)[2].name), "FRED<20>");
  EXPECT_TRUE(records->front().is_static);
}

TEST(Convert, AnExactMappingStandsForItself) {
  const auto records =
      to_new_records(mapping(v1::MAPPING_TYPE_DOMAIN_NAME, "CORP<1C>", {"192.0.2.1"}), 0);
  ASSERT_TRUE(records) << records.error();
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(nbns::to_text(records->front().name), "CORP<1C>");
  EXPECT_EQ(records->front().type, names::RecordType::special_group);
}

TEST(Convert, ANormalGroupKeepsNoAddress) {  // D6
  const auto records =
      to_new_records(mapping(v1::MAPPING_TYPE_NORMAL_GROUP, "CORP<00>", {"192.0.2.1"}), 0);
  ASSERT_TRUE(records) << records.error();
  EXPECT_TRUE(records->front().addresses.empty());
}

TEST(Convert, ADynamicRecordBringsWhatIsLeftOfItsLife) {  // D3
  auto dynamic = mapping(v1::MAPPING_TYPE_UNIQUE, "FRED<20>", {"192.0.2.1"});
  dynamic.mutable_expires()->set_seconds(1'000'500);
  dynamic.set_node(v1::NODE_TYPE_H);
  const auto records = to_new_records(dynamic, 1'000'000);
  ASSERT_TRUE(records) << records.error();
  EXPECT_FALSE(records->front().is_static);
  EXPECT_EQ(records->front().life, seconds(500));
  EXPECT_EQ(records->front().node, nbns::NodeType::h);
}

TEST(Convert, ADynamicRecordThatHasExpiredIsRefused) {
  auto dynamic = mapping(v1::MAPPING_TYPE_UNIQUE, "FRED<20>", {"192.0.2.1"});
  dynamic.mutable_expires()->set_seconds(1'000'000);
  EXPECT_THAT(to_new_records(dynamic, 1'000'000).error(), HasSubstr("expired"));
}

TEST(Convert, AMappingThatCannotBeIsRefusedWithItsReason) {
  const auto refusal = [](const v1::Mapping& wrong) {
    const auto records = to_new_records(wrong, 0);
    return records ? std::string("taken") : records.error();
  };
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_UNSPECIFIED, "A<20>", {"192.0.2.1"})),
              HasSubstr("no type"));
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_UNIQUE, "A<20>", {"192.0.2.1", "192.0.2.2"})),
              HasSubstr("one address"));
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_DOMAIN_NAME, "A<1C>", {})), HasSubstr("no address"));
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_UNIQUE, "A<20>", {"300.0.2.1"})),
              HasSubstr("'300.0.2.1'"));
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_UNIQUE, "A<20>", {"224.0.0.1"})),
              HasSubstr("cannot belong to a host"));
  EXPECT_THAT(refusal(mapping(v1::MAPPING_TYPE_MULTIHOMED, "A<20>",
                              std::vector<std::string>(26, "192.0.2.1"))),
              HasSubstr("at most 25"));
}

TEST(Convert, AnActiveStaticRecordHasNoDeadline) {
  names::Record record;
  record.name = {nbns::make_name("FRED", 0x20)};
  record.is_static = true;
  EXPECT_FALSE(to_message(record, 0).has_due());
  record.state = names::State::tombstone;
  EXPECT_TRUE(to_message(record, 0).has_due());
}

TEST(Convert, ADeadlineIsShownByTheWallClock) {
  names::Record record;
  record.due = Instant(milliseconds(1'500));
  const auto due = to_message(record, 1'000'000).due();
  EXPECT_EQ(due.seconds(), 1'001);
  EXPECT_EQ(due.nanos(), 500'000'000);
}

TEST(Convert, AFilterThatCannotBeReadIsRefused) {
  v1::RecordFilter filter;
  filter.set_suffix(256);
  EXPECT_FALSE(to_filter(filter));
  filter.set_suffix(0x1C);
  filter.set_address("here");
  EXPECT_THAT(to_filter(filter).error(), HasSubstr("'here'"));
}

}  // namespace
}  // namespace winsome::admin
