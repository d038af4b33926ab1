#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/byte_reader.h"
#include "server/core/ipv4.h"
#include "server/core/result.h"
#include "server/dns/ldns.h"
#include "server/dns/options.h"

namespace winsome::dns {

/// ldns frees with functions.
struct Free {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  void operator()(ldns_rr_list* list) const { ldns_rr_list_deep_free(list); }
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// A message on the wire, and what is needed to know its answer.
struct Query {
  std::vector<std::uint8_t> wire;
  std::uint16_t id = 0;
  Owned<ldns_rdf> mac;  // of the signature; null: unsigned
};

/// Sections of an update (RFC 2136 2): what must hold, and what is to be done.
class Update {
 public:
  /// A zone that is no name makes every later call fail.
  explicit Update(std::string_view zone);

  // RFC 2136 2.4
  void require_no_name(std::string_view name);
  void require_absent(std::string_view name, ldns_rr_type type);
  void require_exactly(std::string_view name, ldns_rr_type type,
                       const std::vector<std::uint8_t>& rdata);
  // RFC 2136 2.5
  void add(std::string_view name, ldns_rr_type type, seconds ttl,
           const std::vector<std::uint8_t>& rdata);
  void remove(std::string_view name, ldns_rr_type type, const std::vector<std::uint8_t>& rdata);
  void remove_all(std::string_view name, ldns_rr_type type);
  void remove_name(std::string_view name);

  /// Nothing where a name or a value cannot be encoded.
  [[nodiscard]] std::optional<Query> sign(std::uint16_t id, const TsigKey& key) &&;

 private:
  void put(ldns_rr_list* section, std::string_view name, ldns_rr_type type, ldns_rr_class of,
           seconds ttl, const std::vector<std::uint8_t>& rdata);

  Owned<ldns_rdf> zone_;
  Owned<ldns_rr_list> requirements_;
  Owned<ldns_rr_list> changes_;
  bool ok_ = true;
};

/// Asks where the zone of `name` begins.
[[nodiscard]] std::optional<Query> ask_for_zone(std::string_view name, std::uint16_t id);

struct Answer {
  ldns_pkt_rcode rcode = LDNS_RCODE_SERVFAIL;
  std::string zone;  // owner of the SOA in its answer or authority section; empty: none
  bool truncated = false;
};

/// The answer to `query`, if `wire` is that: the id, the direction, and, where the query was
/// signed, the signature are right. A refusal of the signature itself comes unsigned (RFC 8945
/// 5.3.2); it counts as an answer whatever it says, and the update was not done.
[[nodiscard]] std::optional<Answer> read_answer(Octets wire, const Query& query,
                                                const TsigKey& key);

/// RDATA of an A record, and of a PTR record; the latter empty for what is no name.
[[nodiscard]] std::vector<std::uint8_t> address_data(Ipv4 address);
[[nodiscard]] std::vector<std::uint8_t> pointer_data(std::string_view name);
/// `4.2.0.192.in-addr.arpa.`
[[nodiscard]] std::string reverse_name(Ipv4 address);

}  // namespace winsome::dns
