#include "server/daemon/peer_log.h"

#include <gmock/gmock.h>

#include <vector>

namespace winsome::daemon {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

struct PeerLogTest : testing::Test {
  /// What is written when the peer does it so many seconds after the start.
  std::vector<std::string> lines(const std::string& peer, const std::string& what, int at) {
    written.clear();
    log.note(peer, what, PeerLog::Clock::time_point(seconds(at)));
    return written;
  }

  std::vector<std::string> written;
  PeerLog log{[this](const std::string& peer, const std::string& what, std::uint64_t times) {
    written.push_back(peer + ": " + what + " x" + std::to_string(times));
  }};
};

// Fact base E: counted, and logged once a minute a peer.
TEST_F(PeerLogTest, WritesOfOnePeerOnceAMinuteAndCountsTheRest) {
  EXPECT_THAT(lines("a", "too long", 0), ElementsAre("a: too long x1"));
  EXPECT_THAT(lines("a", "too long", 1), IsEmpty());
  EXPECT_THAT(lines("a", "too short", 59), IsEmpty());
  EXPECT_THAT(lines("a", "too long", 60), ElementsAre("a: too long x4"));
  EXPECT_THAT(lines("a", "too long", 119), IsEmpty());
}

TEST_F(PeerLogTest, OnePeerDoesNotSilenceAnother) {
  lines("a", "too long", 0);
  EXPECT_THAT(lines("b", "too long", 1), ElementsAre("b: too long x1"));
}

TEST_F(PeerLogTest, AnyNumberOfPeersTakesBoundedRoom) {
  for (std::size_t i = 0; i < PeerLog::peers_max; ++i) lines(std::to_string(i), "too long", 0);
  EXPECT_THAT(lines("0", "too long", 1), IsEmpty());
  lines("one more", "too long", 1);
  EXPECT_THAT(lines("0", "too long", 2), ElementsAre("0: too long x1"));
}

}  // namespace
}  // namespace winsome::daemon
