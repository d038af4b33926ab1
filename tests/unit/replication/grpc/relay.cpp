#include "tests/unit/replication/grpc/relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "server/core/check.h"
#include "server/net/socket_address.h"

namespace winsome::transport {
namespace {

template <class Call>
int with(sockaddr_in address, Call call) {
  return call(reinterpret_cast<sockaddr*>(&address), socklen_t{sizeof(address)});
}

}  // namespace

Relay::Relay(Endpoint to) : to_(to) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto bound = with(net::to_sockaddr({Ipv4(127, 0, 0, 1), 0}),
                          [this](auto* at, auto size) { return ::bind(listener_, at, size); });
  check(bound == 0 && ::listen(listener_, 8) == 0, "the relay listens");
  sockaddr_in mine{};
  socklen_t size = sizeof(mine);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&mine), &size);
  address_ = {Ipv4(127, 0, 0, 1), ntohs(mine.sin_port)};
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { run(); });
}

Relay::~Relay() {
  const std::uint64_t one = 1;
  check(::write(stop_, &one, sizeof(one)) == sizeof(one), "the relay is told to stop");
  thread_.join();
  ::close(stop_);
  ::close(listener_);
}

void Relay::wait_for_octets(std::size_t count) const {
  for (auto now = octets_.load(); now < count; now = octets_.load()) octets_.wait(now);
}

void Relay::run() {
  std::vector<pollfd> all{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};  // then pairs
  while (::poll(all.data(), all.size(), -1) >= 0 && all[0].revents == 0) {
    for (std::size_t i = 2; i < all.size(); ++i) {
      const auto other = i % 2 == 0 ? i + 1 : i - 1;
      if (all[i].revents == 0 || carry(all[i].fd, all[other].fd)) continue;
      ::shutdown(all[other].fd, SHUT_RDWR);
      ::close(std::exchange(all[i].fd, -1));
    }
    if (all[1].revents == 0) continue;
    const auto here = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const auto there = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    with(net::to_sockaddr(to_), [&](auto* at, auto size) { return ::connect(there, at, size); });
    all.push_back({here, POLLIN, 0});
    all.push_back({there, POLLIN, 0});
  }
  for (std::size_t i = 2; i < all.size(); ++i) {
    if (all[i].fd >= 0) ::close(all[i].fd);
  }
}

bool Relay::carry(int from, int to) {
  std::array<char, 65'536> buffer;
  const auto count = ::recv(from, buffer.data(), buffer.size(), 0);
  if (silent_) return count > 0;
  if (count <= 0) return false;
  octets_ += static_cast<std::size_t>(count);
  octets_.notify_all();
  return ::send(to, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
}

}  // namespace winsome::transport
