#include "tests/golden/golden.h"

#include "server/nbns/message.h"

namespace winsome::nbns {
namespace {

class GoldenMessage : public golden::Test {};

TEST_P(GoldenMessage, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto packet = golden::read(GetParam());
  const auto message = decode(packet.octets);
  ASSERT_TRUE(message) << to_text(message.error());
  EXPECT_EQ(to_text(*message) + '\n', packet.text);

  std::vector<std::uint8_t> room(payload_length_max);
  const auto written = encode(*message, room);
  const bool same = std::vector<std::uint8_t>(written.begin(), written.end()) == packet.octets;
  EXPECT_EQ(same, !packet.decode_only);
  EXPECT_EQ(decode(written), message);
}

INSTANTIATE_TEST_SUITE_P(Nbns, GoldenMessage, testing::ValuesIn(golden::files("nbns")),
                         golden::name_of);

}  // namespace
}  // namespace winsome::nbns
