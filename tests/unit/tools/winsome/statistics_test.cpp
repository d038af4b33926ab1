#include "tools/winsome/statistics.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

using testing::HasSubstr;

admin::v1::GetStatisticsResponse statistics() {
  admin::v1::GetStatisticsResponse made;
  made.set_version("1.2.3");
  made.mutable_started()->set_seconds(1'700'000'000);
  made.mutable_registrations()->set_unique_renewals(17);
  made.mutable_database()->set_version(5'000'000'000);
  auto& drop = *made.add_drops();
  drop.set_name("rate_limited");
  drop.set_value(4);
  return made;
}

TEST(Statistics, AreGroupedUnderHeadings) {
  const auto text = show(statistics(), {});
  EXPECT_THAT(text, HasSubstr("REGISTRATIONS\n"));
  EXPECT_THAT(text, HasSubstr("  unique renewals      17\n"));
  EXPECT_THAT(text, HasSubstr("DROPPED\n  rate limited         4\n"));
  EXPECT_THAT(text, HasSubstr("  started              2023-11-14T22:13:20Z\n"));
}

TEST(Statistics, AStoreThatRefusesStandsOut) {
  EXPECT_THAT(show(statistics(), {}), HasSubstr("  available            NO\n"));
}

TEST(Statistics, LeasesAreCountedWhereThereAreAny) {
  auto all = statistics();
  EXPECT_THAT(show(all, {}), testing::Not(HasSubstr("DHCP")));
  all.mutable_dhcp()->set_active(12);
  auto& received = *all.mutable_dhcp()->add_received();
  received.set_name("discover");
  received.set_value(9);
  EXPECT_THAT(show(all, {}), HasSubstr("  active               12\n"));
  EXPECT_THAT(show(all, {}), HasSubstr("DHCP RECEIVED\n  discover             9\n"));
  EXPECT_THAT(show(all, Style{.json = true, .colour = false}),
              HasSubstr(R"("dhcp_received":{"discover":9})"));
}

TEST(Statistics, ServicesAreCountedWhereSomethingHappened) {
  auto all = statistics();
  EXPECT_THAT(show(all, {}), testing::Not(HasSubstr("SERVICES")));
  auto& counter = *all.add_services();
  counter.set_name("tftp_requests");
  counter.set_value(3);
  EXPECT_THAT(show(all, {}), HasSubstr("SERVICES\n  tftp requests        3\n"));
}

// N7
TEST(Statistics, SayWhenRecordsLastCameFromAPartner) {
  auto all = statistics();
  EXPECT_THAT(show(all, {}), HasSubstr("REPLICATION\n  last pull            never\n"));
  all.mutable_last_pull()->set_seconds(1'700'000'000);
  EXPECT_THAT(show(all, {}), HasSubstr("  last pull            2023-11-14T22:13:20Z\n"));
}

TEST(Statistics, JsonHasTheSameKeys) {
  const auto line = show(statistics(), Style{.json = true, .colour = false});
  EXPECT_THAT(line, HasSubstr(R"("unique_renewals":17)"));
  EXPECT_THAT(line, HasSubstr(R"("last_version":"5000000000")"));
  EXPECT_THAT(line, HasSubstr(R"("dropped":{"rate_limited":4})"));
  EXPECT_THAT(line, HasSubstr(R"("last":"never")"));
}

}  // namespace
}  // namespace winsome::cli
