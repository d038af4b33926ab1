// Frames from anybody on the wire. What is read is written again, and reads back as the same
// datagram.
#include "server/net/udp_packet.h"

#include <algorithm>
#include <vector>

#include "server/core/check.h"

using namespace winsome;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets octets(data, size);
  const auto found = net::parse_udp_packet(octets, net::Checksum::ignore);
  const auto verified = net::parse_udp_packet(octets, net::Checksum::verify);
  if (!found) {
    check(!verified && verified.error() == found.error(), "a checksum mends nothing");
    return 0;
  }
  check(verified || verified.error() == net::PacketError::bad_checksum,
        "only the checksum makes a difference");
  check(
      found->payload.data() >= data && found->payload.data() + found->payload.size() <= data + size,
      "the payload lies in the packet");

  std::vector<std::uint8_t> out(net::udp_packet_overhead + found->payload.size());
  const auto length = net::write_udp_packet(out, *found);
  check(length == out.size(), "what was read has room");
  const auto again = net::parse_udp_packet(out, net::Checksum::verify);
  check(again && again->from == found->from && again->to == found->to &&
            std::ranges::equal(again->payload, found->payload),
        "it reads back");
  return 0;
}
