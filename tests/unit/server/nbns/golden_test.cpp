#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "server/nbns/message.h"
#include "tests/unit/server/nbns/hex.h"

namespace winsome::nbns {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A commented datagram: the first line says where it came from and what it shows. `# decode only:
/// why` marks a shape that others send and we write differently.
struct Golden {
  std::string origin;
  bool decode_only = false;
  std::vector<std::uint8_t> octets;
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

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(WINSOME_SOURCE_DIR "/tests/golden/nbns")) {
    if (file.path().extension() == ".hex") files.push_back(file.path());
  }
  return files;
}

class GoldenMessage : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenMessage, PrintsAsItsTextAndIsWrittenAsItCame) {
  const auto golden = read_golden(GetParam());
  EXPECT_TRUE(golden.origin.starts_with("# constructed from ") ||
              golden.origin.starts_with("# captured "))
      << golden.origin;
  const auto message = decode(golden.octets);
  ASSERT_TRUE(message) << to_text(message.error());
  EXPECT_EQ(to_text(*message) + '\n', content(fs::path(GetParam()).replace_extension(".txt")));

  std::vector<std::uint8_t> room(payload_length_max);
  const auto written = encode(*message, room);
  const bool same = std::vector<std::uint8_t>(written.begin(), written.end()) == golden.octets;
  EXPECT_EQ(same, !golden.decode_only);
  EXPECT_EQ(decode(written), message);
}

INSTANTIATE_TEST_SUITE_P(Nbns, GoldenMessage, testing::ValuesIn(golden_files()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace winsome::nbns
