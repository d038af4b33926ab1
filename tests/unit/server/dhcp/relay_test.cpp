#include "server/dhcp/relay.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace winsome::dhcp {
namespace {

using Datagram = std::vector<std::uint8_t>;

constexpr Ipv4 us{10, 78, 0, 1};
const std::vector<Ipv4> ours = {us, Ipv4(10, 79, 0, 2)};
const RelayPlace place{.name = "eth1", .address = us};

void put_address(Datagram& datagram, std::size_t at, Ipv4 address) {
  for (std::size_t i = 0; i < 4; ++i)
    datagram[at + i] = static_cast<std::uint8_t>(address.value() >> (24 - 8 * i));
}

/// RFC 2131 figure 1, with `options` behind the cookie.
Datagram message(std::uint8_t op, const Datagram& options) {
  Datagram datagram(236);
  datagram[0] = op;
  datagram[1] = 1;
  datagram[2] = 6;
  datagram[28] = 0x02;
  datagram[33] = 0x77;
  datagram.insert(datagram.end(), {99, 130, 83, 99});
  datagram.insert(datagram.end(), options.begin(), options.end());
  return datagram;
}

Datagram discover() {
  return message(1, {53, 1, 1, 12, 2, 'p', 'c', 255, 0, 0});
}

Datagram offer() {
  auto datagram = message(2, {53, 1, 2, 82, 6, 1, 4, 'e', 't', 'h', '1', 255});
  put_address(datagram, 16, Ipv4(10, 78, 1, 5));
  put_address(datagram, 24, us);
  return datagram;
}

Datagram relayed(const Datagram& datagram, const RelayOptions& options = {}) {
  const auto result = relay_request(datagram, place, ours, options);
  EXPECT_TRUE(result);
  return result.value_or(Datagram{});
}

RelayDrop drop_of(const Datagram& datagram, const RelayOptions& options = {}) {
  const auto result = relay_request(datagram, place, ours, options);
  EXPECT_FALSE(result);
  return result ? RelayDrop{} : result.error();
}

Datagram tail(const Datagram& datagram, std::size_t from, std::size_t length) {
  return {datagram.begin() + static_cast<std::ptrdiff_t>(from),
          datagram.begin() + static_cast<std::ptrdiff_t>(from + length)};
}

// RFC 1542 4.1.1
TEST(Relay, CountsItselfAndNamesItsAddressOnTheClientsNetwork) {
  const auto octets = relayed(discover(), {.append_option = false});
  auto expected = discover();
  expected[3] = 1;
  put_address(expected, 24, us);
  EXPECT_EQ(octets, expected);
}

// RFC 3046 2.1: the last option, with the circuit, and the remote id where there is one
TEST(Relay, AppendsOption82AsTheLast) {
  EXPECT_EQ(tail(relayed(discover()), 240, 16),
            (Datagram{53, 1, 1, 12, 2, 'p', 'c', 82, 6, 1, 4, 'e', 't', 'h', '1', 255}));
  EXPECT_EQ(tail(relayed(discover(), {.remote_id = "r1"}), 247, 13),
            (Datagram{82, 10, 1, 4, 'e', 't', 'h', '1', 2, 2, 'r', '1', 255}));
  EXPECT_EQ(relayed(discover()).size(), 300U);
}

TEST(Relay, AppendsOption82WhereTheEndIsMissing) {
  const auto octets = relayed(message(1, {53, 1, 1}));
  EXPECT_EQ(tail(octets, 240, 12), (Datagram{53, 1, 1, 82, 6, 1, 4, 'e', 't', 'h', '1', 255}));
}

TEST(Relay, CutsARemoteIdThatIsTooLong) {
  const auto octets = relayed(discover(), {.remote_id = std::string(1'000, 'x')});
  EXPECT_EQ(octets[247 + 1], 6 + 2 + remote_id_max);
  EXPECT_EQ(octets.at(247 + 2 + 6 + 2 + remote_id_max), 255);
}

// RFC 3046 2.1: what would be too long goes on without it
TEST(Relay, LeavesOption82OutWhereItFindsNoRoom) {
  auto options = Datagram{53, 1, 1};
  for (int i = 0; i < 6; ++i) {
    options.insert(options.end(), {static_cast<std::uint8_t>(224 + i), 200});
    options.resize(options.size() + 200);
  }
  options.push_back(255);
  auto expected = message(1, options);
  ASSERT_LE(expected.size(), message_size_max);
  ASSERT_GT(expected.size() + 8 + 2 + remote_id_max, message_size_max);
  expected[3] = 1;
  put_address(expected, 24, us);
  EXPECT_EQ(relayed(message(1, options), {.remote_id = std::string(200, 'x')}), expected);
}

// RFC 951: a vendor area without the cookie has no options, and stays what it is.
TEST(Relay, TouchesNoVendorAreaOfAnotherKind) {
  for (const std::size_t length : {236U, 238U, 300U}) {
    auto datagram = discover();
    datagram.resize(length, 0x11);
    if (length > 236) datagram[236] = 1;
    auto expected = datagram;
    expected[3] = 1;
    put_address(expected, 24, us);
    EXPECT_EQ(relayed(datagram), expected) << length;
  }
}

// RFC 1542 4.1.1: "MUST NOT be modified"; RFC 3046 2.1.1
TEST(Relay, LeavesWhatARelayBeforeItWrote) {
  auto datagram = message(1, {53, 1, 1, 82, 3, 1, 1, 'a', 255});
  put_address(datagram, 24, Ipv4(192, 0, 2, 1));
  auto expected = datagram;
  expected[3] = 1;
  EXPECT_EQ(relayed(datagram), expected);
}

TEST(Relay, TrustsNoClientThatBringsOption82) {
  EXPECT_EQ(drop_of(message(1, {53, 1, 1, 82, 3, 1, 1, 'a', 255})), RelayDrop::untrusted_option);
  EXPECT_EQ(drop_of(message(1, {82, 0, 255})), RelayDrop::untrusted_option);
}

TEST(Relay, DropsWhatClaimsToHaveBeenRelayedByUs) {
  for (const auto address : ours) {
    auto datagram = discover();
    put_address(datagram, 24, address);
    EXPECT_EQ(drop_of(datagram), RelayDrop::spoofed);
  }
}

// RFC 1542 4.1.1: what exceeds the threshold, and in any case 16
TEST(Relay, DropsWhatCameThroughTooManyRelays) {
  auto datagram = discover();
  datagram[3] = 4;
  EXPECT_EQ(relayed(datagram)[3], 5);
  datagram[3] = 5;
  EXPECT_EQ(drop_of(datagram), RelayDrop::hops);
  datagram[3] = 16;
  EXPECT_EQ(relayed(datagram, {.hops_max = 200})[3], 17);
  datagram[3] = 17;
  EXPECT_EQ(drop_of(datagram, {.hops_max = 200}), RelayDrop::hops);
}

TEST(Relay, DropsAReplyFromTheClientsSide) {
  EXPECT_EQ(drop_of(message(2, {53, 1, 2, 255})), RelayDrop::not_a_request);
}

TEST(Relay, DropsWhatIsCutInItsFieldsOrWithinAnOption) {
  const auto whole = message(1, {53, 1, 1, 12, 2, 'p', 'c'});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Datagram cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto result = relay_request(cut, place, ours, {});
    const bool between = (length >= 236 && length <= 240) || length == 243;
    EXPECT_EQ(result.has_value(), between) << length;
    if (!result) {
      EXPECT_EQ(result.error(), RelayDrop::malformed) << length;
    }
  }
  EXPECT_EQ(drop_of(Datagram(received_size_max + 1, 0)), RelayDrop::malformed);
}

RelayedReply back(const Datagram& datagram) {
  const auto result = relay_reply(datagram, ours);
  EXPECT_TRUE(result);
  return result.value_or(RelayedReply{});
}

// RFC 3046 2.1: the client never sees it
TEST(RelayReply, ComesWithoutOption82) {
  const auto reply = back(offer());
  auto expected = message(2, {53, 1, 2, 255});
  put_address(expected, 16, Ipv4(10, 78, 1, 5));
  put_address(expected, 24, us);
  expected.resize(300);
  EXPECT_EQ(reply.octets, expected);
  EXPECT_EQ(reply.giaddr, us);
}

TEST(RelayReply, LosesEveryPartOfOption82) {
  auto datagram = message(2, {82, 3, 1, 1, 'a', 53, 1, 2, 82, 1, 'b', 255});
  put_address(datagram, 24, us);
  EXPECT_EQ(tail(back(datagram).octets, 240, 4), (Datagram{53, 1, 2, 255}));
}

// RFC 1542 4.1.2, RFC 2131 4.1
TEST(RelayReply, GoesToTheHardwareAddressAndTheAddressGiven) {
  const auto reply = back(offer());
  EXPECT_EQ(reply.delivery, Delivery::hardware);
  EXPECT_EQ(reply.to, (Endpoint{Ipv4(10, 78, 1, 5), client_port}));
  EXPECT_EQ(to_text(reply.hardware), "02:00:00:00:00:77");
}

TEST(RelayReply, GoesToTheAddressTheClientHas) {
  auto datagram = offer();
  put_address(datagram, 16, Ipv4());
  put_address(datagram, 12, Ipv4(10, 78, 1, 9));
  EXPECT_EQ(back(datagram).to, (Endpoint{Ipv4(10, 78, 1, 9), client_port}));
}

TEST(RelayReply, IsBroadcastWhereTheClientWantsOrNothingElseIsKnown) {
  const auto expect_broadcast = [](const Datagram& datagram) {
    const auto reply = back(datagram);
    EXPECT_EQ(reply.delivery, Delivery::broadcast);
    EXPECT_EQ(reply.to, (Endpoint{Ipv4(255, 255, 255, 255), client_port}));
  };
  auto datagram = offer();
  datagram[10] = 0x80;
  expect_broadcast(datagram);
  datagram = offer();
  put_address(datagram, 16, Ipv4());  // a NAK
  expect_broadcast(datagram);
  datagram = offer();
  datagram[2] = 16;  // no Ethernet address
  expect_broadcast(datagram);
}

TEST(RelayReply, ThatIsNotForUsIsDropped) {
  auto datagram = offer();
  put_address(datagram, 24, Ipv4(192, 0, 2, 1));
  EXPECT_EQ(relay_reply(datagram, ours).error(), RelayDrop::foreign);
  put_address(datagram, 24, Ipv4());
  EXPECT_EQ(relay_reply(datagram, ours).error(), RelayDrop::foreign);
  EXPECT_EQ(relay_reply(discover(), ours).error(), RelayDrop::not_a_reply);
  datagram = offer();
  datagram[2] = 17;
  EXPECT_EQ(relay_reply(datagram, ours).error(), RelayDrop::malformed);
  datagram = offer();
  datagram.resize(250);  // within option 82
  EXPECT_EQ(relay_reply(datagram, ours).error(), RelayDrop::malformed);
}

}  // namespace
}  // namespace winsome::dhcp
