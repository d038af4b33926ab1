#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/golden/hex.h"

namespace winsome::golden {

/// A commented packet and its printed form. The first line says where it came from and what it
/// shows; `# decode only: why` marks a shape that others send and we write differently.
struct Packet {
  std::string origin;
  bool decode_only = false;
  std::vector<std::uint8_t> octets;
  std::string text;
};

inline Packet read(const std::filesystem::path& file) {
  Packet packet;
  std::string digits;
  std::ifstream in(file);
  std::getline(in, packet.origin);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# decode only: ")) packet.decode_only = true;
    if (!line.starts_with('#')) digits += line + '\n';
  }
  packet.octets = from_hex(digits);
  std::ifstream text(std::filesystem::path(file).replace_extension(".txt"), std::ios::binary);
  packet.text = {std::istreambuf_iterator<char>(text), {}};
  EXPECT_TRUE(packet.origin.starts_with("# constructed from ") ||
              packet.origin.starts_with("# captured "))
      << packet.origin;
  return packet;
}

/// The packets of tests/golden/`folder`.
inline std::vector<std::filesystem::path> files(const std::string& folder) {
  std::vector<std::filesystem::path> found;
  const auto root = std::filesystem::path(WINSOME_SOURCE_DIR "/tests/golden") / folder;
  for (const auto& file : std::filesystem::directory_iterator(root)) {
    if (file.path().extension() == ".hex") found.push_back(file.path());
  }
  return found;
}

/// For INSTANTIATE_TEST_SUITE_P: a test is called as its file is.
inline std::string name_of(const testing::TestParamInfo<std::filesystem::path>& file) {
  return file.param.stem().string();
}

using Test = testing::TestWithParam<std::filesystem::path>;

}  // namespace winsome::golden
