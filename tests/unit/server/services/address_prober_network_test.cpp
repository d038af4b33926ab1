#include "server/bootstrap/arp.h"
#include "server/services/address_prober.h"
#include "tests/unit/server/services/collected.h"
#include "tests/unit/server/services/wire.h"

namespace winsome::services {
namespace {

class AddressProberNetwork : public net::Network {
 protected:
  void SetUp() override {
    net::Network::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto sockets = ProbeSockets::open();
    ASSERT_TRUE(sockets) << sockets.error();
    prober_.emplace(std::move(*sockets), [this](std::vector<dhcp::ProbeResult>&& results) {
      results_.add(std::move(results));
    });
    interface_ = index_of("server0");
  }

  void ask(Ipv4 address, std::uint32_t interface, milliseconds timeout) {
    const dhcp::Probe probe{.address = address, .interface = interface, .timeout = timeout};
    prober_->ask(std::span(&probe, 1));
  }

  /// The one result that comes.
  dhcp::ProbeResult result() {
    const auto results = results_.wait_for(1);
    EXPECT_EQ(results.size(), 1U);
    return results.empty() ? dhcp::ProbeResult{} : results[0];
  }

  std::uint32_t interface_ = 0;
  Collected<dhcp::ProbeResult> results_;
  std::optional<AddressProber> prober_;
};

constexpr Ipv4 somebody{10, 77, 1, 5};
constexpr milliseconds long_enough{60'000};

TEST_F(AddressProberNetwork, WhoAnswersArpHasTheAddress) {
  Wire client(index_of("client0"), net::EtherType::arp);
  ask(somebody, interface_, long_enough);
  const auto got = client.receive([](Octets octets) {
    const auto packet = bootstrap::decode_arp(octets);
    return packet && packet->target == somebody;
  });
  ASSERT_TRUE(got);
  const auto question = *bootstrap::decode_arp(got->octets);
  EXPECT_TRUE(got->broadcast);
  EXPECT_EQ(question.operation, bootstrap::ArpOperation::request);
  EXPECT_EQ(question.sender_hardware, net::server_hardware);
  EXPECT_TRUE(question.sender.unspecified());  // RFC 5227 1.1

  client.send(bootstrap::encode({.operation = bootstrap::ArpOperation::reply,
                                 .sender_hardware = net::client_hardware,
                                 .sender = somebody,
                                 .target_hardware = net::server_hardware,
                                 .target = {}}),
              net::server_hardware);
  EXPECT_EQ(result().address, somebody);
  EXPECT_TRUE(result().in_use);
}

// A free address must cost no entry of the kernel's table.
TEST_F(AddressProberNetwork, WhereNobodyAnswersTheAddressIsFree) {
  ask(somebody, interface_, milliseconds(40));
  EXPECT_EQ(result().address, somebody);
  EXPECT_FALSE(result().in_use);
  run("test -z \"$(ip neigh show 10.77.1.5)\"");
}

TEST_F(AddressProberNetwork, OurOwnAddressIsInUse) {
  ask(Ipv4(10, 77, 0, 1), interface_, long_enough);
  EXPECT_TRUE(result().in_use);
}

// Behind a relay there is no ARP. All of 127/8 answers echo requests.
TEST_F(AddressProberNetwork, WhoAnswersEchoHasTheAddress) {
  ask(Ipv4(127, 0, 0, 5), 0, long_enough);
  EXPECT_TRUE(result().in_use);
}

TEST_F(AddressProberNetwork, WhatCannotBeReachedIsFree) {
  ask(Ipv4(192, 0, 2, 1), 0, milliseconds(40));
  EXPECT_FALSE(result().in_use);
}

}  // namespace
}  // namespace winsome::services
