#include "tests/golden/golden.h"

#include <fmt/format.h>

#include "replication/winsra/discovery.h"
#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

std::vector<std::filesystem::path> golden_files(bool discovery) {
  auto files = golden::files("winsra");
  std::erase_if(files, [discovery](const auto& file) {
    return file.stem().string().starts_with("autodiscovery_") != discovery;
  });
  return files;
}

class GoldenFrame : public golden::Test {};
class GoldenAnnouncement : public golden::Test {};

TEST_P(GoldenFrame, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto packet = golden::read(GetParam());
  ASSERT_EQ(Bytes(packet.octets.begin(), packet.octets.begin() + 4),
            u32(static_cast<std::uint32_t>(packet.octets.size() - 4)));
  const auto frame = decode(body_of(packet.octets));
  ASSERT_TRUE(frame) << to_text(frame.error());
  EXPECT_EQ(fmt::format("to {:#010x}: {}\n", frame->destination, to_text(frame->message)),
            packet.text);
  EXPECT_EQ(encode(frame->destination, frame->message) == packet.octets, !packet.decode_only);
}

TEST_P(GoldenAnnouncement, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto packet = golden::read(GetParam());
  const auto announcement = decode_announcement(packet.octets);
  ASSERT_TRUE(announcement) << to_text(announcement.error());
  EXPECT_EQ(to_text(*announcement) + '\n', packet.text);
  EXPECT_EQ(encode(*announcement) == packet.octets, !packet.decode_only);
}

INSTANTIATE_TEST_SUITE_P(Winsra, GoldenFrame, testing::ValuesIn(golden_files(false)),
                         golden::name_of);
INSTANTIATE_TEST_SUITE_P(Winsra, GoldenAnnouncement, testing::ValuesIn(golden_files(true)),
                         golden::name_of);

}  // namespace
}  // namespace winsome::winsra
