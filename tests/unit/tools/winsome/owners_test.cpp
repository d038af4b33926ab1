#include "tools/winsome/owners.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;

constexpr Style json{.json = true, .colour = false};
constexpr std::int64_t now = 1'700'000'000;

void hold(v1::Owner& owner, const std::string& partner, std::uint64_t max) {
  auto& holding = *owner.add_holdings();
  holding.set_partner(partner);
  holding.set_max(max);
  holding.mutable_heard()->set_seconds(now - 40);
}

v1::Owner owner() {
  v1::Owner made;
  made.set_owner("192.0.2.1");
  made.set_min(3);
  made.set_max(42);
  made.set_records(20);
  made.set_ours(true);
  hold(made, "east", 42);
  hold(made, "west", 40);
  return made;
}

TEST(Owners, ARowStandsUnderItsHeader) {
  const auto header = owner_header({});
  const auto row = owner_row(owner(), now, {});
  EXPECT_EQ(row.find("192.0.2.1 (us)"), header.find("OWNER"));
  EXPECT_EQ(row.find("3 "), header.find("MIN"));
  EXPECT_EQ(row.find("42"), header.find("MAX"));
  EXPECT_EQ(row.find("20 "), header.find("RECORDS"));
  EXPECT_EQ(row.find("east"), header.find("PARTNERS"));
}

TEST(Owners, EachPartnersLagIsInVersionsAndSaysWhenThatWasKnown) {
  EXPECT_THAT(owner_row(owner(), now, {}),
              HasSubstr("east 42 (level), west 40 (behind by 2 versions, as it said 40 s ago)\n"));
}

TEST(Owners, HowLongAPartnerHasBeenBehindIsSaid) {
  auto made = owner();
  made.mutable_holdings(1)->mutable_behind_since()->set_seconds(now - 3 * 60);
  EXPECT_THAT(
      owner_row(made, now, {}),
      HasSubstr(
          "east 42 (level), west 40 (behind by 2 versions for 3 min, as it said 40 s ago)\n"));
  EXPECT_THAT(owner_row(made, now, json),
              HasSubstr(R"("behind_since":"2023-11-14T22:10:20Z","behind_seconds":180)"));
}

TEST(Owners, OurOwnLagIsSaid) {
  v1::Owner of_east;
  of_east.set_owner("192.0.2.7");
  hold(of_east, "east", 9);
  EXPECT_THAT(owner_row(of_east, now, {}),
              HasSubstr("east 9 (we are behind by 9 versions, as it said 40 s ago)\n"));
}

TEST(Owners, AnOwnerOfWhomNoPartnerSpoke) {
  v1::Owner alone;
  alone.set_owner("192.0.2.7");
  EXPECT_THAT(owner_row(alone, now, {}), HasSubstr("  -\n"));
}

TEST(Owners, JsonKeepsVersionsAsStrings) {
  EXPECT_EQ(owner_row(owner(), now, json),
            R"({"owner":"192.0.2.1","ours":true,"min":"3","max":"42","records":20,"partners":[)"
            R"({"partner":"east","max":"42","behind":"0","ahead":"0",)"
            R"("heard":"2023-11-14T22:12:40Z","heard_seconds_ago":40},)"
            R"({"partner":"west","max":"40","behind":"2","ahead":"0",)"
            R"("heard":"2023-11-14T22:12:40Z","heard_seconds_ago":40}]})"
            "\n");
}

TEST(Verification, SaysWhatWasDifferent) {
  v1::VerifyRequest asked;
  v1::VerifyResponse done;
  done.set_compared(100);
  EXPECT_EQ(show(asked, done, {}), "all owners: 100 records compared, nothing to change\n");
  asked.set_owner("192.0.2.7");
  done.set_different(2);
  done.set_deleted(1);
  EXPECT_EQ(show(asked, done, {}),
            "192.0.2.7: 100 records compared, 2 were different, 1 were gone there; now they are as "
            "there\n");
}

TEST(Verification, OfVersionsListsThem) {
  v1::VerifyRequest asked;
  asked.set_versions_only(true);
  v1::VerifyResponse done;
  done.set_compared(5);
  done.set_different(1);
  done.add_differences("east: 192.0.2.9 up to 7, here up to 5");
  EXPECT_EQ(show(asked, done, {}),
            "east: 192.0.2.9 up to 7, here up to 5\n"
            "all owners: 5 versions compared, 1 different\n");
  EXPECT_THAT(show(asked, done, json),
              HasSubstr(R"("differences":["east: 192.0.2.9 up to 7, here up to 5"])"));
}

TEST(Owners, RemovalSaysHowManyAndWhatFollows) {
  EXPECT_EQ(deleted_text("192.0.2.7", 17, {}),
            "192.0.2.7: 17 records deleted; partners that have them bring them back\n");
  EXPECT_EQ(tombstoned_text("192.0.2.7", 17, {}),
            "192.0.2.7: 17 records tombstoned; they disappear everywhere\n");
  EXPECT_EQ(tombstoned_text("192.0.2.7", 17, json),
            "{\"owner\":\"192.0.2.7\",\"outcome\":\"tombstoned\",\"records\":17}\n");
}

}  // namespace
}  // namespace winsome::cli
