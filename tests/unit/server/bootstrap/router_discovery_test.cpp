#include "server/bootstrap/router_discovery.h"

#include <gtest/gtest.h>

#include "server/core/internet_checksum.h"

namespace winsome::bootstrap {
namespace {

constexpr Instant start{milliseconds(1'000'000)};

// RFC 1256 3
const std::vector<std::uint8_t> solicitation = {10, 0, 0xf5, 0xff, 0, 0, 0, 0};

TEST(RouterDiscovery, KnowsASolicitation) {
  EXPECT_TRUE(is_router_solicitation(solicitation));
  for (std::size_t length = 0; length < solicitation.size(); ++length)
    EXPECT_FALSE(is_router_solicitation(Octets(solicitation).first(length))) << length;
  for (const std::size_t at : {0U, 1U, 2U, 5U}) {
    auto changed = solicitation;
    changed[at] ^= 1;
    EXPECT_FALSE(is_router_solicitation(changed)) << at;
  }
}

TEST(RouterDiscovery, AdvertisesRoutersWithPreferenceAndLifetime) {
  const std::vector<Ipv4> routers = {Ipv4(10, 77, 0, 1), Ipv4(10, 77, 0, 2)};
  auto octets = encode_router_advertisement(routers, -2, seconds(1800));
  EXPECT_EQ(internet_checksum(octets), 0);
  octets[2] = octets[3] = 0;
  const std::vector<std::uint8_t> expected = {9,  0,  0, 0, 2,    2,    0x07, 0x08,  // 1800 s
                                              10, 77, 0, 1, 0xff, 0xff, 0xff, 0xfe,  //
                                              10, 77, 0, 2, 0xff, 0xff, 0xff, 0xfe};
  EXPECT_EQ(octets, expected);
}

TEST(RouterDiscovery, AdvertisesNoMoreThanTheFieldCounts) {
  const auto octets = encode_router_advertisement(std::vector<Ipv4>(300), 0, seconds(1));
  EXPECT_EQ(octets.size(), 8U + 255 * 8);
  EXPECT_EQ(octets[4], 255);
}

const RouterDiscoveryOptions options;  // 450 s to 600 s

// RFC 1256 4.2: the first three come at most 16 seconds apart, then between the two intervals
TEST(AdvertisementSchedule, SpeaksSoonerAtFirst) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    AdvertisementSchedule schedule(options, seed, start);
    EXPECT_LE(schedule.due() - start, seconds(2));
    auto now = schedule.due();
    for (int i = 0; i < 2; ++i) {
      schedule.advertised(now);
      EXPECT_EQ(schedule.due() - now, seconds(16));
      now = schedule.due();
    }
    for (int i = 0; i < 5; ++i) {
      schedule.advertised(now);
      EXPECT_GE(schedule.due() - now, seconds(450));
      EXPECT_LE(schedule.due() - now, seconds(600));
      now = schedule.due();
    }
  }
}

TEST(AdvertisementSchedule, DrawsEachIntervalAnew) {
  AdvertisementSchedule schedule(options, 1, start);
  for (int i = 0; i < 3; ++i) schedule.advertised(start);
  const auto first = schedule.due();
  schedule.advertised(start);
  EXPECT_NE(schedule.due(), first);
}

// RFC 1256 4.2: an answer is delayed by up to 2 seconds; the next advertisement may come before
TEST(AdvertisementSchedule, AnswersManyWhoAskAtOnceWithOneMessage) {
  AdvertisementSchedule schedule(options, 1, start);
  for (int i = 0; i < 3; ++i) schedule.advertised(start);
  schedule.solicited(start);
  EXPECT_LE(schedule.due() - start, seconds(2));
  const auto due = schedule.due();
  for (int i = 0; i < 100; ++i) schedule.solicited(start + seconds(1));
  EXPECT_LE(schedule.due(), due);
  schedule.advertised(schedule.due());
  EXPECT_GE(schedule.due() - start, seconds(450));
}

}  // namespace
}  // namespace winsome::bootstrap
