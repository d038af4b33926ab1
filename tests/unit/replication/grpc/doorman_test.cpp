#include "replication/grpc/doorman.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>
#include <deque>
#include <mutex>

#include "tests/unit/replication/transport/inputs.h"

namespace winsome::transport {
namespace {

using asio::ip::tcp;

constexpr Ipv4 loopback{127, 0, 0, 1};
constexpr std::array<std::uint8_t, 3> tls_begin{0x16, 3, 1};
constexpr auto one_too_many = "127.0.0.1: one connection too many";
constexpr auto admitted = "127.0.0.1: admitted";

/// The test stands where gRPC does.
class DoormanTest : public testing::Test {
 protected:
  void open(GrpcLimits limits = {}, Entry entry = Entry::secured) {
    auto opened = Doorman::open({{loopback, 0}}, entry, faults, limits);
    ASSERT_TRUE(opened) << opened.error();
    doorman = std::move(*opened);
    doorman->run([this](int descriptor) {
      {
        const std::lock_guard lock(mutex);
        descriptors.push_back(descriptor);
      }
      told.note()("127.0.0.1", "admitted");
    });
  }
  [[nodiscard]] tcp::socket caller() {
    tcp::socket socket(io);
    const auto port = doorman->listening().front().port;
    socket.connect({asio::ip::address_v4(loopback.value()), port});
    return socket;
  }
  [[nodiscard]] tcp::socket caller_with_tls() {
    auto socket = caller();
    asio::write(socket, asio::buffer(tls_begin));
    return socket;
  }
  /// The oldest descriptor that was given to gRPC.
  [[nodiscard]] int take() {
    const std::lock_guard lock(mutex);
    const int descriptor = descriptors.front();
    descriptors.pop_front();
    return descriptor;
  }
  /// As gRPC ends a connection.
  void end_oldest() {
    const int descriptor = take();
    ::shutdown(descriptor, SHUT_RDWR);
    ::close(descriptor);
  }
  void TearDown() override {
    doorman.reset();
    while (!descriptors.empty()) end_oldest();
  }
  [[nodiscard]] static bool ended(tcp::socket& socket) {
    std::array<std::uint8_t, 8> room{};
    std::error_code error;
    socket.read_some(asio::buffer(room), error);
    return static_cast<bool>(error);
  }
  void note_use(const tcp::socket& of, bool in_use) {
    doorman->note_use({loopback, of.local_endpoint().port()}, in_use);
  }
  [[nodiscard]] std::uint64_t count(GrpcFault fault) const {
    return faults.counters()[static_cast<std::size_t>(fault)];
  }

  asio::io_context io;
  Faults told;
  GrpcFaults faults{told.note()};
  std::mutex mutex;
  std::deque<int> descriptors;
  std::unique_ptr<Doorman> doorman;
};

TEST_F(DoormanTest, AdmitsWhoBeginsAsTlsDoesAndTakesNothingFromIt) {
  open();
  const auto socket = caller_with_tls();
  EXPECT_EQ(told.next(), admitted);
  const int descriptor = take();
  std::array<std::uint8_t, 8> room{};
  EXPECT_EQ(::read(descriptor, room.data(), room.size()), 3);
  EXPECT_EQ(::read(descriptor, room.data(), room.size()), -1) << "it does not block";
  ::close(descriptor);
}

TEST_F(DoormanTest, SendsAwayWhoSpeaksInTheOpenAndSaysWho) {
  open();
  auto socket = caller();
  asio::write(socket, asio::buffer(std::string_view("PRI * HTTP/2.0")));
  EXPECT_EQ(told.next(), "127.0.0.1: it does not secure its connections");
  EXPECT_TRUE(ended(socket));
  EXPECT_EQ(count(GrpcFault::unsecured), 1U);
}

TEST_F(DoormanTest, AdmitsWhoeverSaysSomethingWhereNothingIsSecured) {
  open({}, Entry::open);
  auto socket = caller();
  asio::write(socket, asio::buffer(std::string_view("PRI * HTTP/2.0")));
  EXPECT_EQ(told.next(), admitted);
}

TEST_F(DoormanTest, DoesNotWaitForeverForAWord) {
  open({.first_octet = milliseconds(20)});
  auto socket = caller();
  EXPECT_EQ(told.next(), "127.0.0.1: it connects and says nothing");
  EXPECT_TRUE(ended(socket));
  EXPECT_EQ(count(GrpcFault::silent), 1U);
}

TEST_F(DoormanTest, LetsOneAddressHaveSoManyConnectionsOnlyAdmittedOrNot) {
  open({.connections_max_of_one_address = 2});
  const auto first = caller_with_tls();
  EXPECT_EQ(told.next(), admitted);
  auto second = caller();
  auto third = caller_with_tls();
  EXPECT_EQ(told.next(), one_too_many);
  EXPECT_TRUE(ended(third));
  EXPECT_EQ(count(GrpcFault::turned_away), 1U);
  asio::write(second, asio::buffer("x", 1));
  EXPECT_EQ(told.next(), "127.0.0.1: it does not secure its connections");
  const auto fourth = caller_with_tls();  // there is a place again
  EXPECT_EQ(told.next(), admitted);
}

TEST_F(DoormanTest, APlaceIsFreeOnceTheConnectionHasEnded) {
  open({.connections_max_of_one_address = 1});
  auto first = caller_with_tls();
  EXPECT_EQ(told.next(), admitted);
  end_oldest();
  EXPECT_TRUE(ended(first));
  std::string said;
  do {
    const auto next = caller_with_tls();
    said = told.next();
  } while (said == one_too_many);
  EXPECT_EQ(said, admitted);
}

TEST_F(DoormanTest, WhoIsNotInUseMakesRoomForWhoComes) {
  open({.connections_max = 2});
  auto first = caller_with_tls();
  EXPECT_EQ(told.next(), admitted);
  note_use(first, true);
  auto second = caller_with_tls();
  EXPECT_EQ(told.next(), admitted);

  auto third = caller_with_tls();
  EXPECT_EQ(told.next(), one_too_many);
  EXPECT_TRUE(ended(second));
  EXPECT_EQ(told.next(), admitted);

  note_use(third, true);
  auto fourth = caller_with_tls();
  EXPECT_EQ(told.next(), one_too_many);
  EXPECT_TRUE(ended(fourth));

  note_use(first, false);  // who may be here no longer
  auto fifth = caller_with_tls();
  EXPECT_EQ(told.next(), one_too_many);
  EXPECT_TRUE(ended(first));
  EXPECT_EQ(told.next(), admitted);
}

TEST_F(DoormanTest, WhoSaidNothingMakesRoomToo) {
  open({.connections_max = 1});
  auto silent = caller();
  const auto next = caller_with_tls();
  EXPECT_EQ(told.next(), one_too_many);
  EXPECT_TRUE(ended(silent));
  EXPECT_EQ(told.next(), admitted);
}

TEST_F(DoormanTest, WhoGoesAsHeCameIsNoFault) {
  open();
  caller().close();
  auto socket = caller();
  asio::write(socket, asio::buffer("x", 1));
  EXPECT_EQ(told.next(), "127.0.0.1: it does not secure its connections");
}

TEST_F(DoormanTest, SaysWhyItCannotListen) {
  open();
  const auto taken = Doorman::open(doorman->listening(), Entry::secured, faults);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), "cannot listen on " + to_text(doorman->listening().front()) +
                               " for replication over gRPC: Address already in use");
}

}  // namespace
}  // namespace winsome::transport
