#include "server/admin/lease_messages.h"

#include <gmock/gmock.h>

namespace winsome::admin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

v1::Reservation asked() {
  v1::Reservation message;
  message.set_address("192.0.2.7");
  message.set_hardware("00:1b:44:11:3a:b7");
  message.set_name("laser");
  return message;
}

dhcp::StoredReservation stored(const std::string& scope, std::uint8_t last) {
  dhcp::StoredReservation made;
  made.scope = scope;
  made.reservation.address = Ipv4(192, 0, 2, last);
  return made;
}

std::string error_of(const v1::Reservation& message) {
  const auto row = to_row(message, 0);
  return row ? "" : row.error();
}

TEST(LeaseMessages, ALeaseIsShownWithWallClockTimes) {
  dhcp::Lease lease;
  lease.address = Ipv4(192, 0, 2, 7);
  lease.hardware = *dhcp::parse_hardware("00:1b:44:11:3a:b7");
  lease.client = dhcp::ClientId::of(lease.hardware);
  lease.granted = Instant(seconds(10));
  lease.due = Instant(seconds(20));
  lease.name_state = dhcp::NameState::refused;
  lease.suffixes = {0x00, 0x20};
  const auto message = to_message(lease, 1'000);
  EXPECT_EQ(message.address(), "192.0.2.7");
  EXPECT_EQ(message.hardware(), "00:1b:44:11:3a:b7");
  EXPECT_EQ(message.client_id(), "01:00:1b:44:11:3a:b7");
  EXPECT_EQ(message.granted().seconds(), 11);
  EXPECT_EQ(message.due().seconds(), 21);
  EXPECT_EQ(message.state(), v1::LEASE_STATE_ACTIVE);
  EXPECT_EQ(message.name_state(), v1::LEASE_NAME_STATE_REFUSED);
  EXPECT_THAT(message.suffixes(), ElementsAre(0x00, 0x20));
}

TEST(LeaseMessages, AnInfiniteLeaseIsNeverDueAndAClientMayHaveNoHardware) {
  const auto message = to_message(dhcp::Lease{}, 0);
  EXPECT_FALSE(message.has_due());
  EXPECT_EQ(message.hardware(), "");
}

TEST(LeaseMessages, WhatClientsSayIsMadePrintable) {
  dhcp::Lease lease;
  lease.host_name = "a\x1b[2J\xe4";
  EXPECT_EQ(to_message(lease, 0).host_name(), "a\\x1b[2J\\xe4");
}

TEST(LeaseMessages, AReservationGoesBothWays) {
  dhcp::Reservation reservation;
  reservation.client = dhcp::parse_client_id("\"box\"");
  reservation.address = Ipv4(192, 0, 2, 7);
  reservation.name = "box";
  reservation.parameters.options[3] = {192, 0, 2, 1};
  reservation.parameters.boot = {"boot/a", "boot", Ipv4(192, 0, 2, 5)};
  for (const auto lease :
       {std::optional<seconds>(), std::optional(seconds(60)), std::optional(dhcp::forever)}) {
    reservation.parameters.lease = lease;
    const auto row = to_row(to_message("office", reservation, false), 0);
    ASSERT_TRUE(row) << row.error();
    EXPECT_EQ(row->reservation, reservation);
    EXPECT_EQ(row->scope, "office");
  }
}

TEST(LeaseMessages, AReservationThatCannotBeSaysWhy) {
  EXPECT_EQ(error_of(asked()), "");
  auto message = asked();
  message.set_address("192.0.2");
  EXPECT_EQ(error_of(message), "address '192.0.2' is not an IPv4 address");
  message = asked();
  message.clear_client();
  EXPECT_THAT(error_of(message), HasSubstr("192.0.2.7: it says no client"));
  message.set_hardware("6/");
  EXPECT_EQ(error_of(message), "192.0.2.7: '6/' is no hardware address");
  message.set_client_id("x");
  EXPECT_EQ(error_of(message), "192.0.2.7: 'x' is no client identifier");
  message.set_circuit("");
  EXPECT_THAT(error_of(message), HasSubstr("a circuit of 0 octets"));
  message = asked();
  message.set_name("two words");
  EXPECT_THAT(error_of(message), HasSubstr("name 'two words'"));
  message = asked();
  message.mutable_parameters()->mutable_boot()->set_file(std::string(128, 'x'));
  EXPECT_THAT(error_of(message), HasSubstr("boot file"));
  message = asked();
  message.mutable_parameters()->mutable_lease()->set_seconds(0);
  EXPECT_THAT(error_of(message), HasSubstr("a lease of 0 s"));
}

TEST(LeaseMessages, WhatTheProtocolSaysItselfIsNobodysToReserve) {
  for (const auto code : {0U, 51U, 53U, 82U, 255U, 256U + 3U}) {
    auto message = asked();
    message.mutable_parameters()->add_options()->set_code(code);
    EXPECT_THAT(error_of(message), HasSubstr("is not to be configured")) << code;
  }
}

TEST(LeaseMessages, AnImportedLeaseHasWhatIsLeftOfIt) {
  v1::ImportedLease message;
  message.set_address("192.0.2.7");
  message.set_client_id("01:02");
  EXPECT_EQ(to_row(message, 100)->left, dhcp::forever);
  message.mutable_expires()->set_seconds(160);
  EXPECT_EQ(to_row(message, 100)->left, seconds(60));
  EXPECT_THAT(to_row(message, 160).error(), HasSubstr("has ended"));
  message.mutable_expires()->set_seconds(1LL << 60);
  EXPECT_EQ(to_row(message, 100)->left, dhcp::forever);
}

TEST(LeaseMessages, TextsAreFoundInEveryFieldInAnyCase) {
  dhcp::Lease lease;
  lease.address = Ipv4(192, 0, 2, 7);
  lease.hardware = *dhcp::parse_hardware("00:1b:44:11:3a:b7");
  lease.host_name = "Laser";
  const auto found = [&](const std::string& text) {
    v1::LeaseFilter filter;
    filter.set_text(text);
    return LeaseMatcher(filter)(lease);
  };
  EXPECT_TRUE(found(""));
  EXPECT_TRUE(found("192.0.2."));
  EXPECT_TRUE(found("3A:B7"));
  EXPECT_TRUE(found("LASE"));
  EXPECT_FALSE(found("inkjet"));
}

TEST(LeaseMessages, ReservationsAreInTheOrderOfAddressesAndOnceOnly) {
  dhcp::Configuration configuration;
  configuration.scopes.resize(2);
  configuration.scopes[0].name = "office";
  configuration.scopes[1].name = "lab";
  configuration.scopes[0].reservations = {stored("office", 9).reservation};
  const std::vector added = {stored("office", 9), stored("office", 7), stored("lab", 8)};
  const auto all = list_reservations(configuration, added, "");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].address(), "192.0.2.7");
  EXPECT_FALSE(all[0].configured());
  EXPECT_EQ(all[1].scope(), "lab");
  EXPECT_TRUE(all[2].configured());
  EXPECT_EQ(list_reservations(configuration, added, "lab").size(), 1U);
}

}  // namespace
}  // namespace winsome::admin
