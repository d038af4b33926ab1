#include "replication/tcp42/winsra_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace winsome::transport {
namespace {

using names::Record;

/// The owner is not on the wire: it is the one that was asked for (fact base C4).
void fill_in_owner(std::vector<Record>& records, Ipv4 owner) {
  for (auto& record : records) {
    record.owner = owner;
    if (names::has_list(record.type)) continue;
    for (auto& member : record.members) member.owner = owner;
  }
}

std::vector<Record> take(std::vector<Record>& records, std::size_t from, std::size_t count) {
  const auto first = records.begin() + static_cast<std::ptrdiff_t>(from);
  return {std::make_move_iterator(first),
          std::make_move_iterator(first + static_cast<std::ptrdiff_t>(count))};
}

std::vector<replication::Flaw> flaws_of(const winsra::NamesResponse& response) {
  std::vector<replication::Flaw> flaws;
  for (std::size_t i = 0; i < response.faults.size(); ++i) {
    if (response.faults[i] == 0) continue;
    const auto fault = static_cast<winsra::RecordFault>(i);
    const bool cut = fault == winsra::RecordFault::too_many_members;
    flaws.push_back({cut ? "records with too many members, which were cut"
                         : "records that cannot be: " + std::string(to_text(fault)),
                     response.faults[i]});
  }
  return flaws;
}

}  // namespace

WinsraStep WinsraSession::established(bool may_persist) {
  may_persist_ = may_persist;
  if (link_ < replication::first_incoming) post(replication::LinkUp{link_});
  return take_step();
}

WinsraStep WinsraSession::heard(winsra::Message&& message) {
  std::visit([this](auto&& one) { hear(std::forward<decltype(one)>(one)); }, std::move(message));
  return take_step();
}

WinsraStep WinsraSession::asked(replication::Send&& what) {
  std::visit([this](auto&& one) { ask(std::forward<decltype(one)>(one)); }, std::move(what));
  return take_step();
}

WinsraStep WinsraSession::drained() {
  drained_ = true;
  consider_next();
  return take_step();
}

void WinsraSession::hear(winsra::Stop&& stop) {
  end(stop.reason == winsra::StopReason::normal
          ? std::string()
          : "it refuses this server; perhaps it does not have it as a partner");
}

void WinsraSession::hear(winsra::MapResponse&& response) {
  open_.reset();
  post(replication::MapReceived{link_, std::move(response.owners)});
  ask_next();
}

void WinsraSession::hear(winsra::NamesResponse&& response) {
  skipped_ = response.skipped();
  flaws_ = flaws_of(response);
  received_ = std::move(response.records);
  handed_over_ = 0;
  fill_in_owner(received_, std::get<winsra::NamesRequest>(*open_).range.owner);
  hand_over_piece();
}

/// On 4 and 5 the records are asked for on this connection (fact base C5).
void WinsraSession::hear(winsra::UpdateNotification&& notification) {
  post(replication::NotifyReceived{.link = link_,
                                   .peer = peer_,
                                   .owners = std::move(notification.owners),
                                   .initiator = notification.initiator,
                                   .propagate = notification.propagate,
                                   .pull_here = !notification.persistent});
}

void WinsraSession::queue(Question question) {
  if (questions_.size() + (considered_ ? 1 : 0) >= questions_max)
    return end("it asks on and on and does not wait for answers");
  questions_.push_back(question);
  consider_next();
}

/// An answer begins only when the peer took the one before: what it does not read, it does not make
/// us hold.
void WinsraSession::consider_next() {
  if (considered_ || !drained_ || questions_.empty()) return;
  considered_ = questions_.front();
  questions_.pop_front();
  if (const auto* names = std::get_if<winsra::NamesRequest>(&*considered_)) {
    post(replication::RecordsAsked{link_, peer_, names->range});
  } else {
    post(replication::MapAsked{link_, peer_});
  }
}

void WinsraSession::ask(replication::AskMap&& /*question*/) {
  to_ask_.emplace_back(winsra::MapRequest{});
  ask_next();
}

void WinsraSession::ask(replication::AskRecords&& question) {
  to_ask_.emplace_back(winsra::NamesRequest{question.range});
  ask_next();
}

void WinsraSession::ask_next() {
  if (open_ || to_ask_.empty()) return;
  open_ = to_ask_.front();
  to_ask_.pop_front();
  std::visit([this](const auto& question) { say(question); }, *open_);
}

void WinsraSession::ask(replication::TakeMore&& /*question*/) {
  if (handed_over_ < received_.size()) hand_over_piece();
}

void WinsraSession::hand_over_piece() {
  const auto count = std::min(piece_max, received_.size() - handed_over_);
  auto piece = take(received_, handed_over_, count);
  handed_over_ += count;
  const bool last = handed_over_ == received_.size();
  post(replication::RecordsReceived{.link = link_,
                                    .records = std::move(piece),
                                    .skipped = std::exchange(skipped_, 0),
                                    .last = last,
                                    .flaws = std::exchange(flaws_, {})});
  if (!last) return;
  received_ = {};
  handed_over_ = 0;
  open_.reset();
  ask_next();
}

void WinsraSession::ask(replication::Notify&& notification) {
  say(winsra::UpdateNotification{.owners = std::move(notification.owners),
                                 .initiator = notification.initiator,
                                 .persistent = notification.persistent && may_persist_,
                                 .propagate = notification.propagate});
}

void WinsraSession::ask(replication::AnswerMap&& answer) {
  if (!considered_ || !std::holds_alternative<winsra::MapRequest>(*considered_)) return;
  considered_.reset();
  say(winsra::MapResponse{std::move(answer.owners)});
}

void WinsraSession::ask(replication::AnswerRecords&& piece) {
  if (!considered_ || !std::holds_alternative<winsra::NamesRequest>(*considered_)) return;
  for (const auto& record : piece.records) gathered_octets_ += winsra::encoded_length(record);
  if (gathered_octets_ > answer_octets_max)
    return end("it asked for more than one answer can hold");
  gathered_.insert(gathered_.end(), std::make_move_iterator(piece.records.begin()),
                   std::make_move_iterator(piece.records.end()));
  if (!piece.last) return post(replication::RecordsTaken{link_});

  const auto owner = std::get<winsra::NamesRequest>(*considered_).range.owner;
  considered_.reset();
  gathered_octets_ = 0;
  say(winsra::NamesResponse{.records = std::exchange(gathered_, {}), .replicas = owner != us_});
}

void WinsraSession::ask(replication::RefuseLink&& refusal) {
  say(winsra::Stop{winsra::StopReason::error});
  end(std::move(refusal.why));
  step_.politely = true;
}

void WinsraSession::ask(replication::CloseLink&& /*end*/) {
  say(winsra::Stop{winsra::StopReason::normal});
  end({});
  step_.politely = true;
}

void WinsraSession::say(winsra::Message message) {
  drained_ = false;
  step_.messages.push_back(std::move(message));
}

void WinsraSession::post(replication::Input input) {
  step_.inputs.push_back(std::move(input));
}

void WinsraSession::end(std::string why) {
  step_.ended = std::move(why);
}

WinsraStep WinsraSession::take_step() {
  return std::exchange(step_, {});
}

}  // namespace winsome::transport
