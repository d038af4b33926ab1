#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "server/dhcp/message.h"
#include "tests/unit/server/nbns/hex.h"

namespace winsome::dhcp {
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
  golden.octets = nbns::from_hex(digits);
  return golden;
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(WINSOME_SOURCE_DIR "/tests/golden/dhcp")) {
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
  const auto text = content(fs::path(GetParam()).replace_extension(".txt"));
  const auto message = decode(golden.octets);
  if (!message) {
    EXPECT_EQ("refused: " + std::string(to_text(message.error())) + '\n', text);
    return;
  }
  EXPECT_EQ(to_text(*message) + '\n', text);

  const auto written = encode(*message, message_size_max);
  EXPECT_EQ(written.octets == golden.octets, !golden.decode_only);
  EXPECT_EQ(decode(written.octets), message);
}

INSTANTIATE_TEST_SUITE_P(Dhcp, GoldenMessage, testing::ValuesIn(golden_files()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace winsome::dhcp
