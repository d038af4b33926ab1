#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>

#include "server/core/random.h"
#include "tests/unit/replication/tcp42/winsra_samples.h"

/// Fact base E, as far as it takes a connection: whatever a peer does, others are served.
namespace winsome::transport {
namespace {

using replication::AnswerMap;
using replication::AnswerRecords;
using replication::Link;
using replication::LinkDown;
using replication::MapAsked;
using std::chrono::milliseconds;
using winsra::MapRequest;

constexpr Link ours = replication::by_winsra | 1;

std::uint64_t count_of(const Site& site, winsra::Ignored reason) {
  return site.transport->counters().ignored[static_cast<std::size_t>(reason)];
}
std::uint64_t count_of(const Site& site, winsra::DecodeError reason) {
  return site.transport->counters().malformed[static_cast<std::size_t>(reason)];
}

/// An honest peer gets its answer.
void expect_served(Site& site) {
  const auto [peer, link] = site.asking_peer();
  site.send(AnswerMap{link, two_owners});
  EXPECT_EQ(peer.hear_a<winsra::MapResponse>().owners, two_owners);
  site.send(replication::CloseLink{link});
}

// C2: Windows ignores it, and the peers' suite looks whether we do.
TEST(WinsraHostile, IgnoresAForeignHandle) {
  Site site;
  RawPeer peer(site.endpoint());
  const auto handle = peer.start();
  peer.set_handle(handle + 1);
  peer.say(winsra::NamesRequest{{us, 1, 9}});
  peer.set_handle(handle);
  peer.say(MapRequest{});
  site.inputs.next<MapAsked>();
  EXPECT_EQ(count_of(site, winsra::Ignored::foreign_handle), 1U);
}

// CVE-2004-1080: a handle is good on its own connection only.
TEST(WinsraHostile, IgnoresTheHandleOfAnotherConnection) {
  Site site;
  RawPeer first(site.endpoint());
  const auto foreign = first.start();
  RawPeer second(site.endpoint());
  const auto own = second.start();
  EXPECT_NE(foreign, own);
  second.set_handle(foreign);
  second.say(winsra::NamesRequest{{us, 1, 9}});
  second.set_handle(own);
  second.say(MapRequest{});
  site.inputs.next<MapAsked>();
}

// Fact base E: the operator hears who does what.
TEST(WinsraHostile, EveryFaultIsToldWithItsPeerAndReason) {
  Site site({.incoming_max_of_one_address = 1, .handshake = milliseconds(200)});
  {
    RawPeer peer(site.endpoint());
    const auto handle = peer.start();
    peer.set_handle(handle + 1);
    peer.say(MapRequest{});
    EXPECT_EQ(site.faults.next(), "127.0.0.1: a message that is passed over: foreign handle");
    const RawPeer second(site.endpoint());
    EXPECT_EQ(site.faults.next(), "127.0.0.1: one connection too many");
    peer.send({0xff, 0xff, 0xff, 0xff});
    EXPECT_EQ(site.faults.next(), "127.0.0.1: a frame that cannot be: too long");
    EXPECT_TRUE(peer.ended());
  }
  const RawPeer silent(site.endpoint(), Ipv4(127, 0, 0, 2));
  EXPECT_EQ(site.faults.next(), "127.0.0.2: it does not start an association");
}

TEST(WinsraHostile, GivesNoHandleTwiceInARow) {
  Site site;
  RawPeer first(site.endpoint());
  const auto stale = first.start();
  first.close();
  RawPeer second(site.endpoint());
  EXPECT_NE(second.start(), stale);
}

TEST(WinsraHostile, IgnoresFramesBeforeTheStart) {
  Site site;
  RawPeer peer(site.endpoint());
  peer.say(winsra::NamesRequest{{us, 1, 9}});
  peer.start();
  peer.say(MapRequest{});
  site.inputs.next<MapAsked>();
}

TEST(WinsraHostile, GivesTheSameHandleToARepeatedStart) {
  Site site;
  RawPeer peer(site.endpoint());
  const auto handle = peer.start();
  EXPECT_EQ(peer.start(), handle);
}

TEST(WinsraHostile, EndsAtAStopWithoutAWord) {
  Site site;
  auto [peer, link] = site.asking_peer();
  peer.say(winsra::Stop{});
  EXPECT_FALSE(peer.hear());
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "");
}

TEST(WinsraHostile, UnderstandsFramesThatComeOctetByOctet) {
  Site site;
  RawPeer peer(site.endpoint());
  for (const auto octet : winsra::encode(0, winsra::StartRequest{.sender = raw_handle}))
    peer.send({octet});
  const auto handle = peer.hear_a<winsra::StartResponse>().sender;
  for (const auto octet : winsra::encode(handle, MapRequest{})) peer.send({octet});
  site.inputs.next<MapAsked>();
}

TEST(WinsraHostile, EndsAConnectionThatStartsNothing) {
  Site site({.handshake = milliseconds(50)});
  const RawPeer peer(site.endpoint());
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(site.inputs.empty());
  EXPECT_EQ(site.transport->counters().too_slow, 1U);
}

TEST(WinsraHostile, EndsAConnectionThatDoesNotFinishItsStart) {
  Site site({.handshake = milliseconds(50)});
  const RawPeer peer(site.endpoint());
  auto half = winsra::encode(0, winsra::StartRequest{.sender = raw_handle});
  half.resize(20);
  peer.send(half);
  EXPECT_TRUE(peer.ended());
}

TEST(WinsraHostile, EndsALinkInTheMiddleOfAFrameThatDoesNotGoOn) {
  Site site({.frame = milliseconds(50)});
  auto [peer, link] = site.asking_peer();
  peer.send({0, 0, 0, 40, 0, 0});
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it began a frame and did not end it");
}

TEST(WinsraHostile, LetsAnIdleLinkLive) {
  Site site({.handshake = milliseconds(50), .frame = milliseconds(50)});
  auto [idle, link] = site.asking_peer();
  const RawPeer slow(site.endpoint());
  EXPECT_TRUE(slow.ended());  // later than the idle link would have ended
  site.send(AnswerMap{link, two_owners});
  EXPECT_EQ(idle.hear_a<winsra::MapResponse>().owners, two_owners);
}

TEST(WinsraHostile, EndsConnectionsOfGarbage) {
  Site site;
  Random random(7);
  for (int i = 0; i < 50; ++i) {
    Bytes garbage(4 + random.below(2000));
    for (auto& octet : garbage) octet = static_cast<std::uint8_t>(random.next());
    garbage[0] = 0xff;  // a length that nobody waits for
    RawPeer peer(site.endpoint());
    peer.send(garbage);
    EXPECT_TRUE(peer.ended());
  }
  EXPECT_GT(count_of(site, winsra::DecodeError::too_long), 0U);
  EXPECT_TRUE(site.inputs.empty());
  expect_served(site);
}

TEST(WinsraHostile, EndsLinksOfFramesWithImpossibleLengths) {
  Site site;
  for (const auto length : Bytes{0, 11}) {
    auto [peer, link] = site.asking_peer();
    peer.send({0, 0, 0, length});
    EXPECT_TRUE(peer.ended());
    EXPECT_NE(site.inputs.next<LinkDown>().why.find("too short"), std::string::npos);
  }
  auto [peer, link] = site.asking_peer();
  peer.send({0x7f, 0xff, 0xff, 0xff});
  EXPECT_TRUE(peer.ended());
  EXPECT_NE(site.inputs.next<LinkDown>().why.find("too long"), std::string::npos);
  EXPECT_EQ(count_of(site, winsra::DecodeError::too_short), 2U);
}

// CVE-2009-1923, 2009-1924: the second count times 24 is 8 in 32 bits.
TEST(WinsraHostile, EndsLinksOfNotificationsThatClaimMoreThanIsThere) {
  Site site;
  for (const auto& count :
       {Bytes{0, 0, 0, 3}, {0x0a, 0xaa, 0xaa, 0xab}, {0xff, 0xff, 0xff, 0xff}}) {
    RawPeer peer(site.endpoint());
    auto frame = winsra::encode(peer.start(),
                                winsra::UpdateNotification{.owners = two_owners, .initiator = us});
    std::ranges::copy(count, frame.begin() + 20);
    peer.send(frame);
    EXPECT_TRUE(peer.ended());
  }
  EXPECT_EQ(count_of(site, winsra::DecodeError::truncated), 1U);
  EXPECT_EQ(count_of(site, winsra::DecodeError::too_many_owners), 2U);
  EXPECT_TRUE(site.inputs.empty());
  expect_served(site);
}

TEST(WinsraHostile, EndsALinkThatAnswersWhatNobodyAsked) {
  Site site;
  auto [peer, link] = site.asking_peer();
  peer.say(winsra::NamesResponse{.records = records(1, 3, {})});
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it sent an answer that nobody asked for");
}

TEST(WinsraHostile, EndsALinkThatAnswersSomethingElse) {
  Site site;
  const RawListener listener;
  site.open(ours, listener.endpoint());
  auto peer = listener.accept();
  peer.answer_start();
  site.inputs.next<replication::LinkUp>();
  site.send(replication::AskMap{ours});
  EXPECT_EQ(peer.hear_a<MapRequest>(), MapRequest{});
  peer.say(winsra::NamesResponse{.records = records(1, 3, {})});
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it sent an answer that nobody asked for");
}

TEST(WinsraHostile, EndsALinkThatAsksOnAndOn) {
  Site site;
  auto [peer, link] = site.asking_peer();
  for (int i = 0; i < 8; ++i) peer.say(MapRequest{});
  EXPECT_TRUE(peer.ended());
  EXPECT_EQ(site.inputs.next<LinkDown>().link, link);
}

// E, the report of 2017: many sessions with answers that nobody reads.
TEST(WinsraHostile, DropsAPeerThatDoesNotReadItsAnswer) {
  Site site({.stalled = milliseconds(100)});
  auto [peer, link] = site.asking_peer();
  peer.say(winsra::NamesRequest{{us, 1, 0}});
  site.send(AnswerMap{link, two_owners});
  site.inputs.next<replication::RecordsAsked>();
  auto large = record(1, us, names::RecordType::special_group);
  large.members.assign(names::members_max, large.members[0]);
  // More than the buffers of both ends take.
  site.send(AnswerRecords{link, std::vector<names::Record>(200'000, large), true});
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it does not read what is sent to it");
  EXPECT_EQ(site.transport->counters().too_slow, 1U);
  expect_served(site);
}

TEST(WinsraHostile, DropsAPeerForWhichTooMuchWaits) {
  Site site({.waiting_octets_max = std::size_t{1} << 20});
  auto [peer, link] = site.asking_peer();
  const replication::OwnerMap many(replication::owners_max, {us, 1, 9});
  for (int i = 0; i < 200; ++i) site.send(replication::Notify{link, many, us, false, true});
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it does not read what is sent to it");
}

TEST(WinsraHostile, DropsWhoMakesAllPeersTogetherHoldTooMuch) {
  Site site({.held_octets_max = 5000});
  const auto ask_for_records = [&] {
    RawPeer peer(site.endpoint());
    peer.start();
    peer.say(winsra::NamesRequest{{us, 1, 0}});
    const auto link = site.inputs.next<replication::RecordsAsked>().link;
    return std::pair(std::move(peer), link);
  };
  const auto [first, first_link] = ask_for_records();
  const auto [second, second_link] = ask_for_records();
  site.send(AnswerRecords{first_link, records(1, 80, us), false});
  site.inputs.next<replication::RecordsTaken>();
  site.send(AnswerRecords{second_link, records(1, 80, us), false});
  site.inputs.next<replication::RecordsTaken>();
  EXPECT_EQ(site.inputs.next<LinkDown>().link, second_link);
  site.send(AnswerRecords{first_link, {}, true});
  EXPECT_EQ(first.hear_a<winsra::NamesResponse>().records.size(), 80U);
}

TEST(WinsraHostile, TurnsAwayConnectionsOfOneAddressBeyondItsShare) {
  Site site({.incoming_max_of_one_address = 2});
  RawPeer first(site.endpoint());
  first.start();
  RawPeer second(site.endpoint());
  second.start();
  const RawPeer third(site.endpoint());
  EXPECT_TRUE(third.ended());
  EXPECT_EQ(site.transport->counters().turned_away, 1U);
  RawPeer neighbour(site.endpoint(), Ipv4(127, 0, 0, 2));
  neighbour.start();
  first.say(winsra::Stop{});
  EXPECT_TRUE(first.ended());
  RawPeer fourth(site.endpoint());
  fourth.start();
}

TEST(WinsraHostile, TurnsAwayConnectionsBeyondItsMost) {
  Site site({.incoming_max = 3});
  std::vector<RawPeer> peers;
  for (std::uint8_t i = 0; i < 3; ++i) {
    peers.emplace_back(site.endpoint(), Ipv4(127, 0, 1, i)).start();
    peers.back().say(MapRequest{});
    site.inputs.next<MapAsked>();
  }
  const RawPeer more(site.endpoint(), Ipv4(127, 0, 2, 1));
  EXPECT_TRUE(more.ended());
  peers.back().reset();
  EXPECT_NE(site.inputs.next<LinkDown>().why, "");
  RawPeer again(site.endpoint(), Ipv4(127, 0, 2, 1));
  again.start();
}

// Strangers who hold their places without a word keep no partner out.
TEST(WinsraHostile, TheOldestThatAskedNothingGivesWayWhenAllPlacesAreTaken) {
  Site site({.incoming_max = 3});
  const auto [asked, link] = site.asking_peer();
  std::vector<RawPeer> silent;
  for (std::uint8_t i = 0; i < 2; ++i)
    silent.emplace_back(site.endpoint(), Ipv4(127, 0, 1, i)).start();
  RawPeer partner(site.endpoint(), Ipv4(127, 0, 2, 1));
  partner.start();
  EXPECT_TRUE(silent.front().ended());
  EXPECT_EQ(site.faults.next(), "127.0.1.0: one connection too many");
  site.send(AnswerMap{link, two_owners});
  EXPECT_EQ(asked.hear_a<winsra::MapResponse>().owners, two_owners);
  silent.back().say(MapRequest{});
  site.inputs.next<MapAsked>();
}

/// A process may have as many descriptors as its limit says.
bool may_open(rlim_t descriptors) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(limit.rlim_max, std::max(limit.rlim_cur, descriptors));
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= descriptors;
}

// Fact base E: 10,000 associations, all of them open at once as far as the attackers see it.
TEST(WinsraHostile, TenThousandAssociationsDisturbNobody) {
  constexpr int attackers = 10'000;
  if (!may_open(attackers + 2 * WinsraLimits().incoming_max))
    GTEST_SKIP() << "the limit of open descriptors is too low (ulimit -n)";
  Site site;
  const auto [partner, link] = site.asking_peer();
  const auto is_served = [&] {
    site.send(AnswerMap{link, two_owners});
    const bool answered = partner.hear_a<winsra::MapResponse>().owners == two_owners;
    partner.say(MapRequest{});
    return answered && site.inputs.next<MapAsked>().link == link;
  };

  std::vector<RawPeer> all;
  all.reserve(attackers);
  for (int i = 0; i < attackers; ++i) {
    const Ipv4 from(127, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i));
    all.emplace_back(site.endpoint(), from).start();
    if (i % 1000 == 0) {
      EXPECT_TRUE(is_served()) << "after " << i;
    }
  }
  EXPECT_TRUE(is_served());
  const auto turned_away = site.transport->counters().turned_away;
  EXPECT_GE(turned_away, attackers - WinsraLimits().incoming_max);
  EXPECT_EQ(site.inputs.empty(), true) << "the engine hears of nobody who asks nothing";
  RawPeer newcomer(site.endpoint(), Ipv4(127, 0, 0, 9));
  newcomer.start();
  newcomer.say(MapRequest{});
  EXPECT_EQ(site.inputs.next<MapAsked>().peer.address, Ipv4(127, 0, 0, 9));
}

// CVE-2011-1248: a peer that vanishes after any of its messages leaves nothing behind.
TEST(WinsraHostile, OutlivesAResetAfterEachMessage) {
  Site site({.incoming_max_of_one_address = 4});
  const std::vector<winsra::Message> messages = {
      MapRequest{}, winsra::NamesRequest{{us, 1, 9}},
      winsra::UpdateNotification{.owners = two_owners, .initiator = us}, winsra::Stop{}};
  for (const auto& last : messages) {
    auto [peer, link] = site.asking_peer();
    peer.say(last);
    site.send(AnswerMap{link, replication::OwnerMap(replication::owners_max, {us, 1, 9})});
    peer.reset();
    auto input = site.inputs.next_of_any();
    while (!std::holds_alternative<LinkDown>(input)) input = site.inputs.next_of_any();
    EXPECT_EQ(std::get<LinkDown>(input).link, link);
    site.send(replication::CloseLink{link});  // of a link that is gone
  }
  expect_served(site);
}

TEST(WinsraHostile, OutlivesAResetBeforeTheFirstMessage) {
  Site site({.incoming_max_of_one_address = 4});
  for (int i = 0; i < 20; ++i) {
    RawPeer peer(site.endpoint(), Ipv4(127, 0, 1, static_cast<std::uint8_t>(i)));
    if (i % 2 == 0) peer.start();
    peer.reset();
  }
  expect_served(site);
  EXPECT_TRUE(site.inputs.empty());
}

}  // namespace
}  // namespace winsome::transport
