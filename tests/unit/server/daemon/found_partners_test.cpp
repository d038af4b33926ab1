#include "server/daemon/found_partners.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace winsome::daemon {
namespace {

using testing::ElementsAre;

constexpr Ipv4 east{192, 0, 2, 1};
constexpr Ipv4 west{192, 0, 2, 2};

std::vector<std::string> names_of(const replication::Options& options) {
  std::vector<std::string> names;
  for (const auto& partner : options.partners) names.push_back(partner.name);
  return names;
}

replication::Options configured(const std::vector<Ipv4>& addresses) {
  replication::Options options;
  for (const auto address : addresses) {
    replication::Partner partner;
    partner.name = "configured " + to_text(address);
    partner.address = {address, 8137};
    options.partners.push_back(std::move(partner));
  }
  return options;
}

// Fact base C1.
TEST(FoundPartners, WhoAnnouncesItselfIsAPushAndPullPartnerOverTcp42) {
  FoundPartners found;
  EXPECT_TRUE(found.hear(east, true));
  const auto merged = found.merged({});
  ASSERT_THAT(names_of(merged), ElementsAre("192.0.2.1"));
  const auto& partner = merged.partners.front();
  EXPECT_EQ(partner.address, (Endpoint{east, 42}));
  EXPECT_EQ(partner.carrier, replication::Carrier::winsra);
  EXPECT_TRUE(partner.push);
  EXPECT_TRUE(partner.pull);
}

TEST(FoundPartners, WhoSaysThatItGoesIsNoPartnerAnyMore) {
  FoundPartners found;
  EXPECT_TRUE(found.hear(east, true));
  EXPECT_TRUE(found.hear(west, true));
  EXPECT_TRUE(found.hear(east, false));
  EXPECT_THAT(names_of(found.merged({})), ElementsAre("192.0.2.2"));
}

TEST(FoundPartners, WhatIsKnownAlreadyIsNothingNew) {
  FoundPartners found;
  EXPECT_FALSE(found.hear(east, false));
  EXPECT_TRUE(found.hear(east, true));
  EXPECT_FALSE(found.hear(east, true));
}

TEST(FoundPartners, AConfiguredPartnerStaysAsItIsWhateverIsAnnounced) {
  FoundPartners found;
  EXPECT_TRUE(found.hear(east, true));
  EXPECT_EQ(found.merged(configured({east})).partners, configured({east}).partners);
  EXPECT_TRUE(found.hear(east, false));
  EXPECT_EQ(found.merged(configured({east})).partners, configured({east}).partners);
}

TEST(FoundPartners, AreKeptWhenTheConfigurationChanges) {
  FoundPartners found;
  EXPECT_TRUE(found.hear(east, true));
  EXPECT_THAT(names_of(found.merged({})), ElementsAre("192.0.2.1"));
  EXPECT_THAT(names_of(found.merged(configured({west}))),
              ElementsAre("configured 192.0.2.2", "192.0.2.1"));
}

TEST(FoundPartners, ThereAreNoMoreThanTheEngineTakes) {
  FoundPartners found;
  for (std::uint32_t i = 0; i < FoundPartners::found_max; ++i)
    EXPECT_TRUE(found.hear(Ipv4(east.value() + i), true));
  EXPECT_FALSE(found.hear(Ipv4(10, 0, 0, 1), true));
  EXPECT_EQ(found.merged({}).partners.size(), replication::partners_max);
  EXPECT_EQ(found.merged(configured({Ipv4(10, 0, 0, 1)})).partners.size(),
            replication::partners_max);
  EXPECT_TRUE(found.hear(east, false));
  EXPECT_TRUE(found.hear(Ipv4(10, 0, 0, 1), true));
}

}  // namespace
}  // namespace winsome::daemon
