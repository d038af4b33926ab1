#include "tools/winsome/reservations.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::HasSubstr;

ReservationFlags flags() {
  ReservationFlags made;
  made.address = "192.0.2.7";
  made.hardware = "0:1b:44:11:3a:b7";
  made.name = "laser";
  return made;
}

TEST(Reservations, ARequestSaysWhatTheFlagsDo) {
  auto typed = flags();
  typed.options = {"routers=192.0.2.1", "option-224=01"};
  typed.lease = "8h";
  typed.boot_file = "boot/a";
  typed.boot_server = "192.0.2.5";
  typed.scope = "office";
  const auto request = reservation_request(typed);
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->hardware(), "00:1b:44:11:3a:b7");
  EXPECT_EQ(request->name(), "laser");
  EXPECT_EQ(request->scope(), "office");
  EXPECT_EQ(request->parameters().options_size(), 2);
  EXPECT_EQ(request->parameters().lease().seconds(), 28'800);
  EXPECT_EQ(request->parameters().boot().file(), "boot/a");
  EXPECT_EQ(request->parameters().boot().server(), "192.0.2.5");
}

TEST(Reservations, ExactlyOneClientIsNamed) {
  auto typed = flags();
  typed.hardware.clear();
  EXPECT_THAT(reservation_request(typed).error(), HasSubstr("one of --hardware"));
  typed.client_id = "\"box\"";
  EXPECT_EQ(reservation_request(typed)->client_id(), "\"box\"");
  typed.circuit = "eth0/7";
  EXPECT_THAT(reservation_request(typed).error(), HasSubstr("one of --hardware"));
  typed.client_id.clear();
  EXPECT_EQ(reservation_request(typed)->circuit(), "eth0/7");
}

TEST(Reservations, WrongFlagsSayWhatWasExpected) {
  auto typed = flags();
  typed.hardware = "00:1b";
  EXPECT_THAT(reservation_request(typed).error(), HasSubstr("00:1b:44:11:3a:b7"));
  typed = flags();
  typed.address = "192.0.2";
  EXPECT_THAT(reservation_request(typed).error(), HasSubstr("'192.0.2'"));
  typed = flags();
  typed.boot_server = "boot";
  EXPECT_THAT(reservation_request(typed).error(), HasSubstr("'boot'"));
}

TEST(Reservations, ARowStandsUnderItsHeader) {
  auto reservation = *reservation_request(flags());
  reservation.set_scope("office");
  const auto header = reservation_header({});
  const auto row = reservation_row(reservation, {});
  EXPECT_EQ(row.find("192.0.2.7"), header.find("ADDRESS"));
  EXPECT_EQ(row.find("00:1b:44:11:3a:b7"), header.find("CLIENT"));
  EXPECT_EQ(row.find("laser"), header.find("NAME"));
  EXPECT_EQ(row.find("tools"), header.find("FROM"));
  EXPECT_EQ(row.find("office"), header.find("SCOPE"));
  reservation.set_configured(true);
  reservation.mutable_parameters()->set_infinite(true);
  EXPECT_THAT(reservation_row(reservation, {}), HasSubstr("configuration"));
  EXPECT_THAT(reservation_row(reservation, {}), HasSubstr("infinite"));
}

TEST(Reservations, JsonNamesTheClientByWhatItIsKnownBy) {
  auto typed = flags();
  typed.hardware.clear();
  typed.circuit = "eth0/7";
  EXPECT_EQ(reservation_row(*reservation_request(typed), Style{.json = true, .colour = false}),
            R"({"address":"192.0.2.7","circuit":"\"eth0/7\"","name":"laser","scope":"",)"
            R"("configured":false,"options":{}})"
            "\n");
}

TEST(Reservations, TravelBothWays) {
  formats::ReservationRow row;
  row.reservation.address = Ipv4(192, 0, 2, 7);
  row.reservation.name = "laser";
  row.reservation.hardware = dhcp::parse_hardware("6/00:1b:44:11:3a:b7");
  v1::Reservation by_hardware;
  fill(by_hardware, row);
  EXPECT_EQ(to_reservation(by_hardware), row.reservation);
  row.reservation.hardware.reset();
  row.reservation.circuit = {0, 1, 0xff};
  v1::Reservation by_circuit;
  fill(by_circuit, row);
  EXPECT_EQ(to_reservation(by_circuit), row.reservation);
  EXPECT_FALSE(to_reservation(v1::Reservation()));
}

}  // namespace
}  // namespace winsome::cli
