#include "server/dns/dns_message.h"

#include <fmt/format.h>

#include <string>

namespace winsome::dns {
namespace {

constexpr std::uint16_t signature_fudge = 300;  // seconds that clocks may differ (RFC 8945 10)

Owned<ldns_rdf> name_of(std::string_view text) {
  auto absolute = std::string(text);
  if (!absolute.ends_with('.')) absolute += '.';
  return Owned<ldns_rdf>(ldns_dname_new_frm_str(absolute.c_str()));
}

std::string algorithm_name(const TsigKey& key) {
  return key.algorithm == "hmac-md5" ? "hmac-md5.sig-alg.reg.int." : key.algorithm + '.';
}

std::optional<std::vector<std::uint8_t>> to_wire(const ldns_pkt& packet) {
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  if (ldns_pkt2wire(&octets, &packet, &size) != LDNS_STATUS_OK) return std::nullopt;
  std::vector<std::uint8_t> wire(octets, octets + size);
  LDNS_FREE(octets);
  return wire;
}

std::string first_zone(const ldns_rr_list* section) {
  for (std::size_t i = 0; section && i < ldns_rr_list_rr_count(section); ++i) {
    const auto* record = ldns_rr_list_rr(section, i);
    if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA) continue;
    char* text = ldns_rdf2str(ldns_rr_owner(record));
    std::string zone = text ? text : "";
    LDNS_FREE(text);
    return zone;
  }
  return {};
}

}  // namespace

Update::Update(std::string_view zone)
    : zone_(name_of(zone)),
      requirements_(ldns_rr_list_new()),
      changes_(ldns_rr_list_new()),
      ok_(zone_ != nullptr) {}

void Update::put(ldns_rr_list* section, std::string_view name, ldns_rr_type type, ldns_rr_class of,
                 seconds ttl, const std::vector<std::uint8_t>& rdata) {
  auto owner = name_of(name);
  if (!owner) {
    ok_ = false;
    return;
  }
  auto record = Owned<ldns_rr>(ldns_rr_new());
  ldns_rr_set_owner(record.get(), owner.release());
  ldns_rr_set_type(record.get(), type);
  ldns_rr_set_class(record.get(), of);
  ldns_rr_set_ttl(record.get(), static_cast<std::uint32_t>(ttl.count()));
  if (!rdata.empty()) {
    ldns_rr_push_rdf(record.get(),
                     ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, rdata.size(), rdata.data()));
  }
  ldns_rr_list_push_rr(section, record.release());
}

void Update::require_no_name(std::string_view name) {
  put(requirements_.get(), name, LDNS_RR_TYPE_ANY, LDNS_RR_CLASS_NONE, seconds(0), {});
}

void Update::require_absent(std::string_view name, ldns_rr_type type) {
  put(requirements_.get(), name, type, LDNS_RR_CLASS_NONE, seconds(0), {});
}

void Update::require_exactly(std::string_view name, ldns_rr_type type,
                             const std::vector<std::uint8_t>& rdata) {
  ok_ = ok_ && !rdata.empty();
  put(requirements_.get(), name, type, LDNS_RR_CLASS_IN, seconds(0), rdata);
}

void Update::add(std::string_view name, ldns_rr_type type, seconds ttl,
                 const std::vector<std::uint8_t>& rdata) {
  ok_ = ok_ && !rdata.empty();
  put(changes_.get(), name, type, LDNS_RR_CLASS_IN, ttl, rdata);
}

void Update::remove(std::string_view name, ldns_rr_type type,
                    const std::vector<std::uint8_t>& rdata) {
  ok_ = ok_ && !rdata.empty();
  put(changes_.get(), name, type, LDNS_RR_CLASS_NONE, seconds(0), rdata);
}

void Update::remove_all(std::string_view name, ldns_rr_type type) {
  put(changes_.get(), name, type, LDNS_RR_CLASS_ANY, seconds(0), {});
}

