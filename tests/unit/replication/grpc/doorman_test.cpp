#include "replication/grpc/doorman.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <future>

#include "tests/unit/replication/transport/inputs.h"

namespace winsome::transport {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr Ipv4 loopback{127, 0, 0, 1};

class DoormanTest : public testing::Test {
 protected:
  void open(DoormanLimits limits = {}) {
    auto opened = Doorman::open({{loopback, 0}}, faults.note(), limits);
    ASSERT_TRUE(opened) << opened.error();
    doorman = std::move(*opened);
    doorman->run([this](int descriptor) { admitted.set_value(descriptor); });
  }
  [[nodiscard]] tcp::socket caller() {
    tcp::socket socket(io);
    const auto port = doorman->listening().front().port;
    socket.connect({asio::ip::address_v4(loopback.value()), port});
    return socket;
  }

  asio::io_context io;
  Faults faults;
  std::promise<int> admitted;
  std::unique_ptr<Doorman> doorman;
};

TEST_F(DoormanTest, AdmitsWhoBeginsAsTlsDoesAndTakesNothingFromIt) {
  open();
  auto socket = caller();
  asio::write(socket, asio::buffer(std::array<std::uint8_t, 3>{0x16, 3, 1}));
  const auto descriptor = admitted.get_future().get();
  std::array<std::uint8_t, 8> room{};
  EXPECT_EQ(::read(descriptor, room.data(), room.size()), 3);
  EXPECT_EQ(::read(descriptor, room.data(), room.size()), -1) << "it does not block";
  ::close(descriptor);
}

TEST_F(DoormanTest, SendsAwayWhoSpeaksInTheOpenAndSaysWho) {
  open();
  auto socket = caller();
  asio::write(socket, asio::buffer(std::string_view("PRI * HTTP/2.0")));
  EXPECT_EQ(faults.next(), "127.0.0.1: it does not secure its connections");
  std::array<std::uint8_t, 8> room{};
  std::error_code ended;
  socket.read_some(asio::buffer(room), ended);
  EXPECT_TRUE(ended);
}

TEST_F(DoormanTest, DoesNotWaitForeverForAWord) {
  open({.patience = milliseconds(20)});
  const auto socket = caller();
  EXPECT_EQ(faults.next(), "127.0.0.1: it connects and says nothing");
}

TEST_F(DoormanTest, LetsOneAddressWaitOnSoManyConnectionsOnly) {
  open({.waiting_max_of_one_address = 2});
  const auto first = caller();
  auto second = caller();
  const auto third = caller();
  EXPECT_EQ(faults.next(), "127.0.0.1: one connection too many on which nothing comes");
  asio::write(second, asio::buffer("x", 1));
  EXPECT_EQ(faults.next(), "127.0.0.1: it does not secure its connections");
  auto fourth = caller();  // there is a place again
  asio::write(fourth, asio::buffer(std::array<std::uint8_t, 1>{0x16}));
  ::close(admitted.get_future().get());
}

TEST_F(DoormanTest, WhoGoesAsHeCameIsNoFault) {
  open();
  caller().close();
  auto socket = caller();
  asio::write(socket, asio::buffer("x", 1));
  EXPECT_EQ(faults.next(), "127.0.0.1: it does not secure its connections");
}

TEST_F(DoormanTest, SaysWhyItCannotListen) {
  open();
  const auto taken = Doorman::open(doorman->listening(), {});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), "cannot listen on " + to_text(doorman->listening().front()) +
                               " for replication over gRPC: Address already in use");
}

}  // namespace
}  // namespace winsome::transport
