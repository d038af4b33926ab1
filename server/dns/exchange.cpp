#include "server/dns/exchange.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace winsome::dns {
namespace {

constexpr std::size_t answer_max = 65'535;
using Clock = std::chrono::steady_clock;

class Socket {
 public:
  Socket(const Endpoint& server, int type)
      : fd_(::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server.port);
    to.sin_addr.s_addr = htonl(server.address.value());
    // A TCP connection is still being made when this returns; what fails is seen when it is used.
    if (fd_ >= 0) (void)::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// Waits for `events`; false at `until`, at `stop`, or on an error.
  [[nodiscard]] bool wait(short events, Clock::time_point until, int stop) const {
    std::array<pollfd, 2> watched{{{fd_, events, 0}, {stop, POLLIN, 0}}};
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    if (fd_ < 0 || left <= 0) return false;
    const auto ready = ::poll(watched.data(), watched.size(), static_cast<int>(left));
    return ready > 0 && watched[1].revents == 0 && (watched[0].revents & events) != 0;
  }

  [[nodiscard]] bool send_all(Octets octets, Clock::time_point until, int stop) const {
    while (!octets.empty()) {
      if (!wait(POLLOUT, until, stop)) return false;
      const auto sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      octets = octets.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }

  [[nodiscard]] std::optional<std::size_t> receive(std::span<std::uint8_t> room,
                                                   Clock::time_point until, int stop) const {
    if (!wait(POLLIN, until, stop)) return std::nullopt;
    const auto size = ::recv(fd_, room.data(), room.size(), 0);
    if (size <= 0) return std::nullopt;
    return static_cast<std::size_t>(size);
  }

 private:
  int fd_;
};

/// RFC 1035 4.2.2: the length before the message, both ways.
std::optional<Answer> by_stream(const Endpoint& server, const Query& query, const TsigKey& key,
                                milliseconds timeout, int stop) {
  const auto until = Clock::now() + timeout;
  const Socket socket(server, SOCK_STREAM);
  std::vector<std::uint8_t> framed = {static_cast<std::uint8_t>(query.wire.size() >> 8),
                                      static_cast<std::uint8_t>(query.wire.size())};
  framed.insert(framed.end(), query.wire.begin(), query.wire.end());
  if (!socket.send_all(framed, until, stop)) return std::nullopt;
  std::vector<std::uint8_t> received;
  std::array<std::uint8_t, 4096> room{};
  for (;;) {
    const auto size = socket.receive(room, until, stop);
    if (!size) return std::nullopt;
    received.insert(received.end(), room.begin(),
                    room.begin() + static_cast<std::ptrdiff_t>(*size));
    if (received.size() < 2) continue;
    const auto length = std::size_t{received[0]} << 8 | received[1];
    if (received.size() < 2 + length) continue;
    return read_answer(Octets(received).subspan(2, length), query, key);
  }
}

}  // namespace

std::optional<Answer> exchange(const Endpoint& server, const Query& query, const TsigKey& key,
                               milliseconds timeout, std::size_t tries, int stop) {
  std::vector<std::uint8_t> room(answer_max);
  const Socket socket(server, SOCK_DGRAM);
  for (std::size_t i = 0; i < tries; ++i) {
    const auto until = Clock::now() + timeout;
    if (!socket.send_all(query.wire, until, stop)) continue;
    while (const auto size = socket.receive(room, until, stop)) {
      auto answer = read_answer(Octets(room).first(*size), query, key);
      if (!answer) continue;  // a late answer to an earlier query, or somebody's guess
      if (!answer->truncated) return answer;
      return by_stream(server, query, key, timeout, stop);
    }
  }
  return std::nullopt;
}

}  // namespace winsome::dns
