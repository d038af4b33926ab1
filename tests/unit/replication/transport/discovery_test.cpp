#include "replication/transport/discovery.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "replication/winsra/discovery.h"
#include "tests/unit/replication/transport/inputs.h"
#include "tests/unit/replication/transport/raw_peer.h"

namespace winsome::transport {
namespace {

using Said = std::pair<Ipv4, bool>;

/// What a server hears of others.
class Ear {
 public:
  [[nodiscard]] Discovery::Heard heard() {
    return [this](Ipv4 address, bool up) {
      const std::lock_guard lock(mutex_);
      all_.emplace_back(address, up);
      some_.notify_all();
    };
  }
  /// Waits until there are so many.
  [[nodiscard]] std::vector<Said> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(some_.wait_for(lock, patience, [&] { return all_.size() >= count; }));
    return all_;
  }
  [[nodiscard]] std::size_t count() {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::vector<Said> all_;
};

DiscoveryOptions at(Ipv4 address, std::uint16_t port = 0) {
  return {.addresses = {address}, .port = port, .pause = std::chrono::milliseconds(0)};
}

std::unique_ptr<Discovery> started(DiscoveryOptions options, Ear& ear) {
  auto result = Discovery::start(std::move(options), ear.heard());
  EXPECT_TRUE(result) << (result ? "" : result.error());
  return result ? std::move(*result) : nullptr;
}

constexpr Ipv4 first{127, 0, 0, 1};
constexpr Ipv4 second{127, 0, 0, 2};

/// Somebody who says anything to the group.
class Shouter {
 public:
  explicit Shouter(std::uint16_t port)
      : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), port_(port) {
    const in_addr interface{htonl(first.value())};
    EXPECT_EQ(setsockopt(descriptor_, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface),
              0);
  }
  Shouter(const Shouter&) = delete;
  Shouter& operator=(const Shouter&) = delete;
  ~Shouter() { ::close(descriptor_); }

  void shout(const Bytes& datagram) const {
    auto to = to_sockaddr({winsra::discovery_group, port_});
    EXPECT_EQ(::sendto(descriptor_, datagram.data(), datagram.size(), 0,
                       reinterpret_cast<sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(datagram.size()));
  }

 private:
  int descriptor_;
  std::uint16_t port_;
};

// C1: at start, and before the end.
TEST(Discovery, AnnouncesThatItComesAndThatItGoes) {
  Ear ear;
  const auto listening = started(at(first), ear);
  Ear nobody;
  started(at(second, listening->port()), nobody).reset();
  EXPECT_EQ(ear.wait_for(2), (std::vector<Said>{{second, true}, {second, false}}));
}

TEST(Discovery, AnnouncesItselfAgainAtItsInterval) {
  Ear ear;
  const auto listening = started(at(first), ear);
  Ear nobody;
  auto options = at(second, listening->port());
  options.interval = std::chrono::milliseconds(1);
  const auto speaking = started(std::move(options), nobody);
  EXPECT_EQ(ear.wait_for(3)[2], Said(second, true));
}

TEST(Discovery, DoesNotHearItself) {
  Ear ear;
  const auto listening = started(at(first), ear);
  const Shouter shouter(listening->port());
  shouter.shout(winsra::encode(winsra::Announcement{true, {first, second}}));
  EXPECT_EQ(ear.wait_for(1), (std::vector<Said>{{second, true}}));
}

TEST(Discovery, PassesOverWhatIsNoAnnouncementAndCountsIt) {
  Ear ear;
  const auto listening = started(at(first), ear);
  const Shouter shouter(listening->port());
  shouter.shout({});
  shouter.shout({1, 2, 3});
  shouter.shout(Bytes(1400, 0xab));
  shouter.shout(winsra::encode(winsra::Announcement{false, {second}}));
  EXPECT_EQ(ear.wait_for(1), (std::vector<Said>{{second, false}}));
  EXPECT_EQ(listening->malformed(), 3U);
}

// KB969373: a storm must not make us part of it.
TEST(Discovery, SaysNothingBecauseOthersSpeak) {
  Ear ear;
  const auto listening = started(at(first), ear);
  Ear storm;
  auto speaking = started(at(second, listening->port()), storm);
  const Shouter shouter(listening->port());
  for (int i = 0; i < 100; ++i)
    shouter.shout(winsra::encode(winsra::Announcement{i % 2 == 0, {Ipv4(192, 0, 2, 1)}}));
  EXPECT_GE(storm.wait_for(50).size(), 50U);
  speaking.reset();
  shouter.shout(winsra::encode(winsra::Announcement{true, {Ipv4(192, 0, 2, 99)}}));

  std::vector<Said> of_second;
  const auto end = Said(Ipv4(192, 0, 2, 99), true);
  for (std::size_t i = 0;; ++i) {
    const auto said = ear.wait_for(i + 1)[i];
    if (said == end) break;
    if (said.first == second) of_second.push_back(said);
  }
  EXPECT_EQ(of_second, (std::vector<Said>{{second, true}, {second, false}}));
}

TEST(Discovery, LooksAtAFewOnlyOfVeryManyAnnouncements) {
  Ear ear;
  auto options = at(first);
  options.datagrams_at_once = 4;
  options.pause = std::chrono::hours(1);
  auto listening = started(std::move(options), ear);
  const Shouter shouter(listening->port());
  for (std::uint8_t i = 0; i < 100; ++i)
    shouter.shout(winsra::encode(winsra::Announcement{true, {Ipv4(192, 0, 2, i)}}));
  static_cast<void>(ear.wait_for(1));
  listening.reset();
  EXPECT_LE(ear.count(), 4U);
}

TEST(Discovery, SaysWhatToDoWhereItCannotListen) {
  const auto result = Discovery::start(at(Ipv4(192, 0, 2, 1)), [](Ipv4, bool) {});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("replication.discovery.enabled"), std::string::npos)
      << result.error();
}

}  // namespace
}  // namespace winsome::transport
