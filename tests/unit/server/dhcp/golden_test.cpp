#include "tests/golden/golden.h"

#include "server/dhcp/message.h"

namespace winsome::dhcp {
namespace {

class GoldenMessage : public golden::Test {};

TEST_P(GoldenMessage, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto packet = golden::read(GetParam());
  const auto message = decode(packet.octets);
  if (!message) {
    EXPECT_EQ("refused: " + std::string(to_text(message.error())) + '\n', packet.text);
    return;
  }
  EXPECT_EQ(to_text(*message) + '\n', packet.text);

  const auto written = encode(*message, message_size_max);
  EXPECT_EQ(written.octets == packet.octets, !packet.decode_only);
  EXPECT_EQ(decode(written.octets), message);
}

INSTANTIATE_TEST_SUITE_P(Dhcp, GoldenMessage, testing::ValuesIn(golden::files("dhcp")),
                         golden::name_of);

}  // namespace
}  // namespace winsome::dhcp
