#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "server/net/interfaces.h"
#include "server/net/message_batch.h"

namespace winsome::net {

/// A network namespace of the test's own, with a cable between `server0` (10.77.0.1/16) and
/// `client0`, which has no address: tests speak there by packet sockets.
class Network : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, for network namespaces";
    if (std::system("command -v ip >/dev/null") != 0) GTEST_SKIP() << "needs the program 'ip'";
    if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "cannot make namespaces";
    run("ip link set lo up");
    run("ip link add server0 address 02:00:00:00:00:01 type veth"
        " peer name client0 address 02:00:00:00:00:02");
    run("ip addr add 10.77.0.1/16 brd + dev server0");
    run("ip link set client0 up");
    run("ip link set server0 up");
    // A cable takes the kernel a moment; until then it drops what is sent.
    for (const std::string name : {"server0", "client0"})
      run("timeout 5 sh -c 'until ip link show dev " + name +
          " | grep -q \"state UP\"; do :; done'");
  }

  static void run(const std::string& command) {
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  static const Interface* find(const Interfaces& interfaces, std::string_view name) {
    for (const auto& one : interfaces.all()) {
      if (one.name == name) return &one;
    }
    return nullptr;
  }

  static std::uint32_t index_of(std::string_view name) {
    const auto interfaces = Interfaces::open();
    const auto* found = interfaces ? find(*interfaces, name) : nullptr;
    return found == nullptr ? 0 : found->index;
  }

  /// Whether there is something to read within five seconds.
  static bool readable(int fd, int milliseconds_max = 5'000) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, milliseconds_max) == 1;
  }
};

constexpr EthernetAddress server_hardware{2, 0, 0, 0, 0, 1};
constexpr EthernetAddress client_hardware{2, 0, 0, 0, 0, 2};

}  // namespace winsome::net