void Update::remove_name(std::string_view name) {
  remove_all(name, LDNS_RR_TYPE_ANY);
}

std::optional<Query> Update::sign(std::uint16_t id, const TsigKey& key) && {
  if (!ok_) return std::nullopt;
  const auto none = Owned<ldns_rr_list>(ldns_rr_list_new());
  // The packet copies the lists and takes the zone.
  auto packet = Owned<ldns_pkt>(ldns_update_pkt_new(
      zone_.release(), LDNS_RR_CLASS_IN, requirements_.get(), changes_.get(), none.get()));
  if (!packet) return std::nullopt;
  ldns_pkt_set_id(packet.get(), id);
  Query query;
  query.id = id;
  if (!key.name.empty()) {
    const auto status = ldns_pkt_tsig_sign(packet.get(), key.name.c_str(), key.secret.c_str(),
                                           signature_fudge, algorithm_name(key).c_str(), nullptr);
    if (status != LDNS_STATUS_OK) return std::nullopt;
    query.mac.reset(ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(packet.get()), 3)));
  }
  auto wire = to_wire(*packet);
  if (!wire) return std::nullopt;
  query.wire = std::move(*wire);
  return query;
}

std::optional<Query> ask_for_zone(std::string_view name, std::uint16_t id) {
  auto owner = name_of(name);
  if (!owner) return std::nullopt;
  const auto packet =
      Owned<ldns_pkt>(ldns_pkt_query_new(owner.release(), LDNS_RR_TYPE_SOA, LDNS_RR_CLASS_IN, 0));
  if (!packet) return std::nullopt;
  ldns_pkt_set_id(packet.get(), id);
  auto wire = to_wire(*packet);
  if (!wire) return std::nullopt;
  return Query{std::move(*wire), id, nullptr};
}

std::optional<Answer> read_answer(Octets wire, const Query& query, const TsigKey& key) {
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, wire.data(), wire.size()) != LDNS_STATUS_OK) return std::nullopt;
  const auto packet = Owned<ldns_pkt>(parsed);
  if (!ldns_pkt_qr(packet.get()) || ldns_pkt_id(packet.get()) != query.id) return std::nullopt;
  Answer answer;
  answer.rcode = ldns_pkt_get_rcode(packet.get());
  answer.truncated = ldns_pkt_tc(packet.get());
  if (query.mac) {
    const bool refused_signature = answer.rcode == LDNS_RCODE_NOTAUTH ||
                                   answer.rcode == LDNS_RCODE_FORMERR ||
                                   answer.rcode == LDNS_RCODE_REFUSED;
    auto* signature = ldns_pkt_tsig(packet.get());
    const bool right = refused_signature ||
                       ldns_pkt_tsig_verify(packet.get(), wire.data(), wire.size(),
                                            key.name.c_str(), key.secret.c_str(), query.mac.get());
    // ldns takes it out meanwhile, and forgets it where it does not know the algorithm.
    if (!ldns_pkt_tsig(packet.get())) ldns_pkt_set_tsig(packet.get(), signature);
    if (!right) return std::nullopt;
  }
  answer.zone = first_zone(ldns_pkt_answer(packet.get()));
  if (answer.zone.empty()) answer.zone = first_zone(ldns_pkt_authority(packet.get()));
  return answer;
}

std::vector<std::uint8_t> address_data(Ipv4 address) {
  const auto value = address.value();
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::vector<std::uint8_t> pointer_data(std::string_view name) {
  const auto field = name_of(name);
  if (!field) return {};
  const auto* octets = ldns_rdf_data(field.get());
  return {octets, octets + ldns_rdf_size(field.get())};
}

std::string reverse_name(Ipv4 address) {
  const auto value = address.value();
  return fmt::format("{}.{}.{}.{}.in-addr.arpa.", value & 0xff, value >> 8 & 0xff,
                     value >> 16 & 0xff, value >> 24);
}

}  // namespace winsome::dns
