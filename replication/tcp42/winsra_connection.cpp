#include "replication/tcp42/winsra_connection.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

namespace winsome::transport {
namespace {

using asio::ip::tcp;
using std::chrono::seconds;

// A persistent association may be silent for hours; a dead peer is noticed within two minutes, and
// within one when something is on the way to it.
constexpr int keepalive_idle_s = 60;
constexpr int keepalive_interval_s = 10;
constexpr int keepalive_probes = 6;
constexpr int unacknowledged_ms = 60'000;

/// What fails here makes a dead peer be noticed later, not wrongly.
void set_option(tcp::socket& socket, int level, int option, int value) {
  static_cast<void>(::setsockopt(socket.native_handle(), level, option, &value, sizeof value));
}

tcp::endpoint to_asio(const Endpoint& endpoint) {
  return {asio::ip::address_v4(endpoint.address.value()), endpoint.port};
}

}  // namespace

WinsraConnection::WinsraConnection(WinsraHost& host, tcp::socket socket,
                                   winsra::Association association, WinsraSession session)
    : host_(host),
      socket_(std::move(socket)),
      deadline_(socket_.get_executor(), Clock::time_point::max()),
      stalled_(socket_.get_executor(), Clock::time_point::max()),
      association_(std::move(association)),
      session_(std::move(session)),
      known_(session_.link() < replication::first_incoming) {}

void WinsraConnection::connect(const Endpoint& remote, std::optional<Ipv4> source) {
  const auto failed = [this, remote](const std::error_code& error) {
    end("cannot connect to " + to_text(remote) + ": " + error.message());
  };
  std::error_code error;
  socket_.open(tcp::v4(), error);
  if (!error && source) socket_.bind(to_asio({*source, 0}), error);
  if (error) return failed(error);
  expect_by(Clock::now() + host_.options().limits.handshake,
            "cannot connect to " + to_text(remote) + ": no answer");
  socket_.async_connect(to_asio(remote), [self = shared_from_this(), failed](auto problem) {
    if (self->state_ == State::closed) return;
    if (problem) return failed(problem);
    self->begin();
  });
}

void WinsraConnection::accepted() {
  begin();
}

void WinsraConnection::begin() {
  state_ = State::starting;
  expect_by(Clock::now() + host_.options().limits.handshake, "it does not start an association");
  std::error_code error;
  socket_.non_blocking(true, error);
  if (error) return end(error.message());
  set_option(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket_, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket_, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
  set_option(socket_, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
  set_option(socket_, IPPROTO_TCP, TCP_KEEPCNT, keepalive_probes);
  set_option(socket_, IPPROTO_TCP, TCP_USER_TIMEOUT, unacknowledged_ms);
  if (auto output = association_.take_output(); !output.empty() && !send(std::move(output))) return;
  read();
}

void WinsraConnection::ask(replication::Send&& what) {
  if (state_ == State::established) {
    static_cast<void>(perform(session_.asked(std::move(what))));
  } else if (state_ != State::parting && (std::holds_alternative<replication::CloseLink>(what) ||
                                          std::holds_alternative<replication::RefuseLink>(what))) {
    close();
  }
}

void WinsraConnection::redirected() {
  if (state_ == State::established)
    static_cast<void>(perform(session_.heard(winsra::MapRequest{})));
}

void WinsraConnection::read() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](auto error) {
    if (self->state_ == State::closed) return;
    if (error) return self->end(error.message());
    self->take_in();
  });
}

void WinsraConnection::take_in() {
  const auto scratch = host_.scratch();
  std::error_code error;
  const auto count = socket_.read_some(asio::buffer(scratch.data(), scratch.size()), error);
  if (error == asio::error::would_block) return read();
  if (error) return end(error == asio::error::eof ? "it closed the connection" : error.message());
  if (state_ == State::parting) return read();  // what it says now is of no use
  receive(scratch.first(count));
}

void WinsraConnection::receive(Octets octets) {
  const auto received = association_.receive(octets);
  if (!count_ignored()) return;
  if (auto output = association_.take_output(); !output.empty() && !send(std::move(output))) return;
  if (state_ == State::starting && association_.established()) {
    state_ = State::established;
    expect_by(Clock::time_point::max(), {});
    if (!perform(session_.established(association_.may_persist()))) return;
  }
  while (auto message = association_.next()) {
    if (!perform(session_.heard(std::move(*message)))) return;
  }
  while (const auto stray = association_.next_stray())
    host_.redirect(*stray, session_.peer().address);
  if (state_ == State::closed) return;
  if (!received) {
    host_.count_malformed(session_.peer().address, received.error());
    return end("it sent a frame that cannot be: " + std::string(winsra::to_text(received.error())));
  }
  watch_frame(octets.size());
  read();
}

