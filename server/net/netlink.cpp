#include "server/net/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace winsome::net {
namespace {

/// What the kernel puts into one answer at most; mnl's own figure is no constant.
constexpr std::size_t answer_room = 32'768;

/// Whether `message` is the last answer, and with which error.
std::optional<int> ending(const nlmsghdr* message) {
  if (message->nlmsg_type == NLMSG_DONE) return 0;
  if (message->nlmsg_type != NLMSG_ERROR) return std::nullopt;
  if (mnl_nlmsg_get_payload_len(message) < sizeof(nlmsgerr)) return EBADMSG;
  return -static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
}

}  // namespace

Result<Netlink, std::string> Netlink::open(unsigned groups) {
  const int flags = SOCK_CLOEXEC | (groups != 0 ? SOCK_NONBLOCK : 0);
  Netlink netlink(mnl_socket_open2(NETLINK_ROUTE, flags));
  if (!netlink.socket_ || mnl_socket_bind(netlink.socket_.get(), groups, MNL_SOCKET_AUTOPID) < 0)
    return fail(std::string("cannot ask the kernel for its interfaces: ") + std::strerror(errno));
  return netlink;
}

int Netlink::ask(nlmsghdr* request, const std::function<void(const nlmsghdr*)>& each) {
  request->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), request, request->nlmsg_len) < 0) return errno;
  alignas(nlmsghdr) std::array<char, answer_room> room;
  bool interrupted = false;
  for (;;) {
    const auto received = mnl_socket_recvfrom(socket_.get(), room.data(), room.size());
    if (received < 0 && errno == EINTR) continue;
    if (received < 0) return errno;
    auto left = static_cast<int>(received);
    const auto* message = reinterpret_cast<const nlmsghdr*>(room.data());
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_seq != sequence_) continue;
      interrupted = interrupted || (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (const auto error = ending(message)) return *error == 0 && interrupted ? EINTR : *error;
      each(message);
    }
  }
}

bool Netlink::drain() {
  std::array<char, answer_room> room;
  bool any = false;
  for (;;) {
    const auto length = ::recv(fd(), room.data(), room.size(), MSG_DONTWAIT);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno != ENOBUFS) return any;
    any = true;
  }
}

}  // namespace winsome::net
