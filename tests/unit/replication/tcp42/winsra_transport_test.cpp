#include "replication/tcp42/winsra_transport.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/tcp42/winsra_samples.h"

namespace winsome::transport {
namespace {

using replication::AnswerMap;
using replication::AnswerRecords;
using replication::AskMap;
using replication::AskRecords;
using replication::CloseLink;
using replication::Link;
using replication::LinkDown;
using replication::LinkUp;
using replication::MapAsked;
using replication::MapReceived;
using replication::Notify;
using replication::NotifyReceived;
using replication::OwnerRange;
using replication::RecordsAsked;
using replication::RecordsReceived;
using replication::RecordsTaken;

constexpr Link ours = replication::by_winsra | 1;

/// `near` has a link to `far`.
struct TwoSites : testing::Test {
  TwoSites() {
    near.open(ours, far.endpoint());
    EXPECT_EQ(near.inputs.next<LinkUp>().link, ours);
  }

  /// Asks for the map on the link, so that both know it; the number that `far` gave it.
  Link known_to_far() {
    near.send(AskMap{ours});
    const auto asked = far.inputs.next<MapAsked>();
    far.send(AnswerMap{asked.link, two_owners});
    EXPECT_EQ(near.inputs.next<MapReceived>().owners, two_owners);
    return asked.link;
  }

