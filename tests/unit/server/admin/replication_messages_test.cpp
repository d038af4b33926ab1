#include "server/admin/replication_messages.h"

#include <gtest/gtest.h>

namespace winsome::admin {
namespace {

constexpr Ipv4 us(192, 0, 2, 1);
constexpr Ipv4 east(192, 0, 2, 7);
constexpr Ipv4 far(192, 0, 2, 99);

replication::Status status() {
  replication::PartnerStatus partner;
  partner.partner.name = "east";
  partner.partner.address = {east, 42};
  partner.partner.carrier = replication::Carrier::winsra;
  partner.partner.interval = seconds(900);
  partner.last_pull = Instant(milliseconds(2'500));
  partner.last_pull_records = 12;
  partner.last_error = "it did not answer";
  partner.heard = Instant(seconds(3));
  partner.map = {{us, 1, 40}, {far, 1, 9}};
  partner.lags[us] = {.ours = false, .since = Instant(seconds(2))};
  partner.falls[far] = {.from = 12, .to = 9};
  replication::Status made;
  made.owners = {{.owner = us, .min = 2, .max = 42, .records = 20, .ours = true},
                 {.owner = east, .max = 5}};
  made.partners = {partner};
  made.pending = 6;
  made.refused_peers = 7;
  return made;
}

TEST(ReplicationMessages, APartnerIsShownByTheWallClock) {
  v1::ListPartnersResponse out;
  fill(out, status(), 1'000'000, 2'000);
  EXPECT_EQ(out.now().seconds(), 2'000);
  EXPECT_EQ(out.pending(), 6U);
  EXPECT_EQ(out.refused_peers(), 7U);
  EXPECT_FALSE(out.has_last_verification());
  ASSERT_EQ(out.partners_size(), 1);
  const auto& partner = out.partners(0);
  EXPECT_EQ(partner.name(), "east");
  EXPECT_EQ(partner.address(), "192.0.2.7:42");
  EXPECT_EQ(partner.transport(), v1::TRANSPORT_WINSRA);
  EXPECT_EQ(partner.interval().seconds(), 900);
  EXPECT_EQ(partner.last_pull().seconds(), 1'002);
  EXPECT_EQ(partner.last_pull().nanos(), 500'000'000);
  EXPECT_EQ(partner.last_pull_records(), 12U);
  EXPECT_EQ(partner.last_error(), "it did not answer");
  EXPECT_EQ(partner.heard().seconds(), 1'003);
  ASSERT_EQ(partner.falls_size(), 1);
  EXPECT_EQ(partner.falls(0).owner(), "192.0.2.99");
  EXPECT_EQ(partner.falls(0).from(), 12U);
  EXPECT_EQ(partner.falls(0).to(), 9U);
}

TEST(ReplicationMessages, WhatNeverHappenedIsAbsent) {
  auto never_heard = status();
  never_heard.partners[0].last_pull.reset();
  never_heard.partners[0].heard.reset();
  v1::ListPartnersResponse out;
  fill(out, never_heard, 0, 0);
  EXPECT_FALSE(out.partners(0).has_last_pull());
  EXPECT_FALSE(out.partners(0).has_next_pull());
  EXPECT_FALSE(out.partners(0).has_last_push());
  EXPECT_FALSE(out.partners(0).has_heard());
}

TEST(ReplicationMessages, OwnersAreThoseHereAndThoseOfPartners) {
  v1::ListOwnersResponse out;
  fill(out, status(), 0, 0);
  ASSERT_EQ(out.owners_size(), 3);
  EXPECT_EQ(out.owners(0).owner(), "192.0.2.1");
  EXPECT_TRUE(out.owners(0).ours());
  EXPECT_EQ(out.owners(0).min(), 2U);
  EXPECT_EQ(out.owners(0).max(), 42U);
  EXPECT_EQ(out.owners(0).records(), 20U);
  ASSERT_EQ(out.owners(0).holdings_size(), 1);
  EXPECT_EQ(out.owners(0).holdings(0).partner(), "east");
  EXPECT_EQ(out.owners(0).holdings(0).max(), 40U);
  EXPECT_EQ(out.owners(0).holdings(0).behind_since().seconds(), 2);
  EXPECT_EQ(out.owners(0).holdings(0).heard().seconds(), 3);
  EXPECT_EQ(out.owners(1).owner(), "192.0.2.7");
  EXPECT_EQ(out.owners(1).holdings_size(), 0);
  EXPECT_EQ(out.owners(2).owner(), "192.0.2.99");
  EXPECT_EQ(out.owners(2).max(), 0U);
  EXPECT_EQ(out.owners(2).holdings(0).max(), 9U);
}

}  // namespace
}  // namespace winsome::admin
