#include "server/tftp/negotiation.h"

#include <gtest/gtest.h>

namespace winsome::tftp {
namespace {

using Wishes = std::vector<Option>;

constexpr std::uint64_t file_size = 300'000;

Terms asked(const Wishes& wishes, const Options& options = {}, Mode mode = Mode::octet) {
  return negotiate(Request{false, "a", mode, wishes}, options, file_size);
}

TEST(TftpNegotiation, WithoutOptionsHasTheTermsOfRfc1350AndNoAnswer) {
  const auto terms = asked({});
  EXPECT_EQ(terms.blksize, 512);
  EXPECT_EQ(terms.windowsize, 1);
  EXPECT_FALSE(terms.timeout);
  EXPECT_TRUE(terms.accepted.empty());
}

// RFC 2348
TEST(TftpNegotiation, TakesABlockSizeUpToItsOwnMost) {
  EXPECT_EQ(asked({{"blksize", "1428"}}).accepted, (Wishes{{"blksize", "1428"}}));
  EXPECT_EQ(asked({{"blksize", "8"}}).blksize, 8);
  EXPECT_EQ(asked({{"blksize", "1469"}}).accepted, (Wishes{{"blksize", "1468"}}));
  Options options;
  options.blksize_max = 65464;
  EXPECT_EQ(asked({{"blksize", "65464"}}, options).blksize, 65464);
  EXPECT_EQ(asked({{"blksize", "99999999"}}, options).blksize, 65464);
}

// The issue: senseless block sizes
TEST(TftpNegotiation, IgnoresSenselessValues) {
  for (const auto* value :
       {"0", "7", "-1", "+512", " 512", "512 ", "0x200", "", "many", "99999999999999999999999"}) {
    const auto terms = asked({{"blksize", value}});
    EXPECT_EQ(terms.blksize, 512) << value;
    EXPECT_TRUE(terms.accepted.empty()) << value;
  }
  for (const auto* value : {"0", "256", "1.5", "-1"})
    EXPECT_TRUE(asked({{"timeout", value}}).accepted.empty()) << value;
  for (const auto* value : {"0", "none"})
    EXPECT_TRUE(asked({{"windowsize", value}}).accepted.empty()) << value;
  EXPECT_TRUE(asked({{"tsize", "?"}}).accepted.empty());
}

// RFC 2349
TEST(TftpNegotiation, TellsTheSizeOfTheFile) {
  EXPECT_EQ(asked({{"tsize", "0"}}).accepted, (Wishes{{"tsize", "300000"}}));
}

TEST(TftpNegotiation, DoesNotTellASizeThatNetasciiWouldChange) {
  EXPECT_TRUE(asked({{"tsize", "0"}}, {}, Mode::netascii).accepted.empty());
}

// RFC 2349: the value is the client's own, or the option is left out
TEST(TftpNegotiation, TakesATimeoutAsItIs) {
  for (const auto* value : {"1", "255"})
    EXPECT_EQ(asked({{"timeout", value}}).accepted, (Wishes{{"timeout", value}}));
  EXPECT_EQ(asked({{"timeout", "7"}}).timeout, seconds(7));
}

// RFC 7440
TEST(TftpNegotiation, TakesAWindowUpToItsOwnMost) {
  EXPECT_EQ(asked({{"windowsize", "16"}}).accepted, (Wishes{{"windowsize", "16"}}));
  EXPECT_EQ(asked({{"windowsize", "65535"}}).windowsize, 64);
}

TEST(TftpNegotiation, BoundsTheOctetsOfAWindow) {
  Options options;
  options.blksize_max = 65464;
  options.windowsize_max = 65535;
  EXPECT_EQ(asked({{"windowsize", "65535"}, {"blksize", "65464"}}, options).windowsize, 4);
  EXPECT_EQ(asked({{"windowsize", "65535"}}, options).windowsize, 512);
}

TEST(TftpNegotiation, ReadsNamesInAnyCaseAndIgnoresUnknownOnes) {
  EXPECT_EQ(asked({{"rollover", "0"}, {"BlkSize", "1024"}}).accepted,
            (Wishes{{"blksize", "1024"}}));
}

TEST(TftpNegotiation, TakesAnOptionOnce) {
  EXPECT_EQ(asked({{"blksize", "1024"}, {"blksize", "512"}}).accepted,
            (Wishes{{"blksize", "1024"}}));
}

}  // namespace
}  // namespace winsome::tftp
