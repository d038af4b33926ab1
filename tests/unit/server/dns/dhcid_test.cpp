#include "server/dns/dhcid.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/unit/server/dns/base64.h"

namespace winsome::dns {
namespace {

const auto other_hardware = *dhcp::parse_hardware("0a:0b:0c:0d:0e:0f");

// RFC 4701 3.6.2
TEST(Dhcid, IsThatOfTheExampleWithAClientIdentifier) {
  const auto client = *dhcp::parse_client_id("01:07:08:09:0a:0b:0c");
  EXPECT_EQ(to_base64(dhcid(client, other_hardware, "chi.example.com")),
            "AAEBOSD+XR3Os/0LozeXVqcNc7FwCfQdWL3b/NaiUDlW2No=");
}

// RFC 4701 3.6.3
TEST(Dhcid, IsThatOfTheExampleWithAHardwareAddress) {
  const auto hardware = *dhcp::parse_hardware("01:02:03:04:05:06");
  EXPECT_EQ(to_base64(dhcid(dhcp::ClientId::of(hardware), hardware, "client.example.com")),
            "AAABxLmlskllE0MVjd57zHcWmEH3pCQ6VytcKD//7es/deY=");
}

// RFC 4701 3.3, RFC 4361 6.1: the IAID is left out, so that all interfaces are one host.
TEST(Dhcid, TakesTheDuidOutOfANodeSpecificIdentifier) {
  const auto one = *dhcp::parse_client_id("ff:00:00:00:01:00:03:00:01:02:03");
  const auto two = *dhcp::parse_client_id("ff:00:00:00:02:00:03:00:01:02:03");
  const auto data = dhcid(one, other_hardware, "a.example");
  EXPECT_EQ(data, dhcid(two, other_hardware, "a.example"));
  EXPECT_THAT(std::vector(data.begin(), data.begin() + 3), testing::ElementsAre(0, 2, 1));
}

TEST(Dhcid, DoesNotSeeLettersCaseOrALastDot) {
  const auto client = dhcp::ClientId::of(other_hardware);
  EXPECT_EQ(dhcid(client, other_hardware, "Host.Example."),
            dhcid(client, other_hardware, "host.example"));
}

TEST(Dhcid, IsNothingForWhatIsNoName) {
  const auto client = dhcp::ClientId::of(other_hardware);
  for (const auto& name : {std::string("a..example"), std::string(".example"),
                           std::string(64, 'a') + ".example", std::string("a.example..")}) {
    EXPECT_TRUE(dhcid(client, other_hardware, name).empty()) << name;
  }
  std::string longest;
  while (longest.size() < 256) longest += "abcdefg.";
  EXPECT_TRUE(dhcid(client, other_hardware, longest).empty());
}

}  // namespace
}  // namespace winsome::dns
