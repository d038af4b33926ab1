#pragma once

#include <array>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "replication/tcp42/winsra_options.h"
#include "replication/tcp42/winsra_session.h"
#include "replication/winsra/association.h"

namespace winsome::transport {

/// What all connections share. Everything happens on one thread.
class WinsraHost {
 public:
  virtual ~WinsraHost() = default;
  [[nodiscard]] virtual const WinsraOptions& options() const = 0;
  /// Where octets are read to, before they go to the association.
  [[nodiscard]] virtual std::span<std::uint8_t> scratch() = 0;
  /// False: the link is to be ended.
  [[nodiscard]] virtual bool post(replication::Input&& input) = 0;
  /// The engine has to hear of it, now or when there is room.
  virtual void post_down(replication::LinkDown&& down) = 0;
  /// What one connection holds for its peer was `before` and is `now`. False: that is too much.
  [[nodiscard]] virtual bool holds(std::size_t before, std::size_t now) = 0;
  virtual void count_malformed(Ipv4 peer, winsra::DecodeError error) = 0;
  virtual void count_ignored(Ipv4 peer, winsra::Ignored reason, std::uint64_t count) = 0;
  virtual void count_too_slow(Ipv4 peer, const std::string& why) = 0;
  /// A map request for the association of `handle`, which is to be the same peer's.
  virtual void redirect(winsra::Handle handle, Ipv4 address) = 0;
  /// The socket is closed; the last thing that a connection says.
  virtual void closed(replication::Link link, Ipv4 address) = 0;
};

/// One TCP connection: its socket, deadlines and limits, around one association and one session.
/// Lives until it is closed, and as long as an operation on it is under way.
class WinsraConnection : public std::enable_shared_from_this<WinsraConnection> {
 public:
  WinsraConnection(WinsraHost& host, asio::ip::tcp::socket socket, winsra::Association association,
                   WinsraSession session);

  void connect(const Endpoint& remote, std::optional<Ipv4> source);
  void accepted();
  /// The peer asked on another of its connections.
  void redirected();
  /// The engine asks for something.
  void ask(replication::Send&& what);
  /// Without a word to anybody.
  void close();

  /// Whether the engine heard of it.
  [[nodiscard]] bool is_known() const { return known_; }
  [[nodiscard]] Ipv4 address() const { return session_.peer().address; }

 private:
  enum class State : std::uint8_t {
    connecting,   // no TCP connection yet
    starting,     // no association yet
    established,  // the session goes on
    parting,      // what was said still goes out
    closed
  };
  using Clock = std::chrono::steady_clock;

  void begin();
  void read();
  void take_in();
  void receive(Octets octets);
  [[nodiscard]] bool count_ignored();
  [[nodiscard]] bool perform(WinsraStep step);
  [[nodiscard]] bool send(std::vector<std::uint8_t> frame);
  void write();
  void wrote(std::size_t count);
  void watch_frame(std::size_t octets);
  void expect_by(Clock::time_point deadline, std::string what);
  [[nodiscard]] bool within_limits();
  void part();
  void end(const std::string& why);
  void too_slow(const std::string& why);

  WinsraHost& host_;
  asio::ip::tcp::socket socket_;
  asio::steady_timer deadline_;  // of the handshake, a frame, the farewell: one at a time
  asio::steady_timer stalled_;
  winsra::Association association_;
  WinsraSession session_;
  State state_ = State::connecting;
  bool known_;  // to the engine, which has to hear of the end

  struct Frame {
    Clock::time_point since;
    std::size_t octets = 0;
  };
  std::optional<Frame> frame_;  // the peer is in the middle of one

  std::deque<std::vector<std::uint8_t>> output_;
  std::size_t written_ = 0;                                     // of the front
  std::size_t output_octets_ = 0;                               // of all
  std::size_t holding_ = 0;                                     // as the host knows it
  std::array<std::uint64_t, winsra::ignored_count> ignored_{};  // as the host knows it
};

}  // namespace winsome::transport
