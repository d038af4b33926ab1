#include "server/bootstrap/address_mask.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/core/internet_checksum.h"

namespace winsome::bootstrap {
namespace {

// RFC 950, appendix I: type 17, identifier 0x1234, sequence number 1
const std::vector<std::uint8_t> request = {17, 0, 0xdc, 0xca, 0x12, 0x34, 0, 1, 0, 0, 0, 0};

TEST(AddressMask, ReadsARequest) {
  EXPECT_EQ(decode_address_mask_request(request), (AddressMaskRequest{0x1234, 1}));
}

TEST(AddressMask, RefusesEveryPrefixOfAValidRequest) {
  for (std::size_t length = 0; length < request.size(); ++length)
    EXPECT_FALSE(decode_address_mask_request(Octets(request).first(length))) << length;
}

TEST(AddressMask, RefusesAnythingThatDiffersByOneBit) {
  for (std::size_t bit = 0; bit < 8 * request.size(); ++bit) {
    auto changed = request;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(decode_address_mask_request(changed)) << bit;
  }
}

// RFC 950: "the identifier and sequence number ... are returned"
TEST(AddressMask, AnswersWithTheMaskAndWhatWasAsked) {
  const auto reply = encode_address_mask_reply({0x1234, 1}, Ipv4(255, 255, 0, 0));
  EXPECT_EQ(reply,
            (std::array<std::uint8_t, 12>{18, 0, 0xdb, 0xca, 0x12, 0x34, 0, 1, 0xff, 0xff, 0, 0}));
  EXPECT_EQ(internet_checksum(reply), 0);
}

}  // namespace
}  // namespace winsome::bootstrap
