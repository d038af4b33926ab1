#include "tools/winsome/scopes.h"

#include <gmock/gmock.h>

#include "tools/winsome/parameters.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;
using testing::Not;

v1::GetScopeResponse response() {
  v1::GetScopeResponse made;
  auto& scope = *made.mutable_scope();
  scope.set_name("office");
  scope.set_comment("second floor");
  scope.set_subnet("192.0.2.0/24");
  auto& pool = *scope.add_pools();
  pool.set_first("192.0.2.100");
  pool.set_last("192.0.2.199");
  pool.add_classes("phones");
  scope.set_addresses(100);
  scope.set_active(40);
  scope.set_declined(2);
  scope.set_reserved(3);
  scope.set_authoritative(true);
  scope.set_feeds_names(true);
  scope.add_suffixes(0x20);
  *scope.mutable_parameters()->add_options() = *option_argument("routers=192.0.2.1");
  *made.mutable_everywhere()->add_options() = *option_argument("routers=198.51.100.1");
  *made.mutable_everywhere()->add_options() = *option_argument("domain-name=example.org");
  made.mutable_everywhere()->mutable_lease()->set_seconds(86'400);
  return made;
}

TEST(Scopes, ARowStandsUnderItsHeader) {
  const auto header = scope_header({});
  const auto row = scope_row(response().scope(), {});
  EXPECT_EQ(row.find("office"), header.find("NAME"));
  EXPECT_EQ(row.find("192.0.2.0/24"), header.find("SUBNET"));
  EXPECT_EQ(row.find("100 "), header.find("ADDRESSES"));
  EXPECT_EQ(row.find("40 "), header.find("ACTIVE"));
  EXPECT_EQ(row.find("58 "), header.find("FREE"));
  EXPECT_EQ(row.find("second floor"), header.find("COMMENT"));
}

TEST(Scopes, AFullScopeHasNothingFree) {
  auto full = response().scope();
  full.set_active(120);  // some reserved outside of the pools
  EXPECT_THAT(scope_row(full, Style{.json = true, .colour = false}), HasSubstr(R"("free":0)"));
}

TEST(Scopes, DetailsSayWhatClientsAreToldAndWhereItComesFrom) {
  const auto text = scope_details(response(), {});
  EXPECT_THAT(text, HasSubstr("office  (second floor)\n"));
  EXPECT_THAT(text, HasSubstr("  POOL        192.0.2.100-192.0.2.199 (for phones)\n"));
  EXPECT_THAT(text, HasSubstr("  ADDRESSES   100: 40 active, 58 free, 2 declined; 3 reserved\n"));
  EXPECT_THAT(text, HasSubstr("  NAMES       registered as NAME<20>\n"));
  EXPECT_THAT(text, HasSubstr("  OPTION      routers 192.0.2.1\n"));
  EXPECT_THAT(text, HasSubstr("  LEASE       1 d  (of all scopes)\n"));
  EXPECT_THAT(text, HasSubstr("  OPTION      domain-name example.org  (of all scopes)\n"));
  EXPECT_THAT(text, Not(HasSubstr("198.51.100.1"))) << "the scope says otherwise";
}

TEST(Scopes, JsonHasBoth) {
  const auto line = scope_details(response(), Style{.json = true, .colour = false});
  EXPECT_THAT(line, HasSubstr(R"("options":{"routers":["192.0.2.1"]},"everywhere":{"options":{)"));
  EXPECT_THAT(line, HasSubstr(R"("pools":[{"first":"192.0.2.100","last":"192.0.2.199",)"));
}

}  // namespace
}  // namespace winsome::cli