/// What Windows ignores is ignored, but for answers that nobody asked for.
bool WinsraConnection::count_ignored() {
  for (std::size_t i = 0; i < winsra::ignored_count; ++i) {
    const auto reason = static_cast<winsra::Ignored>(i);
    const auto now = association_.ignored(reason);
    if (now == ignored_[i]) continue;
    host_.count_ignored(session_.peer().address, reason, now - std::exchange(ignored_[i], now));
  }
  if (association_.ignored(winsra::Ignored::out_of_turn) == 0) return true;
  end("it sent an answer that nobody asked for");
  return false;
}

/// False when the session is over.
bool WinsraConnection::perform(WinsraStep step) {
  if (step.politely) known_ = false;
  for (const auto& message : step.messages) {
    if (!send(association_.encode(message))) return false;
  }
  for (auto& input : step.inputs) {
    if (host_.post(std::move(input))) {
      known_ = true;
      continue;
    }
    end("this server has no room for what it says");
    return false;
  }
  if (step.ended) {
    if (step.politely) {
      part();
    } else {
      end(*step.ended);
    }
    return false;
  }
  if (within_limits()) return true;
  too_slow("too much waits to be read by peers");
  return false;
}

bool WinsraConnection::send(std::vector<std::uint8_t> frame) {
  const auto waiting = output_octets_;
  output_octets_ += frame.size();
  output_.push_back(std::move(frame));
  const auto most = host_.options().limits.waiting_octets_max;
  if ((waiting > 0 && output_octets_ > most) || !within_limits()) {
    too_slow("it does not read what is sent to it");
    return false;
  }
  if (waiting == 0) write();
  return true;
}

void WinsraConnection::write() {
  stalled_.expires_after(host_.options().limits.stalled);
  stalled_.async_wait([self = shared_from_this()](auto) {
    if (self->stalled_.expiry() <= Clock::now())
      self->too_slow("it does not read what is sent to it");
  });
  const auto& front = output_.front();
  socket_.async_write_some(asio::buffer(front.data() + written_, front.size() - written_),
                           [self = shared_from_this()](auto error, std::size_t count) {
                             if (self->state_ == State::closed) return;
                             if (error) return self->end(error.message());
                             self->wrote(count);
                           });
}

void WinsraConnection::wrote(std::size_t count) {
  written_ += count;
  output_octets_ -= count;
  if (written_ == output_.front().size()) {
    output_.pop_front();
    written_ = 0;
  }
  static_cast<void>(within_limits());  // less than before
  if (!output_.empty()) return write();
  stalled_.expires_at(Clock::time_point::max());
  if (state_ == State::parting) return part();
  if (state_ == State::established) static_cast<void>(perform(session_.drained()));
}

/// The peer is told of the end once it has everything; then it gets a moment to close.
void WinsraConnection::part() {
  state_ = State::parting;
  expect_by(Clock::time_point::max(), {});
  if (!output_.empty()) return;
  std::error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error) return close();
  deadline_.expires_after(host_.options().limits.farewell);
  deadline_.async_wait([self = shared_from_this()](auto) {
    if (self->deadline_.expiry() <= Clock::now()) self->close();
  });
}

/// Octets that trickle in keep a frame open only as long as a slow line would need.
void WinsraConnection::watch_frame(std::size_t octets) {
  if (state_ != State::established) return;
  if (!association_.in_a_frame()) {
    if (frame_) expect_by(Clock::time_point::max(), {});
    return frame_.reset();
  }
  if (!frame_) frame_ = Frame{.since = Clock::now(), .octets = 0};
  frame_->octets += octets;
  const auto& limits = host_.options().limits;
  expect_by(frame_->since + limits.frame + seconds(frame_->octets / limits.slowest_octets_a_second),
            "it began a frame and did not end it");
}

/// Replaces what was expected before.
void WinsraConnection::expect_by(Clock::time_point deadline, std::string what) {
  deadline_.expires_at(deadline);
  if (deadline == Clock::time_point::max()) return;
  deadline_.async_wait([self = shared_from_this(), what = std::move(what)](auto) {
    if (self->deadline_.expiry() <= Clock::now()) self->too_slow(what);
  });
}

bool WinsraConnection::within_limits() {
  const auto now = output_octets_ + session_.gathered_octets();
  return host_.holds(std::exchange(holding_, now), now);
}

void WinsraConnection::too_slow(const std::string& why) {
  if (state_ == State::closed) return;
  host_.count_too_slow(session_.peer().address, why);
  end(why);
}

void WinsraConnection::end(const std::string& why) {
  if (state_ == State::closed) return;
  if (known_) host_.post_down({session_.link(), why});
  close();
}

void WinsraConnection::close() {
  if (std::exchange(state_, State::closed) == State::closed) return;
  deadline_.expires_at(Clock::time_point::max());
  stalled_.expires_at(Clock::time_point::max());
  std::error_code ignored;
  socket_.close(ignored);
  static_cast<void>(host_.holds(std::exchange(holding_, 0), 0));
  host_.closed(session_.link(), session_.peer().address);
}

}  // namespace winsome::transport
