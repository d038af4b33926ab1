#include "server/services/tftp_worker.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>

#include "server/core/check.h"
#include "server/tftp/negotiation.h"
#include "server/tftp/packet.h"
#include "server/tftp/path.h"

namespace winsome::services {
namespace {

using tftp::ErrorCode;

constexpr std::uint64_t stop_token = std::numeric_limits<std::uint64_t>::max();
/// Events that one look at the sockets brings.
constexpr int events_max = 64;
/// Requests that are taken before it is the turn of those who are being served.
constexpr int requests_in_a_row_max = 16;

/// The transfers' own clock: only differences count.
Instant read_clock() {
  return Instant(std::chrono::duration_cast<milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch()));
}

TftpEnd to_end(tftp::Outcome outcome) {
  switch (outcome) {
    case tftp::Outcome::complete: return TftpEnd::complete;
    case tftp::Outcome::aborted: return TftpEnd::aborted;
    case tftp::Outcome::silent: return TftpEnd::silent;
    case tftp::Outcome::unreadable: break;
  }
  return TftpEnd::unreadable;
}

bool asks_for_a_file(Octets datagram) {
  const auto opcode = ByteReader(datagram).u16();
  return opcode == static_cast<std::uint16_t>(tftp::Opcode::rrq) ||
         opcode == static_cast<std::uint16_t>(tftp::Opcode::wrq);
}

}  // namespace

TftpWorker::TftpWorker(TftpContext& context, std::vector<TftpSocket> listening, int stop)
    : context_(context),
      listening_(std::move(listening)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      next_token_(listening_.size()),
      window_(tftp::window_octets_max) {
  check(epoll_ >= 0, "epoll can be had");
  watch(stop, stop_token);
  for (std::size_t i = 0; i < listening_.size(); ++i) watch(listening_[i].fd(), i);
}

TftpWorker::~TftpWorker() {
  for (const auto& [token, session] : sessions_) context_.limits.leave(session->client.address);
  ::close(epoll_);
}

void TftpWorker::watch(int fd, Token token) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = token;
  check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "epoll takes a socket");
}

