#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "replication/winsra/discovery.h"
#include "tests/unit/replication/winsra/samples.h"

namespace winsome::winsra {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A commented frame or datagram: the first line says where it came from and what it shows.
/// `# decode only: why` marks a shape that others send and we write differently.
struct Golden {
  std::string origin;
  bool decode_only = false;
  Bytes octets;
};

Golden read_golden(const fs::path& file) {
  Golden golden;
  std::string digits;
  std::ifstream in(file);
  std::getline(in, golden.origin);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# decode only: ")) golden.decode_only = true;
    if (!line.starts_with('#')) digits += line + '\n';
  }
  golden.octets = from_hex(digits);
  return golden;
}

std::vector<fs::path> golden_files(bool discovery) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(WINSOME_SOURCE_DIR "/tests/golden/winsra")) {
    if (file.path().extension() != ".hex") continue;
    if (file.path().stem().string().starts_with("autodiscovery_") == discovery)
      files.push_back(file.path());
  }
  return files;
}

void expect_origin(const Golden& golden) {
  EXPECT_TRUE(golden.origin.starts_with("# constructed from ") ||
              golden.origin.starts_with("# captured "))
      << golden.origin;
}

std::string text_of(const fs::path& file) {
  return content(fs::path(file).replace_extension(".txt"));
}

class GoldenFrame : public testing::TestWithParam<fs::path> {};
class GoldenAnnouncement : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenFrame, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto golden = read_golden(GetParam());
  expect_origin(golden);
  ASSERT_EQ(Bytes(golden.octets.begin(), golden.octets.begin() + 4),
            u32(static_cast<std::uint32_t>(golden.octets.size() - 4)));
  const auto frame = decode(body_of(golden.octets));
  ASSERT_TRUE(frame) << to_text(frame.error());
  EXPECT_EQ(fmt::format("to {:#010x}: {}\n", frame->destination, to_text(frame->message)),
            text_of(GetParam()));
  EXPECT_EQ(encode(frame->destination, frame->message) == golden.octets, !golden.decode_only);
}

TEST_P(GoldenAnnouncement, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto golden = read_golden(GetParam());
  expect_origin(golden);
  const auto announcement = decode_announcement(golden.octets);
  ASSERT_TRUE(announcement) << to_text(announcement.error());
  EXPECT_EQ(to_text(*announcement) + '\n', text_of(GetParam()));
  EXPECT_EQ(encode(*announcement) == golden.octets, !golden.decode_only);
}

INSTANTIATE_TEST_SUITE_P(Winsra, GoldenFrame, testing::ValuesIn(golden_files(false)),
                         [](const auto& file) { return file.param.stem().string(); });
INSTANTIATE_TEST_SUITE_P(Winsra, GoldenAnnouncement, testing::ValuesIn(golden_files(true)),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace winsome::winsra
