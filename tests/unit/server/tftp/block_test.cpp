#include "server/tftp/block.h"

#include <gtest/gtest.h>

#include <string>

namespace winsome::tftp {
namespace {

using namespace std::string_literals;

/// The payloads of all blocks, one after the other as they are cut; "|" is not in any.
std::string cut(Mode mode, std::size_t blksize, const std::string& file) {
  const std::vector<std::uint8_t> octets(file.begin(), file.end());
  std::string payloads;
  Position at;
  for (std::uint16_t number = 1;; ++number) {
    const auto rest = Octets(octets).subspan(at.offset);
    const auto block = cut_block(number, mode, blksize, rest, at);
    EXPECT_EQ(std::get<Data>(*decode(block.datagram)).block, number);
    payloads.append(block.datagram.begin() + data_header_size, block.datagram.end());
    if (block.last) return payloads;
    payloads += '|';
    at = block.end;
  }
}

TEST(TftpBlock, CutsAFileAndEndsWithAShorterBlock) {
  EXPECT_EQ(cut(Mode::octet, 8, "0123456789"), "01234567|89");
  EXPECT_EQ(cut(Mode::octet, 8, "012\r\n"), "012\r\n");
}

// RFC 1350 6: a file of a multiple of the block size ends with an empty block
TEST(TftpBlock, EndsAMultipleOfTheBlockSizeWithAnEmptyBlock) {
  EXPECT_EQ(cut(Mode::octet, 8, "0123456789abcdef"), "01234567|89abcdef|");
  EXPECT_EQ(cut(Mode::octet, 8, ""), "");
}

// RFC 764, netascii of RFC 1350 1
TEST(TftpBlock, ConvertsTheEndsOfLines) {
  EXPECT_EQ(cut(Mode::netascii, 64, "a\nb\rc\r\n"), "a\r\nb\r\0c\r\0\r\n"s);
}

TEST(TftpBlock, SplitsAPairBetweenTwoBlocks) {
  EXPECT_EQ(cut(Mode::netascii, 8, "1234567\nabc"), "1234567\r|\nabc");
  EXPECT_EQ(cut(Mode::netascii, 8, "1234567\rabc"), "1234567\r|\0abc"s);
}

TEST(TftpBlock, SendsWhatIsCarriedAtTheEndOfTheFile) {
  EXPECT_EQ(cut(Mode::netascii, 8, "1234567\n"), "1234567\r|\n");
  EXPECT_EQ(cut(Mode::netascii, 8, "123456\n"), "123456\r\n|");
}

TEST(TftpBlock, CountsInTheFileAndNotInWhatIsSent) {
  const std::vector<std::uint8_t> octets(8, '\n');
  const auto block = cut_block(1, Mode::netascii, 8, octets, {});
  EXPECT_EQ(block.end.offset, 4U);
  EXPECT_FALSE(block.end.carried);
  EXPECT_FALSE(block.last);
}

}  // namespace
}  // namespace winsome::tftp
