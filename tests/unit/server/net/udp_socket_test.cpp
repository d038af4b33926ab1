#include "server/net/udp_socket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace winsome::net {
namespace {

constexpr Ipv4 loopback{127, 0, 0, 1};

UdpSocket bound(Ipv4 address) {
  auto socket = UdpSocket::bind({address, 0}, false);
  EXPECT_TRUE(socket) << (socket ? "" : socket.error());
  return std::move(*socket);
}

void send(const UdpSocket& from, std::span<const std::uint8_t> octets, const Endpoint& to,
          Ipv4 local = {}) {
  const auto batch = std::make_unique<SendBatch>();
  std::ranges::copy(octets, batch->next().begin());
  batch->add(octets.size(), to, local, from);
  EXPECT_EQ(batch->flush(from), 0U);
}

TEST(UdpSocket, ReceivesWhatIsSentAndSaysFromWhom) {
  const auto server = bound(loopback);
  const auto client = bound(loopback);
  const std::array<std::uint8_t, 3> octets = {1, 2, 3};
  send(client, octets, server.local());
  const auto batch = std::make_unique<ReceiveBatch>();
  ASSERT_EQ(batch->receive(server), 1U);
  EXPECT_TRUE(std::ranges::equal(batch->datagram(0), octets));
  EXPECT_EQ(batch->remote(0), client.local());
  EXPECT_EQ(batch->local(0, server), loopback);
}

// The issue: the reply leaves from the address that was asked.
TEST(UdpSocket, OnTheWildcardAddressKnowsWhichAddressWasAskedAndAnswersFromIt) {
  const auto server = bound(Ipv4());
  const auto client = bound(loopback);
  const std::array<std::uint8_t, 1> octets = {7};
  const Ipv4 asked{127, 0, 0, 77};
  send(client, octets, {asked, server.local().port});
  const auto batch = std::make_unique<ReceiveBatch>();
  ASSERT_EQ(batch->receive(server), 1U);
  ASSERT_EQ(batch->local(0, server), asked);

  send(server, octets, batch->remote(0), asked);
  ASSERT_EQ(batch->receive(client), 1U);
  EXPECT_EQ(batch->remote(0).address, asked);
}

TEST(UdpSocket, SendsAndReceivesManyDatagramsInOneBatch) {
  const auto server = bound(loopback);
  const auto client = bound(loopback);
  const auto batch = std::make_unique<SendBatch>();
  for (std::size_t i = 0; i < batch_max; ++i) {
    batch->next()[0] = static_cast<std::uint8_t>(i);
    batch->add(1, server.local(), {}, client);
  }
  EXPECT_TRUE(batch->full());
  EXPECT_EQ(batch->flush(client), 0U);
  const auto received = std::make_unique<ReceiveBatch>();
  ASSERT_EQ(received->receive(server), batch_max);
  EXPECT_EQ(received->datagram(batch_max - 1)[0], batch_max - 1);
}

TEST(UdpSocket, CutsADatagramThatIsLongerThanAnyOfOurs) {
  const auto server = bound(loopback);
  const auto client = bound(loopback);
  const std::vector<std::uint8_t> octets(4000, 1);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(server.local().port);
  to.sin_addr.s_addr = htonl(loopback.value());
  ASSERT_EQ(::sendto(client.fd(), octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&to),
                     sizeof(to)),
            4000);
  const auto batch = std::make_unique<ReceiveBatch>();
  ASSERT_EQ(batch->receive(server), 1U);
  EXPECT_EQ(batch->datagram(0).size(), datagram_max);
}

// CVE-2014-0244: an empty datagram is one like any other, and the loop goes on.
TEST(UdpSocket, ReceivesAnEmptyDatagram) {
  const auto server = bound(loopback);
  const auto client = bound(loopback);
  send(client, {}, server.local());
  const std::array<std::uint8_t, 1> octets = {7};
  send(client, octets, server.local());
  const auto batch = std::make_unique<ReceiveBatch>();
  ASSERT_EQ(batch->receive(server), 2U);
  EXPECT_TRUE(batch->datagram(0).empty());
}

TEST(UdpSocket, SaysWhatToDoWhenThePortIsTaken) {
  const auto first = bound(loopback);
  const auto second = UdpSocket::bind(first.local(), false);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another program has this port"), std::string::npos)
      << second.error();
  EXPECT_NE(second.error().find("change nbns.listen"), std::string::npos) << second.error();
}

TEST(UdpSocket, SaysWhatToDoWhenTheAddressIsNotOurs) {
  const auto socket = UdpSocket::bind({Ipv4(192, 0, 2, 1), 0}, false);
  ASSERT_FALSE(socket);
  EXPECT_NE(socket.error().find("does not have the address"), std::string::npos) << socket.error();
}

}  // namespace
}  // namespace winsome::net
