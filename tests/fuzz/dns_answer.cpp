// Any datagram may come in place of a DNS server's answer: it is read or is no answer, and nobody
// without the key says that an update was done.
#include "server/core/check.h"
#include "server/dns/dns_message.h"

namespace {

using namespace winsome;

const dns::TsigKey key{.name = "winsome.",
                       .algorithm = "hmac-sha256",
                       .secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ=="};
constexpr std::size_t zone_text_max = 4 * 255;  // each octet as \DDD

dns::Query signed_update(std::uint16_t id) {
  dns::Update update("example.org");
  update.add("a.example.org", LDNS_RR_TYPE_A, seconds(300), dns::address_data(Ipv4(192, 0, 2, 7)));
  auto query = std::move(update).sign(id, key);
  check(query.has_value(), "an update can be signed");
  return std::move(*query);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Octets wire(data, size);
  ByteReader in(wire);
  const auto id = in.u16();  // each answer has the id that is awaited
  const auto question = dns::ask_for_zone("7.2.0.192.in-addr.arpa", id);
  check(question.has_value(), "the question can be asked");
  if (const auto answer = dns::read_answer(wire, *question, {})) {
    check(answer->zone.empty() || answer->zone.ends_with('.'), "a zone is named in full");
    check(answer->zone.size() <= zone_text_max, "and is no longer than a name");
  }
  auto another = dns::ask_for_zone("7.2.0.192.in-addr.arpa", static_cast<std::uint16_t>(id + 1));
  check(!dns::read_answer(wire, *another, {}), "an answer with another id is none");

  if (const auto answer = dns::read_answer(wire, signed_update(id), key)) {
    check(answer->rcode == LDNS_RCODE_NOTAUTH || answer->rcode == LDNS_RCODE_FORMERR ||
              answer->rcode == LDNS_RCODE_REFUSED,
          "without a signature only refusals count");
  }
  return 0;
}