int TftpWorker::patience() const {
  if (timers_.empty()) return -1;
  const auto left = timers_.begin()->first - read_clock();
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void TftpWorker::run() {
  std::array<epoll_event, events_max> events{};
  while (true) {
    const int count = ::epoll_wait(epoll_, events.data(), events_max, patience());
    now_ = read_clock();
    for (int i = 0; i < count; ++i) {
      const Token token = events[static_cast<std::size_t>(i)].data.u64;
      if (token == stop_token) return;
      if (token < listening_.size()) {
        receive_requests(listening_[token]);
      } else {
        receive_packets(token);
      }
    }
    wake_sessions();
  }
}

void TftpWorker::receive_requests(const TftpSocket& socket) {
  std::array<std::uint8_t, tftp::received_size_max> room;
  for (int i = 0; i < requests_in_a_row_max; ++i) {
    const auto arrival = socket.receive(room);
    if (!arrival) return;
    // RFC 1123 4.2.3.4: nobody answers a request that was broadcast.
    if (!arrival->asked.unspecified()) take_request(*arrival);
  }
}

void TftpWorker::take_request(const TftpSocket::Arrival& arrival) {
  if (!asks_for_a_file(arrival.datagram)) return;
  context_.requests.fetch_add(1, std::memory_order_relaxed);
  if (already_answered(arrival)) {
    context_.duplicates.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto packet = tftp::decode(arrival.datagram);
  if (!packet) {
    return refuse(arrival, {}, TftpEnd::malformed, ErrorCode::illegal,
                  tftp::to_text(packet.error()));
  }
  const auto& request = std::get<tftp::Request>(*packet);
  if (request.write) {
    return refuse(arrival, request.file, TftpEnd::write, ErrorCode::access,
                  "this server is for reading");
  }
  const auto path = tftp::relative_path(request.file);
  if (!path) {
    return refuse(arrival, request.file, TftpEnd::bad_path, ErrorCode::access,
                  tftp::to_text(path.error()));
  }
  open_session(arrival, request, *path);
}

bool TftpWorker::already_answered(const TftpSocket::Arrival& arrival) {
  const auto own = by_client_.find(arrival.from);
  if (own == by_client_.end()) return false;
  const auto token = own->second;
  const auto& session = *sessions_.at(token);
  if (std::ranges::equal(session.request, arrival.datagram) && session.transfer.alive())
    return true;
  close_session(token, TftpEnd::replaced);
  return false;
}

void TftpWorker::open_session(const TftpSocket::Arrival& arrival, const tftp::Request& request,
                              const std::string& path) {
  const auto client = arrival.from;
  const auto turn_away = [&] { report({client, request.file, TftpEnd::full}); };
  switch (context_.limits.admit(client.address)) {
    case TftpLimits::Verdict::admitted: break;
    case TftpLimits::Verdict::full: return turn_away();
    case TftpLimits::Verdict::client_limit:
      return refuse(arrival, request.file, TftpEnd::client_limit, ErrorCode::undefined,
                    "you have too many transfers");
  }
  auto file = context_.files.open(path);
  auto socket = file ? TftpSocket::answering(arrival.asked) : std::nullopt;
  if (!file || !socket) {
    context_.limits.leave(client.address);
    const auto error = file ? FileError::busy : file.error();
    if (error == FileError::busy) return turn_away();
    if (error == FileError::not_found)
      return refuse(arrival, request.file, TftpEnd::not_found, ErrorCode::not_found,
                    "file not found");
    return refuse(arrival, request.file, TftpEnd::access, ErrorCode::access, "access denied");
  }

  const auto token = next_token_++;
  tftp::Transfer transfer(client, request.mode,
                          tftp::negotiate(request, context_.options, file->size()),
                          context_.options);
  auto& session = *sessions_
                       .emplace(token, std::make_unique<Session>(Session{
                                           client,
                                           request.file,
                                           {arrival.datagram.begin(), arrival.datagram.end()},
                                           std::move(*socket),
                                           std::move(*file),
                                           std::move(transfer),
                                           now_}))
                       .first->second;
  by_client_.emplace(client, token);
  watch(session.socket.fd(), token);
  carry_out(token, session, session.transfer.start(now_));
}

void TftpWorker::refuse(const TftpSocket::Arrival& arrival, std::string name, TftpEnd end,
                        ErrorCode code, std::string_view message) {
  if (const auto socket = TftpSocket::answering(arrival.asked)) {
    const tftp::Datagram answer{arrival.from, encode(tftp::Error{code, std::string(message)})};
    socket->send({&answer, 1});
  }
  report({arrival.from, std::move(name), end});
}

void TftpWorker::receive_packets(Token token) {
  const auto found = sessions_.find(token);
  if (found == sessions_.end()) return;  // closed since the sockets were looked at
  auto& session = *found->second;
  std::array<std::uint8_t, tftp::received_size_max> room;
  // One at a time: epoll tells of the next, after those of the others.
  const auto arrival = session.socket.receive(room);
  if (!arrival) return;
  carry_out(token, session,
            session.transfer.step(tftp::Received{arrival->from, arrival->datagram}, now_));
}

void TftpWorker::wake_sessions() {
  while (!timers_.empty() && timers_.begin()->first <= now_) {
    const auto token = timers_.begin()->second;
    auto& session = *sessions_.at(token);
    carry_out(token, session, session.transfer.step(tftp::TimePassed{}, now_));
  }
}

void TftpWorker::carry_out(Token token, Session& session, tftp::Actions actions) {
  if (actions.read) {
    const auto [offset, length] = *actions.read;
    check(length <= window_.size(), "a window is bounded");
    const auto size = session.file.read(offset, std::span(window_).first(length));
    if (size) {
      actions = session.transfer.step(tftp::FileOctets{Octets(window_).first(*size)}, now_);
      count_octets(session, actions);
    } else {
      actions = session.transfer.step(tftp::FileUnreadable{}, now_);
    }
  }
  session.socket.send(actions.sends);
  if (actions.ended) return close_session(token, to_end(*actions.ended));
  sleep_until(token, session, actions.wake_at);
}

void TftpWorker::count_octets(Session& session, const tftp::Actions& blocks) {
  std::uint64_t sum = 0;
  for (const auto& block : blocks.sends) sum += block.octets.size() - tftp::data_header_size;
  session.octets += sum;
  context_.octets.fetch_add(sum, std::memory_order_relaxed);
}

void TftpWorker::sleep_until(Token token, Session& session, Instant wake_at) {
  if (session.wake_at == wake_at) return;
  timers_.erase({session.wake_at, token});
  session.wake_at = wake_at;
  timers_.emplace(wake_at, token);
}

void TftpWorker::close_session(Token token, TftpEnd end) {
  const auto found = sessions_.find(token);
  const auto session = std::move(found->second);
  sessions_.erase(found);
  by_client_.erase(session->client);
  timers_.erase({session->wake_at, token});
  context_.limits.leave(session->client.address);
  report({session->client, session->name, end, session->octets, now_ - session->started});
}

void TftpWorker::report(const TftpReport& report) {
  context_.ends[static_cast<std::size_t>(report.end)].fetch_add(1, std::memory_order_relaxed);
  if (context_.observer) context_.observer(report);
}

}  // namespace winsome::services
