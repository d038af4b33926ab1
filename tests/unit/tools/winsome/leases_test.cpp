#include "tools/winsome/leases.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;

v1::Lease lease() {
  v1::Lease made;
  made.set_address("192.0.2.7");
  made.set_state(v1::LEASE_STATE_ACTIVE);
  made.set_hardware("00:1b:44:11:3a:b7");
  made.set_client_id("01:00:1b:44:11:3a:b7");
  made.set_host_name("laser");
  made.set_scope("office");
  made.mutable_granted()->set_seconds(1'700'000'000);
  made.mutable_due()->set_seconds(1'700'003'600);
  made.set_name_state(v1::LEASE_NAME_STATE_REGISTERED);
  made.set_netbios_name("LASER");
  made.add_suffixes(0x00);
  made.add_suffixes(0x20);
  return made;
}

TEST(Leases, ARowStandsUnderItsHeader) {
  const auto header = lease_header({});
  const auto row = lease_row(lease(), {});
  EXPECT_EQ(row.find("192.0.2.7"), header.find("ADDRESS"));
  EXPECT_EQ(row.find("00:1b:44:11:3a:b7"), header.find("CLIENT"));
  EXPECT_EQ(row.find("laser"), header.find("NAME"));
  EXPECT_EQ(row.find("active"), header.find("STATE"));
  EXPECT_EQ(row.find("2023-11-14T23:13:20Z"), header.find("EXPIRES"));
  EXPECT_EQ(row.find("office"), header.find("SCOPE"));
}

TEST(Leases, AClientWithoutHardwareIsShownByItsIdentifier) {
  auto without = lease();
  without.clear_hardware();
  without.clear_due();
  EXPECT_THAT(lease_row(without, {}), HasSubstr("01:00:1b:44:11:3a:b7"));
  EXPECT_THAT(lease_row(without, {}), HasSubstr("never"));
}

TEST(Leases, DetailsSayWhatBecameOfTheName) {
  EXPECT_THAT(lease_details(lease(), {}),
              HasSubstr("  NETBIOS   LASER<00><20>: in the name database\n"));
  auto refused = lease();
  refused.set_name_state(v1::LEASE_NAME_STATE_REFUSED);
  EXPECT_THAT(lease_details(refused, {}), HasSubstr("refused: another host has it"));
}

TEST(Leases, JsonHasEveryField) {
  auto one = lease();
  one.set_circuit("\x01\x02");
  EXPECT_EQ(lease_row(one, Style{.json = true, .colour = false}),
            R"({"address":"192.0.2.7","state":"active","hardware":"00:1b:44:11:3a:b7",)"
            R"("client_id":"01:00:1b:44:11:3a:b7","host_name":"laser","scope":"office",)"
            R"("granted":"2023-11-14T22:13:20Z","expires":"2023-11-14T23:13:20Z","bootp":false,)"
            R"("circuit":"01:02","name_state":"registered","netbios_name":"LASER",)"
            R"("suffixes":["00","20"],"dns_name":""})"
            "\n");
}

TEST(Leases, StatesAreTypedAsTheyAreShown) {
  EXPECT_EQ(lease_state("declined"), v1::LEASE_STATE_DECLINED);
  EXPECT_THAT(lease_state("gone").error(), HasSubstr("active, ended, declined"));
}

TEST(Leases, AnExportedLeaseMayBeInfinite) {
  EXPECT_EQ(to_exported(lease()).expires, 1'700'003'600);
  auto infinite = lease();
  infinite.clear_due();
  EXPECT_FALSE(to_exported(infinite).expires);
  EXPECT_EQ(to_exported(infinite).name_state, "registered");
}

TEST(Leases, AnImportedLeaseTravelsWithItsEnd) {
  formats::LeaseRow row;
  row.lease.address = Ipv4(192, 0, 2, 7);
  row.lease.hardware = *dhcp::parse_hardware("00:1b:44:11:3a:b7");
  row.lease.left = seconds(60);
  v1::ImportedLease out;
  fill(out, row, 1'000);
  EXPECT_EQ(out.address(), "192.0.2.7");
  EXPECT_EQ(out.hardware(), "00:1b:44:11:3a:b7");
  EXPECT_EQ(out.client_id(), "");
  EXPECT_EQ(out.expires().seconds(), 1'060);
  row.lease.left = dhcp::forever;
  row.lease.client = dhcp::parse_client_id("\"box\"");
  v1::ImportedLease second;
  fill(second, row, 1'000);
  EXPECT_FALSE(second.has_expires());
  EXPECT_EQ(second.client_id(), "\"box\"");
}

}  // namespace
}  // namespace winsome::cli
