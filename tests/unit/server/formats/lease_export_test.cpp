#include "server/formats/lease_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace winsome::formats {
namespace {

TEST(LeaseExport, ALeaseIsALineOfCsv) {
  ExportedLease lease;
  lease.address = "192.0.2.7";
  lease.hardware = "00:1b:44:11:3a:b7";
  lease.client = "\"a,b\"";
  lease.host_name = "=1+1";
  lease.scope = "office";
  lease.state = "active";
  lease.granted = 1'700'000'000;
  std::string out;
  append_lease_csv(out, lease);
  EXPECT_EQ(out,
            "192.0.2.7,00:1b:44:11:3a:b7,\"\"\"a,b\"\"\",'=1+1,office,active,"
            "2023-11-14T22:13:20Z,Infinite,,,\r\n");
}

TEST(LeaseExport, AReservationIsATableOfTheConfiguration) {
  dhcp::Reservation reservation;
  reservation.hardware = dhcp::parse_hardware("00:1b:44:11:3a:b7");
  reservation.address = Ipv4(192, 0, 2, 7);
  reservation.name = "la\"ser";
  reservation.parameters.lease = std::chrono::hours(36);
  reservation.parameters.boot = {"boot/a", "", Ipv4(192, 0, 2, 5)};
  reservation.parameters.options[3] = {192, 0, 2, 1, 192, 0, 2, 2};
  std::string out;
  append_reservation_toml(out, reservation);
  EXPECT_EQ(out,
            "[[dhcp.scope.reservation]]\n"
            "address = \"192.0.2.7\"\n"
            "hardware = \"00:1b:44:11:3a:b7\"\n"
            "name = \"la\\\"ser\"\n"
            "lease = \"1d12h\"\n"
            "boot.file = \"boot/a\"\n"
            "boot.server = \"192.0.2.5\"\n"
            "options.routers = [\"192.0.2.1\", \"192.0.2.2\"]\n\n");
}

TEST(LeaseExport, ClientsMayBeKnownByIdentifierOrCircuit) {
  dhcp::Reservation reservation;
  reservation.client = dhcp::parse_client_id("\"box\"");
  reservation.circuit = {1, 2, 0xff};
  reservation.parameters.lease = dhcp::forever;
  std::string out;
  append_reservation_toml(out, reservation);
  EXPECT_THAT(out, testing::HasSubstr("client_id = \"\\\"box\\\"\"\n"));
  EXPECT_THAT(out, testing::HasSubstr("circuit_id = \"01:02:ff\"\n"));
  EXPECT_THAT(out, testing::HasSubstr("lease = \"infinite\"\n"));
}

}  // namespace
}  // namespace winsome::formats
