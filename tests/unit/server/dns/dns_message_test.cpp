#include "server/dns/dns_message.h"

#include <gmock/gmock.h>

namespace winsome::dns {
namespace {

const TsigKey key{.name = "winsome.",
                  .algorithm = "hmac-sha256",
                  .secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0IQ=="};
const TsigKey other_key{.name = "winsome.",
                        .algorithm = "hmac-sha256",
                        .secret = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXI="};
const std::vector<std::uint8_t> address = {192, 0, 2, 7};

Query signed_update(const TsigKey& with) {
  Update update("example.org");
  update.require_no_name("a.example.org");
  update.add("a.example.org", LDNS_RR_TYPE_A, seconds(300), address);
  return std::move(*std::move(update).sign(77, with));
}

Owned<ldns_pkt> parse(const std::vector<std::uint8_t>& wire) {
  ldns_pkt* packet = nullptr;
  EXPECT_EQ(ldns_wire2pkt(&packet, wire.data(), wire.size()), LDNS_STATUS_OK);
  return Owned<ldns_pkt>(packet);
}

/// What a server with `with` would answer.
std::vector<std::uint8_t> answer_to(const Query& query, ldns_pkt_rcode rcode, const TsigKey* with,
                                    std::uint16_t id = 77) {
  auto packet = parse(query.wire);
  ldns_pkt_set_qr(packet.get(), true);
  ldns_pkt_set_id(packet.get(), id);
  ldns_pkt_set_rcode(packet.get(), rcode);
  ldns_rr_free(ldns_pkt_tsig(packet.get()));
  ldns_pkt_set_tsig(packet.get(), nullptr);
  if (with) {
    EXPECT_EQ(ldns_pkt_tsig_sign(packet.get(), with->name.c_str(), with->secret.c_str(), 300,
                                 "hmac-sha256.", query.mac.get()),
              LDNS_STATUS_OK);
  }
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(ldns_pkt2wire(&octets, packet.get(), &size), LDNS_STATUS_OK);
  std::vector<std::uint8_t> wire(octets, octets + size);
  LDNS_FREE(octets);
  return wire;
}

// RFC 2136 2
TEST(DnsUpdate, NamesTheZoneWhatMustHoldAndWhatIsDone) {
  const auto query = signed_update({});
  const auto packet = parse(query.wire);
  EXPECT_EQ(ldns_pkt_get_opcode(packet.get()), LDNS_PACKET_UPDATE);
  EXPECT_EQ(ldns_update_zocount(packet.get()), 1);
  EXPECT_EQ(ldns_update_prcount(packet.get()), 1);
  ASSERT_EQ(ldns_update_upcount(packet.get()), 1);
  const auto* added = ldns_rr_list_rr(ldns_pkt_authority(packet.get()), 0);
  EXPECT_EQ(ldns_rr_get_type(added), LDNS_RR_TYPE_A);
  EXPECT_EQ(ldns_rr_ttl(added), 300);
  const auto* required = ldns_rr_list_rr(ldns_pkt_answer(packet.get()), 0);
  EXPECT_EQ(ldns_rr_get_class(required), LDNS_RR_CLASS_NONE);
  EXPECT_EQ(ldns_rr_get_type(required), LDNS_RR_TYPE_ANY);
}

TEST(DnsUpdate, IsNotMadeOfWhatCannotBeEncoded) {
  Update long_label("example.org");
  long_label.require_no_name(std::string(64, 'a') + ".example.org");
  EXPECT_FALSE(std::move(long_label).sign(1, {}));
  Update no_value("example.org");
  no_value.add("a.example.org", LDNS_RR_TYPE_PTR, seconds(1), {});
  EXPECT_FALSE(std::move(no_value).sign(1, {}));
}

// RFC 8945 5.3
TEST(DnsAnswer, CountsWhenItIsSignedWithTheSameKey) {
  const auto query = signed_update(key);
  const auto answer = read_answer(answer_to(query, LDNS_RCODE_YXDOMAIN, &key), query, key);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, LDNS_RCODE_YXDOMAIN);
}

TEST(DnsAnswer, DoesNotCountUnsignedOrSignedByOthers) {
  const auto query = signed_update(key);
  EXPECT_FALSE(read_answer(answer_to(query, LDNS_RCODE_NOERROR, nullptr), query, key));
  EXPECT_FALSE(read_answer(answer_to(query, LDNS_RCODE_NOERROR, &other_key), query, key));
}

// RFC 8945 5.3.2
TEST(DnsAnswer, ThatRefusesTheSignatureIsUnsigned) {
  const auto query = signed_update(key);
  const auto answer = read_answer(answer_to(query, LDNS_RCODE_NOTAUTH, nullptr), query, key);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, LDNS_RCODE_NOTAUTH);
}

TEST(DnsAnswer, IsNotAnothersNorAQuestion) {
  const auto query = signed_update({});
  EXPECT_FALSE(read_answer(answer_to(query, LDNS_RCODE_NOERROR, nullptr, 78), query, {}));
  EXPECT_FALSE(read_answer(query.wire, query, {}));
  EXPECT_FALSE(read_answer(Octets(query.wire).first(11), query, {}));
}

TEST(DnsAnswer, TellsTheZone) {
  const auto query = ask_for_zone("2.0.192.in-addr.arpa", 77);
  ASSERT_TRUE(query);
  auto packet = parse(query->wire);
  ldns_pkt_set_qr(packet.get(), true);
  ldns_rr* soa = nullptr;
  ASSERT_EQ(ldns_rr_new_frm_str(&soa, "0.192.in-addr.arpa. 60 IN SOA ns. root. 1 2 3 4 5", 0,
                                nullptr, nullptr),
            LDNS_STATUS_OK);
  ldns_pkt_push_rr(packet.get(), LDNS_SECTION_AUTHORITY, soa);
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  ASSERT_EQ(ldns_pkt2wire(&octets, packet.get(), &size), LDNS_STATUS_OK);
  const auto answer = read_answer(Octets(octets, size), *query, {});
  LDNS_FREE(octets);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->zone, "0.192.in-addr.arpa.");
}

TEST(DnsNames, OfAddressesAreReversed) {
  EXPECT_EQ(reverse_name(Ipv4(192, 0, 2, 4)), "4.2.0.192.in-addr.arpa.");
  EXPECT_EQ(pointer_data("a.b"), (std::vector<std::uint8_t>{1, 'a', 1, 'b', 0}));
}

}  // namespace
}  // namespace winsome::dns