  Site far;
  Site near;
};

TEST_F(TwoSites, AskAndAnswerForTheMap) {
  near.send(AskMap{ours});
  const auto asked = far.inputs.next<MapAsked>();
  EXPECT_GE(asked.link, first_incoming_winsra);
  EXPECT_EQ(asked.peer.carrier, replication::Carrier::winsra);
  EXPECT_EQ(asked.peer.address, loopback);
  EXPECT_TRUE(asked.peer.name.empty());
  far.send(AnswerMap{asked.link, two_owners});
  const auto received = near.inputs.next<MapReceived>();
  EXPECT_EQ(received.link, ours);
  EXPECT_EQ(received.owners, two_owners);
}

TEST_F(TwoSites, AskAndAnswerForRecordsPieceByPiece) {
  near.send(AskRecords{ours, {us, 1, 1500}});
  const auto asked = far.inputs.next<RecordsAsked>();
  EXPECT_EQ(asked.range, (OwnerRange{us, 1, 1500}));
  far.send(AnswerRecords{asked.link, records(1, 1000, us), false});
  EXPECT_EQ(far.inputs.next<RecordsTaken>().link, asked.link);
  far.send(AnswerRecords{asked.link, records(1001, 500, us), true});

  const auto first = near.inputs.next<RecordsReceived>();
  EXPECT_EQ(first.records, records(1, 1024, us));
  EXPECT_FALSE(first.last);
  near.send(replication::TakeMore{ours});
  const auto second = near.inputs.next<RecordsReceived>();
  EXPECT_EQ(second.records, records(1025, 476, us));
  EXPECT_TRUE(second.last);
}

// C5: on 4 and 5 who was told asks back on the same connection, and ends it when it has all.
TEST_F(TwoSites, PullOnTheConnectionOfAPlainNotification) {
  near.send(Notify{ours, two_owners, us, true, false});
  const auto told = far.inputs.next<NotifyReceived>();
  EXPECT_TRUE(told.pull_here);
  EXPECT_TRUE(told.propagate);
  EXPECT_EQ(told.owners, two_owners);
  far.send(AskRecords{told.link, {us, 1, 9}});
  const auto asked = near.inputs.next<RecordsAsked>();
  EXPECT_EQ(asked.link, ours);
  near.send(AnswerRecords{ours, records(1, 9, us), true});
  EXPECT_EQ(far.inputs.next<RecordsReceived>().records, records(1, 9, us));
  far.send(CloseLink{told.link});
  EXPECT_EQ(near.inputs.next<LinkDown>().why, "");
}

TEST_F(TwoSites, TellEachOtherAgainAndAgainOnAPersistentLink) {
  for (std::uint64_t version = 1; version <= 3; ++version) {
    near.send(Notify{ours, {{us, 1, version}}, us, false, true});
    const auto told = far.inputs.next<NotifyReceived>();
    EXPECT_FALSE(told.pull_here);
    EXPECT_EQ(told.owners, (replication::OwnerMap{{us, 1, version}}));
  }
}

TEST_F(TwoSites, AskBothWaysAtOnceOnOneConnection) {
  const auto theirs = known_to_far();
  far.send(AskMap{theirs});
  near.send(AskRecords{ours, {us, 1, 9}});
  EXPECT_EQ(near.inputs.next<MapAsked>().link, ours);
  far.inputs.next<RecordsAsked>();
  near.send(AnswerMap{ours, two_owners});
  far.send(AnswerRecords{theirs, records(1, 9, us), true});
  EXPECT_EQ(far.inputs.next<MapReceived>().link, theirs);
  EXPECT_EQ(near.inputs.next<RecordsReceived>().records, records(1, 9, us));
}

// C2: reason 4 for who may not have what it asks for.
TEST_F(TwoSites, HearARefusal) {
  near.send(AskMap{ours});
  far.send(replication::RefuseLink{far.inputs.next<MapAsked>().link, "it is no partner"});
  EXPECT_NE(near.inputs.next<LinkDown>().why.find("refuses"), std::string::npos);
}

TEST_F(TwoSites, HearNothingOfALinkThatTheyClosedThemselves) {
  const auto theirs = known_to_far();
  near.send(CloseLink{ours});
  EXPECT_EQ(far.inputs.next<LinkDown>().link, theirs);
  near.open(ours + 1, far.endpoint());
  EXPECT_EQ(near.inputs.next<LinkUp>().link, ours + 1);
}

// C2: a service that stops closes its sockets.
TEST_F(TwoSites, NoticeThatTheOtherStops) {
  far.transport.reset();
  EXPECT_EQ(near.inputs.next<LinkDown>().why, "it closed the connection");
}

TEST(WinsraTransport, SaysWhyALinkDoesNotComeUp) {
  std::optional<Endpoint> nobody;
  {
    const Site gone;
    nobody = gone.endpoint();
  }
  Site site;
  site.open(ours, *nobody);
  const auto down = site.inputs.next<LinkDown>();
  EXPECT_EQ(down.link, ours);
  EXPECT_EQ(down.why, "cannot connect to " + to_text(*nobody) + ": Connection refused");
}

TEST(WinsraTransport, GivesUpOnAPartnerThatDoesNotAnswerTheStart) {
  Site site({.handshake = std::chrono::milliseconds(50)});
  const RawListener silent;
  site.open(ours, silent.endpoint());
  EXPECT_EQ(site.inputs.next<LinkDown>().why, "it does not start an association");
}

// Samba and Windows know a partner by its address.
TEST(WinsraTransport, ConnectsFromTheAddressThatItListensOn) {
  const Ipv4 address{127, 0, 0, 2};
  Site far;
  Site near({}, {{address, 0}});
  near.open(ours, far.endpoint());
  near.inputs.next<LinkUp>();
  near.send(AskMap{ours});
  EXPECT_EQ(far.inputs.next<MapAsked>().peer.address, address);
}

TEST(WinsraTransport, OnlyConnectsWhenItListensNowhere) {
  Site far;
  Site near({}, {});
  EXPECT_TRUE(near.transport->listening().empty());
  near.open(ours, far.endpoint());
  EXPECT_EQ(near.inputs.next<LinkUp>().link, ours);
}

TEST(WinsraTransport, ForgetsALinkThatIsClosedBeforeItIsUp) {
  Site site;
  const RawListener listener;
  site.open(ours, listener.endpoint());
  const auto peer = listener.accept();
  site.send(CloseLink{ours});
  EXPECT_TRUE(peer.ended());
  EXPECT_TRUE(site.inputs.empty());
}

// C3: an NT 4 server knows no persistent notifications.
TEST(WinsraTransport, TellsAnOldPeerByThePlainNotification) {
  Site site;
  const RawListener listener;
  site.open(ours, listener.endpoint());
  auto peer = listener.accept();
  peer.answer_start(winsra::version_minor_nt4);
  site.inputs.next<LinkUp>();
  site.send(Notify{ours, two_owners, us, false, true});
  EXPECT_FALSE(peer.hear_a<winsra::UpdateNotification>().persistent);
}

TEST(WinsraTransport, SendsWhatIsQueuedBeforeItTakesLeave) {
  Site site;
  const auto [peer, link] = site.asking_peer();
  replication::OwnerMap many(replication::owners_max, {us, 1, 9});
  site.send(AnswerMap{link, many});
  site.send(CloseLink{link});
  EXPECT_EQ(peer.hear_a<winsra::MapResponse>().owners.size(), many.size());
  EXPECT_EQ(peer.hear_a<winsra::Stop>().reason, winsra::StopReason::normal);
  EXPECT_TRUE(peer.ended());
}

TEST(WinsraTransport, AnswersQuestionsThatCameTogetherInOrder) {
  Site site;
  auto [peer, link] = site.asking_peer();
  peer.say(winsra::NamesRequest{{us, 1, 9}});
  peer.say(winsra::MapRequest{});
  site.send(AnswerMap{link, two_owners});
  site.inputs.next<RecordsAsked>();
  site.send(AnswerRecords{link, records(1, 9, us), true});
  site.inputs.next<MapAsked>();
  site.send(AnswerMap{link, {}});
  EXPECT_EQ(peer.hear_a<winsra::MapResponse>().owners, two_owners);
  EXPECT_EQ(peer.hear_a<winsra::NamesResponse>().records.size(), 9U);
  EXPECT_TRUE(peer.hear_a<winsra::MapResponse>().owners.empty());
}

/// As whom a transport of `owner` that listens on two addresses is known to those it calls.
Ipv4 known_as(Ipv4 owner) {
  Site far;
  Inputs inputs;
  const auto near = Site::started(
      {.us = owner, .listen = {{loopback, 0}, {Ipv4(127, 0, 0, 2), 0}}, .fault = {}, .limits = {}},
      inputs.post());
  replication::Partner partner;
  partner.address = far.endpoint();
  near->send(replication::OpenLink{ours, partner});
  inputs.next<LinkUp>();
  near->send(AskMap{ours});
  return far.inputs.next<MapAsked>().peer.address;
}

// C1: partners take us for who they know by the address that we come from.
TEST(WinsraTransport, CallsFromTheAddressOfItsRecordsWhereItListensOnSeveral) {
  EXPECT_EQ(known_as(Ipv4(127, 0, 0, 9)), Ipv4(127, 0, 0, 9));
}

TEST(WinsraTransport, CallsFromWhateverAddressWhereThatOfItsRecordsIsElsewhere) {
  EXPECT_EQ(known_as(Ipv4(192, 0, 2, 77)), loopback);
}

TEST(WinsraTransport, SaysWhatToDoWhenThePortIsTaken) {
  const Site first;
  const auto second =
      WinsraTransport::start({.us = us, .listen = {first.endpoint()}, .fault = {}, .limits = {}},
                             [](auto&&) { return true; });
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another program has this port"), std::string::npos)
      << second.error();
}

// The engine has to hear of every end, however busy it is.
TEST(WinsraTransport, EndsALinkThatTheEngineHasNoRoomForAndSaysSoLater) {
  Site site;
  auto [peer, link] = site.asking_peer();
  site.inputs.set_full(true);
  peer.say(winsra::UpdateNotification{.owners = two_owners, .initiator = us});
  EXPECT_TRUE(peer.ended());
  site.inputs.set_full(false);
  const auto down = site.inputs.next<LinkDown>();
  EXPECT_EQ(down.link, link);
  EXPECT_EQ(down.why, "this server has no room for what it says");
}

}  // namespace
}  // namespace winsome::transport
