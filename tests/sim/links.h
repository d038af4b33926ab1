#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "replication/engine/action.h"
#include "replication/engine/input.h"
#include "tests/sim/world.h"

namespace winsome::sim {

/// One direction between two servers. Conversations are streams: nothing comes twice or out of
/// order, but a stream breaks.
struct Way {
  milliseconds delay_least{5};
  milliseconds delay_most{5};
  std::uint32_t octets_per_second = 0;  // 0: no limit
  std::uint32_t breaks = 0;             // permille of messages that end their conversation
  bool cut = false;
};

/// Carries what replication engines say to each other, as both transports do: calls of gRPC with a
/// link of their own at the peer, and connections of TCP 42 on which both sides ask.
class Links {
 public:
  using Post = std::function<void(replication::Input&&)>;

  static constexpr milliseconds connect_patience{10'000};
  /// How long what was sent is repeated, or a silent peer is believed to live.
  static constexpr milliseconds stream_patience{20'000};

  explicit Links(World& world) : world_(world) {}
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  void attach(Ipv4 server, const std::string& who, Post post);
  /// Its process is gone; its peers notice at once, or, if it went `silently`, after a while.
  void detach(Ipv4 server, bool silently);

  void send(Ipv4 server, replication::Send&& what);

  Way& way(Ipv4 from, Ipv4 to) { return ways_[{from, to}]; }
  void cut(Ipv4 from, Ipv4 to);
  void heal(Ipv4 from, Ipv4 to) { way(from, to).cut = false; }

 private:
  using Link = replication::Link;
  enum Side : std::uint8_t { opener, acceptor };
  struct Message {
    std::size_t octets = 0;
    std::function<void()> arrive;
  };
  struct Stream;
  using StreamPtr = std::shared_ptr<Stream>;
  struct Node {
    std::string who;
    Post post;
    std::uint64_t life = 0;
    std::map<Link, StreamPtr> links;
  };

  void carry(Ipv4 server, const replication::OpenLink& what);
  void carry(Ipv4 server, const replication::AskMap& what);
  void carry(Ipv4 server, const replication::AskRecords& what);
  void carry(Ipv4 server, const replication::TakeMore& what);
  void carry(Ipv4 server, const replication::Watch& what);
  void carry(Ipv4 server, replication::Notify& what);
  void carry(Ipv4 server, replication::AnswerMap& what);
  void carry(Ipv4 server, replication::AnswerRecords& what);
  void carry(Ipv4 server, replication::AnswerWatch& what);
  void carry(Ipv4 server, const replication::RefuseLink& what);
  void carry(Ipv4 server, const replication::CloseLink& what);

  [[nodiscard]] StreamPtr make_stream();
  void connect(const StreamPtr& stream, Instant until);
  [[nodiscard]] StreamPtr find(Ipv4 server, Link link);
  [[nodiscard]] Side side_of(const Stream& stream, Link link) const;
  /// The link under which the acceptor knows what the opener asks.
  Link incoming(Stream& stream);
  [[nodiscard]] replication::Peer peer(const Stream& stream, Side who);

  void transfer(const StreamPtr& stream, Side from, std::size_t octets,
                std::function<void()> arrive);
  void pump(const StreamPtr& stream, Side from);
  void post(const StreamPtr& stream, Side to, Link link, replication::Input&& input);
  void end_link(const StreamPtr& stream, Side side, Link link, const std::string& why);
  void end_call(const StreamPtr& stream, Link call);
  void break_stream(const StreamPtr& stream, const std::string& why, milliseconds opener_learns,
                    milliseconds acceptor_learns);
  void lose_side(const StreamPtr& stream, Side side, const std::string& why);
  void leave(Ipv4 server, Link link, const std::string& why);
  [[nodiscard]] std::string who(Ipv4 server) const;

  World& world_;
  std::map<Ipv4, Node> nodes_;
  std::map<std::pair<Ipv4, Ipv4>, Way> ways_;
  std::map<std::pair<Ipv4, Ipv4>, Instant> busy_until_;
  std::vector<std::weak_ptr<Stream>> streams_;  // all there ever were
  std::uint64_t last_incoming_ = 0;
  std::uint64_t last_life_ = 0;
};

/// One line of what a server heard, for traces.
[[nodiscard]] std::string to_text(const replication::Input& input);

}  // namespace winsome::sim
