#include "server/services/tftp_limits.h"

#include <gtest/gtest.h>

namespace winsome::services {
namespace {

using enum TftpLimits::Verdict;

constexpr Ipv4 first{192, 0, 2, 1};
constexpr Ipv4 second{192, 0, 2, 2};

TEST(TftpLimits, CountsTheTransfersOfEachClient) {
  TftpLimits limits(10, 2);
  EXPECT_EQ(limits.admit(first), admitted);
  EXPECT_EQ(limits.admit(first), admitted);
  EXPECT_EQ(limits.admit(first), client_limit);
  EXPECT_EQ(limits.admit(second), admitted);
}

TEST(TftpLimits, CountsThemInAll) {
  TftpLimits limits(2, 2);
  EXPECT_EQ(limits.admit(first), admitted);
  EXPECT_EQ(limits.admit(second), admitted);
  EXPECT_EQ(limits.admit(second), full);
}

TEST(TftpLimits, ForgetsThoseThatEnded) {
  TftpLimits limits(1, 1);
  EXPECT_EQ(limits.admit(first), admitted);
  EXPECT_EQ(limits.count(), 1U);
  limits.leave(first);
  EXPECT_EQ(limits.count(), 0U);
  EXPECT_EQ(limits.admit(first), admitted);
}

}  // namespace
}  // namespace winsome::services
