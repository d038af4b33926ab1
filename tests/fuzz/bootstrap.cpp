// The decoders of the older chain. ARP is also encoded again; an answer to any request carries a
// right checksum.
#include <algorithm>

#include "server/bootstrap/address_mask.h"
#include "server/bootstrap/rarp.h"
#include "server/bootstrap/router_discovery.h"
#include "server/core/check.h"
#include "server/core/internet_checksum.h"

using namespace winsome;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets octets(data, size);
  if (const auto packet = bootstrap::decode_arp(octets)) {
    const auto encoded = bootstrap::encode(*packet);
    check(std::ranges::equal(encoded, octets.first(encoded.size())), "ARP encodes to the same");
    if (bootstrap::is_rarp_question(*packet)) {
      const auto answer = bootstrap::rarp_answer(*packet, Ipv4(1), {});
      check(bootstrap::decode_arp(bootstrap::encode(answer)) == answer, "the answer reads back");
      check(!bootstrap::is_rarp_question(answer), "an answer asks nothing");
    }
  }
  if (const auto request = bootstrap::decode_address_mask_request(octets)) {
    const auto reply = bootstrap::encode_address_mask_reply(*request, Ipv4(0xffff0000));
    check(internet_checksum(reply) == 0, "the reply's checksum is right");
    check(!bootstrap::decode_address_mask_request(reply), "a reply is no request");
  }
  check(!(bootstrap::is_router_solicitation(octets) &&
          bootstrap::decode_address_mask_request(octets)),
        "a message has one type");
  return 0;
}
