// Any datagram is carried on or refused. What a relay may not touch stays; what it said itself
// comes back to it and is taken away again.
#include <algorithm>
#include <array>

#include "server/core/check.h"
#include "server/dhcp/message.h"
#include "server/dhcp/option_table.h"
#include "server/dhcp/relay.h"

namespace {

using namespace winsome;

constexpr std::size_t op_at = 0;
constexpr std::size_t hops_at = 3;
constexpr std::size_t giaddr_at = 24;
constexpr std::size_t fixed_size = 236;
constexpr std::uint8_t hops_limit = 16;  // RFC 1542 4.1.1
constexpr Ipv4 here{10, 77, 0, 9};
constexpr std::array ours = {Ipv4(10, 79, 0, 2), here};

Ipv4 giaddr_of(Octets datagram) {
  return Ipv4(ByteReader(datagram, giaddr_at).u32());
}

/// Behind the fixed fields anything may stand.
void check_fixed(Octets before, Octets after) {
  check(after.size() >= fixed_size, "the fixed fields are there");
  for (std::size_t i = 0; i < fixed_size; ++i) {
    const bool changes = i == hops_at || (i >= giaddr_at && i < giaddr_at + 4);
    check(changes || before[i] == after[i], "what is none of a relay's business stays");
  }
}

void check_reply(Octets datagram) {
  const auto reply = dhcp::relay_reply(datagram, ours);
  if (!reply) return;
  check(std::ranges::find(ours, reply->giaddr) != ours.end(), "it was relayed by us");
  check_fixed(datagram, reply->octets);
  check(giaddr_of(reply->octets) == reply->giaddr, "the client hears by whom");
  check(reply->octets.size() <= std::max(datagram.size(), dhcp::message_size_min),
        "nothing is added but what fills it up");
  const auto again = dhcp::relay_reply(reply->octets, ours);
  check(again && again->octets == reply->octets, "nothing is left to be taken away");
  check(reply->delivery == dhcp::Delivery::broadcast || reply->hardware.length == 6,
        "a frame has an address");
}

void check_request(Octets datagram, const dhcp::RelayOptions& options) {
  const auto forwarded = dhcp::relay_request(datagram, {"eth0", here}, ours, options);
  if (!forwarded) return;
  check_fixed(datagram, *forwarded);
  check((*forwarded)[hops_at] == datagram[hops_at] + 1, "it is one relay further");
  check((*forwarded)[hops_at] <= hops_limit + 1, "it does not go round for ever");
  check(forwarded->size() <= std::max(datagram.size(), dhcp::message_size_max),
        "it fits into a packet, or it did not before");
  const auto giaddr = giaddr_of(datagram);
  if (!giaddr.unspecified()) {
    check(giaddr_of(*forwarded) == giaddr, "the first relay is where the answer goes");
    check(std::equal(datagram.begin() + fixed_size, datagram.end(), forwarded->begin() + fixed_size,
                     forwarded->end()),
          "what it wrote stays");
    return;
  }
  check(giaddr_of(*forwarded) == here, "the answer comes here");
  check(!dhcp::relay_request(*forwarded, {"eth0", here}, ours, options), "it is not carried round");

  auto answer = *forwarded;
  answer[op_at] = static_cast<std::uint8_t>(dhcp::Op::reply);
  const auto back = dhcp::relay_reply(answer, ours);
  check(back.has_value() || back.error() == dhcp::RelayDrop::malformed, "its answer comes back");
  if (back) check(back->octets.size() <= answer.size(), "without what we had added");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets datagram(data, size);
  check_request(datagram, {.remote_id = "building 7"});
  check_request(datagram, {.append_option = false, .hops_max = hops_limit});
  check_reply(datagram);
  // The same with our address where the relay's stands, or none would come so far.
  std::vector<std::uint8_t> to_us(datagram.begin(), datagram.end());
  if (to_us.size() < fixed_size) return 0;
  for (int shift = 24, at = giaddr_at; shift >= 0; shift -= 8, ++at)
    to_us[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(here.value() >> shift);
  check_reply(to_us);
  return 0;
}
