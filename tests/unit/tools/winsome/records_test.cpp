#include "tools/winsome/records.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;
using testing::Not;

constexpr Style json{.json = true, .colour = false};

v1::Record record() {
  v1::Record made;
  made.set_name("CORP<1C>");
  made.set_type(v1::RECORD_TYPE_SPECIAL_GROUP);
  made.set_state(v1::RECORD_STATE_ACTIVE);
  made.set_node(v1::NODE_TYPE_H);
  made.set_owner("192.0.2.10");
  made.set_version(5'000'000'000);
  made.mutable_due()->set_seconds(1'700'000'000);
  auto& member = *made.add_members();
  member.set_address("192.0.2.1");
  member.set_owner("192.0.2.20");
  made.add_members()->set_address("192.0.2.2");
  return made;
}

TEST(Records, ARowStandsUnderItsHeader) {
  const auto header = record_header({});
  const auto row = record_row(record(), {});
  EXPECT_EQ(row.find("special-group"), header.find("TYPE"));
  EXPECT_EQ(row.find("active"), header.find("STATE"));
  EXPECT_EQ(row.find("192.0.2.10"), header.find("OWNER"));
  EXPECT_EQ(row.find("2023-11-14T22:13:20Z"), header.find("EXPIRES"));
  EXPECT_THAT(row, HasSubstr("192.0.2.1,192.0.2.2\n"));
}

TEST(Records, ARecordThatStaysNeverExpires) {
  auto forever = record();
  forever.clear_due();
  forever.set_is_static(true);
  EXPECT_THAT(record_row(forever, {}), HasSubstr("never"));
  EXPECT_THAT(record_row(forever, json), Not(HasSubstr("expires")));
}

TEST(Records, ShowWhereTheyComeFrom) {
  auto made = record();
  EXPECT_THAT(record_details(made, {}), HasSubstr("SOURCE    dynamic"));
  made.set_fed(true);
  EXPECT_THAT(record_details(made, {}), HasSubstr("SOURCE    lease"));
  const auto row = record_row(made, {});
  EXPECT_EQ(row.find("lease"), record_header({}).find("SOURCE"));
  EXPECT_THAT(record_row(made, json), HasSubstr(R"("fed":true)"));
  made.set_fed(false);
  made.set_is_static(true);
  EXPECT_THAT(record_details(made, {}), HasSubstr("SOURCE    static"));
}

TEST(Records, JsonIsOneLineWithItsVersionAsAString) {
  const auto line = record_row(record(), json);
  EXPECT_EQ(line, R"({"name":"CORP<1C>","type":"special-group","state":"active","node":"H",)"
                  R"("static":false,"fed":false,"owner":"192.0.2.10","version":"5000000000",)"
                  R"("expires":"2023-11-14T22:13:20Z","members":[)"
                  R"({"address":"192.0.2.1","owner":"192.0.2.20"},{"address":"192.0.2.2"}]})"
                  "\n");
  EXPECT_EQ(record_header(json), "");
}

TEST(Records, DetailsSayWhatASuffixMeansAndWhoOwnsAMember) {
  const auto details = record_details(record(), {});
  EXPECT_THAT(details, HasSubstr("CORP<1C>  (domain controllers)"));
  EXPECT_THAT(details, HasSubstr("192.0.2.1, registered at 192.0.2.20"));
}

TEST(Records, WordsAreReadAsTheyAreShown) {
  for (const auto* word : {"unique", "group", "special-group", "multihomed"}) {
    ASSERT_TRUE(record_type(word)) << word;
    EXPECT_EQ(to_text(*record_type(word)), word);
  }
  for (const auto* word : {"active", "released", "tombstone"}) {
    ASSERT_TRUE(record_state(word)) << word;
    EXPECT_EQ(to_text(*record_state(word)), word);
  }
  EXPECT_FALSE(record_type("?"));
}

TEST(Counts, ADryRunSaysWhatWouldHappen) {
  v1::ChangeCounts counts;
  counts.set_added(12);
  counts.set_changed(3);
  EXPECT_EQ(counts_text(counts, true), "would add 12, change 3, delete 0");
  EXPECT_EQ(counts_text(counts, false), "added 12, changed 3, deleted 0");
  counts.set_unchanged(2);
  EXPECT_EQ(counts_text(counts, false), "added 12, changed 3, deleted 0 (2 unchanged)");
}

}  // namespace
}  // namespace winsome::cli
