#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "replication/engine/action.h"
#include "replication/engine/input.h"
#include "replication/winsra/message.h"

namespace winsome::transport {

/// What one event in a session leads to.
struct WinsraStep {
  std::vector<replication::Input> inputs;  // for the engine, in order
  std::vector<winsra::Message> messages;   // for the peer, in order
  /// Set when the session ends: why, for a person; empty when it ended in order.
  std::optional<std::string> ended;
  /// It was the engine that ended it, and the peer is to have what was said.
  bool politely = false;
};

/// One link of the engine over TCP 42, without the connection: what the peer says becomes inputs,
/// what the engine asks becomes messages. One question at a time goes out, and one of the peer's is
/// before the engine; the others wait.
class WinsraSession {
 public:
  /// Unanswered questions of a peer; Windows and Samba ask one after another.
  static constexpr std::size_t questions_max = 8;
  /// Octets of one answer, of which the peer can take a quarter at most if it is one of ours.
  static constexpr std::size_t answer_octets_max = std::size_t{64} << 20;
  /// Records of an answer that go to the engine at once.
  static constexpr std::size_t piece_max = 1024;

  WinsraSession(replication::Link link, replication::Peer peer, Ipv4 us)
      : link_(link), peer_(std::move(peer)), us_(us) {}

  [[nodiscard]] replication::Link link() const { return link_; }
  [[nodiscard]] const replication::Peer& peer() const { return peer_; }
  /// Octets of an answer that is not yet complete.
  [[nodiscard]] std::size_t gathered_octets() const { return gathered_octets_; }

  /// Only then anything else happens. `may_persist`: the peer knows notifications 8 and 9.
  [[nodiscard]] WinsraStep established(bool may_persist);
  [[nodiscard]] WinsraStep heard(winsra::Message&& message);
  [[nodiscard]] WinsraStep asked(replication::Send&& what);
  /// The peer has everything that was said.
  [[nodiscard]] WinsraStep drained();

 private:
  using Question = std::variant<winsra::MapRequest, winsra::NamesRequest>;

  void hear(winsra::Stop&& stop);
  void hear(winsra::MapRequest&& request) { queue(request); }
  void hear(winsra::MapResponse&& response);
  void hear(winsra::NamesRequest&& request) { queue(request); }
  void hear(winsra::NamesResponse&& response);
  void hear(winsra::UpdateNotification&& notification);
  void hear(auto&& /*handshake*/) {}

  void ask(replication::AskMap&& question);
  void ask(replication::AskRecords&& question);
  void ask(replication::TakeMore&& question);
  void ask(replication::Notify&& notification);
  void ask(replication::AnswerMap&& answer);
  void ask(replication::AnswerRecords&& piece);
  void ask(replication::RefuseLink&& refusal);
  void ask(replication::CloseLink&& end);
  void ask(auto&& /*of_another_carrier*/) {}

  void queue(Question question);
  void consider_next();
  void ask_next();
  void hand_over_piece();
  void say(winsra::Message message);
  void post(replication::Input input);
  void end(std::string why);
  [[nodiscard]] WinsraStep take_step();

  const replication::Link link_;
  const replication::Peer peer_;
  const Ipv4 us_;
  bool may_persist_ = false;
  WinsraStep step_;

  // The peer's questions: `considered_` is before the engine, the others wait.
  std::deque<Question> questions_;
  std::optional<Question> considered_;
  bool drained_ = true;
  std::vector<names::Record> gathered_;
  std::size_t gathered_octets_ = 0;

  // Ours: `open_` was sent, the others wait.
  std::deque<Question> to_ask_;
  std::optional<Question> open_;
  std::vector<names::Record> received_;
  std::size_t handed_over_ = 0;
  std::uint64_t skipped_ = 0;
  std::vector<replication::Flaw> flaws_;
};

}  // namespace winsome::transport
