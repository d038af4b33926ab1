#include "replication/tcp42/winsra_session.h"

#include <gtest/gtest.h>

#include "tests/unit/replication/tcp42/winsra_samples.h"

namespace winsome::transport {
namespace {

using replication::AnswerRecords;
using replication::Carrier;
using replication::Link;
using replication::MapAsked;
using replication::MapReceived;
using replication::RecordsAsked;
using replication::RecordsReceived;
using replication::RecordsTaken;

constexpr Link ours = 5;
constexpr Link theirs = first_incoming_winsra | 5;

WinsraSession session(Link link, bool may_persist = true) {
  WinsraSession session(link, {Carrier::winsra, other, {}}, us);
  static_cast<void>(session.established(may_persist));
  return session;
}

template <class T>
T input(const WinsraStep& step, std::size_t i = 0) {
  if (i < step.inputs.size() && std::holds_alternative<T>(step.inputs[i]))
    return std::get<T>(step.inputs[i]);
  ADD_FAILURE() << "not among the inputs";
  return {};
}

template <class T>
T message(const WinsraStep& step) {
  if (step.messages.size() == 1 && std::holds_alternative<T>(step.messages.front()))
    return std::get<T>(step.messages.front());
  ADD_FAILURE() << "not the message";
  return {};
}

bool idle(const WinsraStep& step) {
  return step.inputs.empty() && step.messages.empty() && !step.ended;
}

winsra::NamesResponse response(std::size_t count) {
  return {.records = records(1, count, {})};
}

// C4: the owner of a record is not in it.
TEST(WinsraSession, FillsInTheOwnerThatWasAskedFor) {
  auto one = session(ours);
  static_cast<void>(one.asked(replication::AskRecords{ours, {other, 1, 9}}));
  winsra::NamesResponse answer{
      .records = {record(1, {}), record(2, {}, names::RecordType::special_group)}};
  answer.records[1].members = {{.address = Ipv4(10, 0, 0, 2), .owner = us, .due = {}}};
  const auto received = input<RecordsReceived>(one.heard(std::move(answer)));
  ASSERT_EQ(received.records.size(), 2U);
  EXPECT_EQ(received.records[0].owner, other);
  EXPECT_EQ(received.records[0].members[0].owner, other);
  EXPECT_EQ(received.records[1].owner, other);
  EXPECT_EQ(received.records[1].members[0].owner, us);
}

TEST(WinsraSession, HandsAnAnswerOverInPieces) {
  auto one = session(ours);
  static_cast<void>(one.asked(replication::AskRecords{ours, {other, 1, 9000}}));
  auto answer = response(pair_of_pieces);
  answer.faults[0] = 3;
  answer.faults.back() = 2;
  const auto first = input<RecordsReceived>(one.heard(std::move(answer)));
  EXPECT_EQ(first.records.size(), WinsraSession::piece_max);
  EXPECT_EQ(first.skipped, 3U);
  ASSERT_EQ(first.flaws.size(), 2U);
  EXPECT_EQ(first.flaws[0].what, "records that cannot be: name too short");
  EXPECT_EQ(first.flaws[0].records, 3U);
  EXPECT_EQ(first.flaws[1].what, "records with too many members, which were cut");
  EXPECT_EQ(first.flaws[1].records, 2U);
  EXPECT_FALSE(first.last);
  const auto second = input<RecordsReceived>(one.asked(replication::TakeMore{ours}));
  ASSERT_EQ(second.records.size(), 1U);
  EXPECT_EQ(second.records[0].version, pair_of_pieces);
  EXPECT_EQ(second.skipped, 0U);
  EXPECT_TRUE(second.flaws.empty());
  EXPECT_TRUE(second.last);
  EXPECT_TRUE(idle(one.asked(replication::TakeMore{ours})));
}

TEST(WinsraSession, HandsAnEmptyAnswerOverAsOnePiece) {
  auto one = session(ours);
  static_cast<void>(one.asked(replication::AskRecords{ours, {other, 1, 9}}));
  const auto received = input<RecordsReceived>(one.heard(response(0)));
  EXPECT_TRUE(received.records.empty());
  EXPECT_TRUE(received.last);
}

TEST(WinsraSession, AsksTheNextQuestionWhenTheAnswerToTheFormerIsTaken) {
  auto one = session(ours);
  message<winsra::NamesRequest>(one.asked(replication::AskRecords{ours, {other, 1, 9000}}));
  EXPECT_TRUE(idle(one.asked(replication::AskMap{ours})));
  EXPECT_TRUE(one.heard(response(pair_of_pieces)).messages.empty());
  message<winsra::MapRequest>(one.asked(replication::TakeMore{ours}));
  EXPECT_EQ(input<MapReceived>(one.heard(winsra::MapResponse{two_owners})).owners, two_owners);
}

TEST(WinsraSession, PutsOneQuestionOfThePeerAfterTheOtherBeforeTheEngine) {
  auto one = session(theirs);
  EXPECT_EQ(input<MapAsked>(one.heard(winsra::MapRequest{})).peer.address, other);
  EXPECT_TRUE(idle(one.heard(winsra::NamesRequest{{us, 5, 0}})));
  EXPECT_EQ(
      message<winsra::MapResponse>(one.asked(replication::AnswerMap{theirs, two_owners})).owners,
      two_owners);
  EXPECT_EQ(input<RecordsAsked>(one.drained()).range, (replication::OwnerRange{us, 5, 0}));
}

// E: a peer that reads no answer gets no second one.
TEST(WinsraSession, BeginsNoAnswerBeforeThePeerTookTheFormer) {
  auto one = session(theirs);
  static_cast<void>(one.heard(winsra::MapRequest{}));
  static_cast<void>(one.asked(replication::AnswerMap{theirs, two_owners}));
  EXPECT_TRUE(idle(one.heard(winsra::MapRequest{})));
  input<MapAsked>(one.drained());
}

TEST(WinsraSession, EndsWhenAPeerAsksWithoutWaitingForAnswers) {
  auto one = session(theirs);
  for (std::size_t i = 0; i < WinsraSession::questions_max; ++i)
    EXPECT_FALSE(one.heard(winsra::MapRequest{}).ended);
  EXPECT_TRUE(one.heard(winsra::MapRequest{}).ended);
}

TEST(WinsraSession, GathersTheAnswerOfTheEngineAndSendsItAsOne) {
  auto one = session(theirs);
  static_cast<void>(one.heard(winsra::NamesRequest{{us, 1, 0}}));
  const auto first = one.asked(AnswerRecords{theirs, records(1, 2, us), false});
  EXPECT_EQ(input<RecordsTaken>(first).link, theirs);
  EXPECT_TRUE(first.messages.empty());
  EXPECT_GT(one.gathered_octets(), 0U);
  const auto second = one.asked(AnswerRecords{theirs, records(3, 1, us), true});
  EXPECT_TRUE(second.inputs.empty());
  const auto sent = message<winsra::NamesResponse>(second);
  EXPECT_EQ(sent.records.size(), 3U);
  EXPECT_FALSE(sent.replicas);
  EXPECT_EQ(one.gathered_octets(), 0U);
}

// C4: the L bit.
TEST(WinsraSession, MarksWhatIsNotItsOwnAsReplicas) {
  auto one = session(theirs);
  static_cast<void>(one.heard(winsra::NamesRequest{{other, 1, 0}}));
  EXPECT_TRUE(
      message<winsra::NamesResponse>(one.asked(AnswerRecords{theirs, records(1, 1, other), true}))
          .replicas);
}

TEST(WinsraSession, EndsWhenOneAnswerCannotHoldWhatWasAskedFor) {
  auto one = session(theirs);
  static_cast<void>(one.heard(winsra::NamesRequest{{us, 1, 0}}));
  auto large = record(1, us, names::RecordType::special_group);
  large.members.assign(names::members_max, large.members[0]);
  const std::vector<names::Record> piece(1000, large);
  const auto octets = piece.size() * winsra::encoded_length(large);
  WinsraStep step;
  for (std::size_t sum = 0; sum <= WinsraSession::answer_octets_max; sum += octets) {
    EXPECT_FALSE(step.ended);
    step = one.asked(AnswerRecords{theirs, piece, false});
  }
  EXPECT_TRUE(step.ended);
}

// C3: 8 and 9 only when both sides know them.
TEST(WinsraSession, TellsAnOldPeerOnlyWhatItUnderstands) {
  const replication::Notify notification{ours, two_owners, us, true, true};
  auto modern = session(ours, true);
  EXPECT_EQ(message<winsra::UpdateNotification>(modern.asked(replication::Notify(notification))),
            (winsra::UpdateNotification{two_owners, us, true, true}));
  auto old = session(ours, false);
  EXPECT_EQ(message<winsra::UpdateNotification>(old.asked(replication::Notify(notification))),
            (winsra::UpdateNotification{two_owners, us, false, true}));
}

// C5: what 4 and 5 announce is pulled on the same connection.
TEST(WinsraSession, SaysWhetherToPullOnTheSameConnection) {
  auto one = session(theirs);
  const auto plain = input<replication::NotifyReceived>(
      one.heard(winsra::UpdateNotification{two_owners, us, false, false}));
  EXPECT_TRUE(plain.pull_here);
  EXPECT_FALSE(plain.propagate);
  EXPECT_EQ(plain.owners, two_owners);
  EXPECT_EQ(plain.initiator, us);
  const auto persistent = input<replication::NotifyReceived>(
      one.heard(winsra::UpdateNotification{two_owners, us, true, true}));
  EXPECT_FALSE(persistent.pull_here);
  EXPECT_TRUE(persistent.propagate);
}

// C2: reason 0 is an ordinary end, any other is not.
TEST(WinsraSession, TellsAnEndFromARefusal) {
  EXPECT_EQ(session(ours).heard(winsra::Stop{winsra::StopReason::normal}).ended, "");
  const auto refused = session(ours).heard(winsra::Stop{winsra::StopReason::error});
  EXPECT_FALSE(refused.ended.value_or("").empty());
  EXPECT_FALSE(refused.politely);
}

TEST(WinsraSession, TakesLeaveWithTheReason) {
  const auto closed = session(theirs).asked(replication::CloseLink{theirs});
  EXPECT_EQ(message<winsra::Stop>(closed).reason, winsra::StopReason::normal);
  EXPECT_TRUE(closed.ended && closed.politely);
  const auto refused = session(theirs).asked(replication::RefuseLink{theirs, "no partner"});
  EXPECT_EQ(message<winsra::Stop>(refused).reason, winsra::StopReason::error);
  EXPECT_TRUE(refused.ended && refused.politely);
}

TEST(WinsraSession, AnswersOnlyWhatWasAsked) {
  auto one = session(theirs);
  EXPECT_TRUE(idle(one.asked(replication::AnswerMap{theirs, two_owners})));
  static_cast<void>(one.heard(winsra::MapRequest{}));
  EXPECT_TRUE(idle(one.asked(AnswerRecords{theirs, records(1, 1, us), true})));
}

}  // namespace
}  // namespace winsome::transport
