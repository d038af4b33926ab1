#include "server/core/ipv4.h"

#include <gtest/gtest.h>

namespace winsome {
namespace {

TEST(Ipv4, IsReadAndPrintedAlike) {
  for (const auto* text : {"0.0.0.0", "192.0.2.10", "10.200.30.4", "255.255.255.255"}) {
    const auto address = parse_ipv4(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(Ipv4, KeepsItsFirstNumberInTheHighestOctet) {
  EXPECT_EQ(parse_ipv4("192.0.2.10"), Ipv4(0xc000020a));
  EXPECT_EQ(Ipv4(192, 0, 2, 10).value(), 0xc000020aU);
}

TEST(Ipv4, RefusesWhatIsNotFourPlainNumbers) {
  for (const auto* text :
       {"",         ".",         "1.2.3",     "1.2.3.",   ".1.2.3",    "1.2.3.4.5",
        "1.2.3.4.", "256.0.0.1", "1.2.3.256", "01.2.3.4", "1.2.3.04",  "1.2.3.-4",
        "1.2.3.+4", " 1.2.3.4",  "1.2.3.4 ",  "1..2.3",   "0x1.2.3.4", "1.2.3.4294967297",
        "a.b.c.d",  "1,2,3,4"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
}

TEST(Ipv4, TellsAddressesThatOneHostCanHave) {
  EXPECT_TRUE(Ipv4(192, 0, 2, 10).is_host());
  EXPECT_TRUE(Ipv4(127, 0, 0, 1).is_host());
  EXPECT_TRUE(Ipv4(223, 255, 255, 255).is_host());
  EXPECT_FALSE(Ipv4().is_host());
  EXPECT_FALSE(Ipv4(0, 1, 2, 3).is_host());
  EXPECT_FALSE(Ipv4(224, 0, 0, 1).is_host());
  EXPECT_FALSE(Ipv4(255, 255, 255, 255).is_host());
}

TEST(Ipv4Prefix, ContainsItsNetworkAndNoMore) {
  const auto prefix = parse_prefix("192.0.2.64/26");
  ASSERT_TRUE(prefix);
  EXPECT_TRUE(prefix->contains(Ipv4(192, 0, 2, 64)));
  EXPECT_TRUE(prefix->contains(Ipv4(192, 0, 2, 127)));
  EXPECT_FALSE(prefix->contains(Ipv4(192, 0, 2, 63)));
  EXPECT_FALSE(prefix->contains(Ipv4(192, 0, 2, 128)));
}

TEST(Ipv4Prefix, OfLengthZeroContainsAll) {
  const auto prefix = parse_prefix("0.0.0.0/0");
  ASSERT_TRUE(prefix);
  EXPECT_TRUE(prefix->contains(Ipv4(255, 255, 255, 255)));
  EXPECT_EQ(*prefix, Ipv4Prefix());
}

TEST(Ipv4Prefix, OfABareAddressIsThatAddress) {
  const auto prefix = parse_prefix("192.0.2.10");
  ASSERT_TRUE(prefix);
  EXPECT_EQ(to_text(*prefix), "192.0.2.10/32");
  EXPECT_FALSE(prefix->contains(Ipv4(192, 0, 2, 11)));
}

TEST(Ipv4Prefix, RefusesHostBitsAndBadLengths) {
  for (const auto* text : {"192.0.2.10/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1",
                           "192.0.2.0/024", "/24", "", "192.0.2/24"}) {
    EXPECT_FALSE(parse_prefix(text)) << text;
  }
}

TEST(Endpoint, IsReadAndPrintedAlike) {
  const auto endpoint = parse_endpoint("192.0.2.10:137");
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(*endpoint, (Endpoint{Ipv4(192, 0, 2, 10), 137}));
  EXPECT_EQ(to_text(*endpoint), "192.0.2.10:137");
}

TEST(Endpoint, RequiresAnAddressAndAPort) {
  for (const auto* text : {"192.0.2.10", "192.0.2.10:", ":137", "192.0.2.10:65536", "host:137",
                           "192.0.2.10:137:1", ""}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
  EXPECT_EQ(parse_endpoint("0.0.0.0:65535")->port, 65535);
}

}  // namespace
}  // namespace winsome
