#include "server/formats/kea_leases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/server/formats/matchers.h"

namespace winsome::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t now = 1'700'000'000;
const std::string header =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,"
    "user_context\n";

ParsedLeases parse(const std::string& rows) {
  return parse_kea_leases(header + rows, "leases", now);
}

TEST(KeaLeases, ARowIsALeaseWithWhatIsLeftOfIt) {
  const auto parsed = parse(
      "192.0.2.7,00:1b:44:11:3a:b7,01:00:1b:44:11:3a:b7,3600,1700001000,1,0,0,laser.example.org.,"
      "0,{}\n");
  EXPECT_THAT(texts(parsed.problems), IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  const auto& lease = parsed.rows[0].lease;
  EXPECT_EQ(lease.address, Ipv4(192, 0, 2, 7));
  EXPECT_EQ(lease.hardware, dhcp::parse_hardware("00:1b:44:11:3a:b7"));
  EXPECT_EQ(lease.client, dhcp::parse_client_id("01:00:1b:44:11:3a:b7"));
  EXPECT_EQ(lease.left, seconds(1000));
  EXPECT_EQ(lease.host_name, "laser.example.org");
  EXPECT_EQ(parsed.rows[0].line, 2U);
}

TEST(KeaLeases, ColumnsAreFoundByTheirNames) {
  const auto parsed = parse_kea_leases(
      "expire,address,valid_lifetime,client_id,hwaddr\n1700000009,192.0.2.7,60,01:02,\n", "leases",
      now);
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].lease.left, seconds(9));
  EXPECT_EQ(parsed.rows[0].lease.hardware.length, 0);
}

TEST(KeaLeases, TheLastRowOfAnAddressCounts) {
  const auto parsed = parse(
      "192.0.2.1,02:00:00:00:00:01,,60,1700000010,1,0,0,old,0,\n"
      "192.0.2.2,02:00:00:00:00:02,,60,1700000010,1,0,0,gone,0,\n"
      "192.0.2.1,02:00:00:00:00:03,,60,1700000020,1,0,0,new,0,\n"
      "192.0.2.2,02:00:00:00:00:02,,0,1700000010,1,0,0,gone,0,\n");
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].lease.host_name, "new");
  EXPECT_EQ(parsed.rows[0].line, 4U);
  EXPECT_THAT(texts(parsed.skipped), ElementsAre("leases:5: 192.0.2.2: the lease has ended"));
}

TEST(KeaLeases, AnInfiniteLifeNeverEnds) {
  const auto parsed = parse("192.0.2.1,02:00:00:00:00:01,,4294967295,0,1,0,0,,0,\n");
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].lease.left, dhcp::forever);
}

TEST(KeaLeases, WhatNobodyHasIsSkipped) {
  const auto parsed = parse(
      "192.0.2.1,02:00:00:00:00:01,,60,1700000000,1,0,0,,0,\n"
      "192.0.2.2,,,86400,1700009999,1,0,0,,1,\n"
      "192.0.2.3,02:00:00:00:00:03,,60,1700009999,1,0,0,,2,\n"
      "192.0.2.4,,,60,1700009999,1,0,0,,0,\n");
  EXPECT_THAT(parsed.rows, IsEmpty());
  EXPECT_THAT(texts(parsed.skipped),
              ElementsAre("leases:2: 192.0.2.1: the lease has ended",
                          "leases:3: 192.0.2.2: the address is declined",
                          "leases:4: 192.0.2.3: the lease has ended",
                          "leases:5: 192.0.2.4: it says nothing of its client"));
}

TEST(KeaLeases, EscapesInNamesAreRead) {
  const auto parsed = parse(
      "192.0.2.1,02:00:00:00:00:01,,60,1700000010,1,0,0,a&#x2cb&#x,0,\n"
      "192.0.2.2,02:00:00:00:00:02,,60,1700000010,1,0,0,a&#x0ab,0,\n");
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].lease.host_name, "a,b&#x");
  EXPECT_EQ(parsed.rows[1].lease.host_name, "") << "no name with a line end in it";
}

TEST(KeaLeases, WhatIsWrongIsAProblemWithItsLine) {
  const auto parsed = parse(
      "192.0.2,02:00:00:00:00:01,,60,1700000010,1,0,0,,0,\n"
      "192.0.2.2,zz,,60,1700000010,1,0,0,,0,\n192.0.2.3,02:00:00:00:00:03,x,60,1700000010\n"
      "192.0.2.4,02:00:00:00:00:04,,-1,1700000010,1,0,0,,0,\n" +
      std::string(1000, ',') + "\n192.0.2.6\n");
  EXPECT_THAT(parsed.rows, IsEmpty());
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre(HasSubstr("leases:2: address '192.0.2'"), HasSubstr(":3: hwaddr 'zz'"),
                          HasSubstr(":4: client_id 'x'"), HasSubstr(":5: valid_lifetime '-1'"),
                          HasSubstr(":6: more fields than the 11 columns"),
                          HasSubstr(":7: valid_lifetime ''")));
}

TEST(KeaLeases, AFileWithoutItsHeaderIsNone) {
  const auto parsed =
      parse_kea_leases("192.0.2.1,02:00:00:00:00:01,,60,1,1,0,0,,0,\n", "leases", 0);
  EXPECT_THAT(parsed.rows, IsEmpty());
  EXPECT_THAT(texts(parsed.problems),
              ElementsAre(HasSubstr("leases:1: there is no column 'address'")));
}

}  // namespace
}  // namespace winsome::formats
