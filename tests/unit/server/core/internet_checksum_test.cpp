#include "server/core/internet_checksum.h"

#include <gtest/gtest.h>

#include <vector>

namespace winsome {
namespace {

using Packet = std::vector<std::uint8_t>;

// RFC 1071 3, the example
TEST(InternetChecksum, IsTheComplementOfTheSum) {
  const Packet octets = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(internet_checksum(octets), 0xffff - 0xddf2);
  EXPECT_EQ(internet_checksum(Packet{0xab}), 0xffff - 0xab00);  // an odd octet is padded
}

}  // namespace
}  // namespace winsome
