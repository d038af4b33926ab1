#include <algorithm>
#include <vector>

#include "tests/unit/replication/grpc/grpc_fixture.h"

namespace winsome::transport {
namespace {

using namespace replication;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Ipv4 owner(192, 0, 2, 1);
constexpr Ipv4 other_owner(192, 0, 2, 2);

names::Record record(std::uint64_t version) {
  names::Record one;
  one.name = {nbns::make_name("PC" + std::to_string(version), 0x20)};
  one.owner = owner;
  one.version = version;
  one.members = {{.address = Ipv4(10, 0, 0, 1), .owner = owner, .due = {}}};
  return one;
}

std::vector<names::Record> records(std::uint64_t first, std::uint64_t last) {
  std::vector<names::Record> all;
  for (auto version = first; version <= last; ++version) all.push_back(record(version));
  return all;
}

using GrpcConversation = GrpcTest;

TEST_F(GrpcConversation, AMapGoesToWhoAskedForIt) {
  near.send(AskMap{1});
  const auto asked = far.next<MapAsked>();
  EXPECT_GE(asked.link, first_incoming_grpc);
  EXPECT_LT(asked.link, first_incoming_winsra);
  EXPECT_EQ(asked.peer.carrier, Carrier::grpc);
  EXPECT_EQ(asked.peer.address, loopback);
  EXPECT_EQ(asked.peer.name, "");

  const OwnerMap owners{{owner, 1, 70'000}, {other_owner, 0, version_max}};
  far.send(AnswerMap{asked.link, owners});
  const auto answer = near.next<MapReceived>();
  EXPECT_EQ(answer.link, 1U);
  EXPECT_EQ(answer.owners, owners);
  const auto down = far.next<LinkDown>();
  EXPECT_EQ(down.link, asked.link);
  EXPECT_EQ(down.why, "");
}

TEST_F(GrpcConversation, RecordsComeInPiecesAndTheLastOneSaysSo) {
  near.send(AskRecords{1, {owner, 5, 7}});
  const auto asked = far.next<RecordsAsked>();
  EXPECT_EQ(asked.range, (OwnerRange{owner, 5, 7}));

  far.send(AnswerRecords{asked.link, records(5, 6), false});
  EXPECT_EQ(far.next<RecordsTaken>().link, asked.link);
  const auto first = near.next<RecordsReceived>();
  EXPECT_EQ(first.records, records(5, 6));
  EXPECT_FALSE(first.last);
  EXPECT_EQ(first.skipped, 0U);
  EXPECT_FALSE(first.filtered);

  near.send(TakeMore{1});
  far.send(AnswerRecords{asked.link, records(7, 7), true, true});
  const auto second = near.next<RecordsReceived>();
  EXPECT_EQ(second.records, records(7, 7));
  EXPECT_TRUE(second.last);
  EXPECT_TRUE(second.filtered);
  EXPECT_EQ(far.next<LinkDown>().why, "");
}

TEST_F(GrpcConversation, TheNextPieceWaitsUntilMoreIsTaken) {
  near.send(AskRecords{1, {owner, 1, 0}});
  const auto asked = far.next<RecordsAsked>();
  far.send(AnswerRecords{asked.link, records(1, 1), false});
  far.next<RecordsTaken>();
  far.send(AnswerRecords{asked.link, records(2, 2), true});
  far.next<LinkDown>();  // all of it is on its way
  near.next<RecordsReceived>();

  near.send(AskMap{1});
  far.send(AnswerMap{far.next<MapAsked>().link, {}});
  near.next<MapReceived>();  // and not the second piece
  near.send(TakeMore{1});
  EXPECT_TRUE(near.next<RecordsReceived>().last);
}

TEST_F(GrpcConversation, TenThousandRecordsArriveInOrder) {
  constexpr std::uint64_t count = 10'000;
  constexpr std::uint64_t in_a_piece = 250;
  near.send(AskRecords{1, {owner, 1, count}});
  const auto link = far.next<RecordsAsked>().link;
  std::vector<names::Record> all;
  for (std::uint64_t first = 1; first <= count; first += in_a_piece) {
    const bool last = first + in_a_piece > count;
    far.send(AnswerRecords{link, records(first, first + in_a_piece - 1), last});
    if (!last) far.next<RecordsTaken>();
    auto piece = near.next<RecordsReceived>();
    EXPECT_EQ(piece.last, last);
    std::ranges::move(piece.records, std::back_inserter(all));
    near.send(TakeMore{1});
  }
  EXPECT_EQ(all, records(1, count));
}

TEST_F(GrpcConversation, ALinkServesOneQuestionAfterAnother) {
  for (std::uint64_t version = 1; version <= 3; ++version) {
    near.send(AskRecords{1, {owner, version, version}});
    const auto asked = far.next<RecordsAsked>();
    far.send(AnswerRecords{asked.link, records(version, version), true});
    EXPECT_EQ(near.next<RecordsReceived>().records, records(version, version));
    far.next<LinkDown>();
  }
}

TEST_F(GrpcConversation, NewsComeAsLongAsTheLinkLives) {
  near.send(Watch{1});
  const auto watch = far.next<WatchAsked>();
  for (std::uint64_t version = 1; version <= 3; ++version) {
    far.send(AnswerWatch{watch.link, {{owner, 1, version}}});
    EXPECT_EQ(far.next<WatchTaken>().link, watch.link);
    const auto news = near.next<NotifyReceived>();
    EXPECT_EQ(news.link, 1U);
    EXPECT_EQ(news.peer.address, loopback);
    EXPECT_THAT(news.owners, ElementsAre(OwnerRange{owner, 1, version}));
    EXPECT_FALSE(news.pull_here);
    EXPECT_FALSE(news.propagate);
  }
  near.send(CloseLink{1});
  EXPECT_EQ(far.next<LinkDown>().link, watch.link);
  EXPECT_TRUE(near.inputs.empty());
}

TEST_F(GrpcConversation, ALinkWithSomethingUnderWayAlsoCarriesOthers) {
  near.send(Watch{1});
  const auto watch = far.next<WatchAsked>();
  near.send(AskMap{1});
  far.send(AnswerMap{far.next<MapAsked>().link, {}});
  near.next<MapReceived>();
  far.next<LinkDown>();
  far.send(AnswerWatch{watch.link, {}});
  near.next<NotifyReceived>();
}

TEST_F(GrpcConversation, ANotificationIsHeardAndEndsItsLink) {
  near.send(Notify{.link = 1,
                   .owners = {{owner, 1, 9}},
                   .initiator = other_owner,
                   .propagate = true,
                   .persistent = false});
  const auto heard = far.next<NotifyReceived>();
  EXPECT_GE(heard.link, first_incoming_grpc);
  EXPECT_THAT(heard.owners, ElementsAre(OwnerRange{owner, 1, 9}));
  EXPECT_EQ(heard.initiator, other_owner);
  EXPECT_TRUE(heard.propagate);
  EXPECT_FALSE(heard.pull_here);
  EXPECT_EQ(heard.peer.address, loopback);
  far.send(CloseLink{heard.link});
  const auto down = near.next<LinkDown>();
  EXPECT_EQ(down.link, 1U);
  EXPECT_EQ(down.why, "");
}

TEST_F(GrpcConversation, ANotificationThatIsRefusedIsNotAnsweredAsHeard) {
  near.send(Notify{.link = 1, .owners = {{owner, 1, 9}}, .initiator = owner});
  far.send(RefuseLink{far.next<NotifyReceived>().link, "it is no partner of this server"});
  EXPECT_EQ(near.next<LinkDown>().why, "it refuses: it is no partner of this server");
}

TEST_F(GrpcConversation, WhoIsRefusedHearsWhy) {
  near.send(AskMap{1});
  const auto asked = far.next<MapAsked>();
  far.send(RefuseLink{asked.link, "it is no partner of this server"});
  const auto down = near.next<LinkDown>();
  EXPECT_EQ(down.link, 1U);
  EXPECT_EQ(down.why, "it refuses: it is no partner of this server");
  near.transport.reset();
  far.transport.reset();
  EXPECT_TRUE(far.inputs.empty()) << "the engine ended that link";
}

TEST_F(GrpcConversation, AWatchThatTheOtherEndsInOrderEndsTheLinkInOrder) {
  near.send(Watch{1});
  far.send(CloseLink{far.next<WatchAsked>().link});
  EXPECT_EQ(near.next<LinkDown>().why, "");
}

TEST_F(GrpcConversation, AnAnswerCutShortEndsTheLink) {
  near.send(AskRecords{1, {owner, 1, 0}});
  far.send(CloseLink{far.next<RecordsAsked>().link});
  EXPECT_EQ(near.next<LinkDown>().why, "its answer ended too early");
}

TEST_F(GrpcConversation, AServerThatStopsEndsTheLinksOfItsPartners) {
  near.send(Watch{1});
  far.next<WatchAsked>();
  far.transport.reset();
  EXPECT_NE(near.next<LinkDown>().why, "");
  EXPECT_TRUE(far.inputs.empty());
}

TEST_F(GrpcConversation, NothingIsPostedOnceTheTransportIsGone) {
  near.send(AskRecords{1, {owner, 1, 0}});
  near.send(Watch{1});
  near.send(AskMap{1});
  near.send(OpenLink{2, insecure_partner(far.address())});
  near.transport.reset();
  if (!near.inputs.empty()) near.next<LinkUp>();
  EXPECT_TRUE(near.inputs.empty());
}

TEST_F(GrpcConversation, AnEndedLinkHasNoAnswers) {
  near.send(CloseLink{1});
  near.send(AskMap{1});
  near.send(TakeMore{1});
  near.send(CloseLink{1});
  far.send(AnswerMap{first_incoming_grpc + 77, {}});
  far.send(CloseLink{first_incoming_grpc + 78});
  near.transport.reset();
  EXPECT_TRUE(near.inputs.empty());
  EXPECT_TRUE(far.inputs.empty());
}

TEST_F(GrpcConversation, ACallForWhichThereIsNoRoomIsTurnedAway) {
  far.inputs.set_full(true);
  near.send(AskMap{1});
  EXPECT_EQ(near.next<LinkDown>().why, "the server is too busy");
}

TEST_F(GrpcConversation, ALinkWhoseInputsHaveNoRoomEndsWithoutAWord) {
  near.send(Watch{1});
  const auto watch = far.next<WatchAsked>();
  near.inputs.set_full(true);
  far.send(AnswerWatch{watch.link, {}});
  far.next<WatchTaken>();
  EXPECT_EQ(far.next<LinkDown>().link, watch.link);
}

TEST(GrpcLink, OnePeerHoldsNoMoreThanItsShareOfCalls) {
  auto options = plaintext();
  options.limits.connections_max_of_one_address = 64;
  Server far(options);
  Server near(plaintext());
  std::size_t refused = 0;
  constexpr Link links = 40;
  for (Link link = 1; link <= links; ++link) {
    near.send(OpenLink{link, insecure_partner(far.address())});
    ASSERT_EQ(near.next<LinkUp>().link, link);
    near.send(Watch{link});
    if (link <= 32) {
      far.next<WatchAsked>();
    } else {
      EXPECT_EQ(near.next<LinkDown>().why, "too many calls at once");
      EXPECT_EQ(far.faults.next(), "127.0.0.1: too many calls at once");
      ++refused;
    }
  }
  EXPECT_EQ(refused, links - 32);
}

TEST(GrpcLink, NobodyListensThere) {
  Server near(plaintext());
  Endpoint gone;
  {
    Server far(plaintext());
    gone = far.address();
  }
  near.send(OpenLink{1, insecure_partner(gone)});
  const auto down = near.next<LinkDown>();
  EXPECT_EQ(down.link, 1U);
  EXPECT_EQ(down.why, "it refuses connections: is it running, and is the port right?");
}

TEST(GrpcLink, WithoutCertificatesOnlyInsecurePartnersAreCalled) {
  Server near(plaintext());
  auto partner = insecure_partner({loopback, 1});
  partner.insecure = false;
  near.send(OpenLink{1, partner});
  EXPECT_EQ(near.next<LinkDown>().why, "this server has no certificate to show it");
}

TEST(GrpcLink, AnAddressThatIsTakenIsAnError) {
  Server first(plaintext());
  auto options = plaintext();
  options.listen = {first.address()};
  Inputs inputs;
  const auto second = GrpcTransport::start(options, inputs.post());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), "cannot listen on " + to_text(first.address()) +
                                " for replication over gRPC: Address already in use");
}

TEST(GrpcLink, WithoutListenersItStillCalls) {
  Server far(plaintext());
  Server near(GrpcOptions{});
  EXPECT_THAT(near.transport->listening(), IsEmpty());
  near.send(OpenLink{1, insecure_partner(far.address())});
  near.next<LinkUp>();
}

}  // namespace
}  // namespace winsome::transport
