#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "server/dns/dns_message.h"
#include "server/dns/options.h"
#include "server/leases/actions.h"

namespace winsome::dns {

enum class Verdict : std::uint8_t {
  done,
  conflict,   // the name belongs to somebody else (RFC 4703 5.3): left as it is
  refused,    // trying again would not help
  unwilling,  // the zone is not updated now: unknown, not permitted, out of order; later perhaps
  no_answer,  // the server is out of reach: try again later
};

struct Outcome {
  Verdict verdict = Verdict::done;
  std::string text;  // for the log: "NOTAUTH from 192.0.2.1"; empty when done
};

/// The parent of the name that `work` is of. Names with the same parent lie in the same zone,
/// unless one of them is a zone itself, which no lease should have as its name.
[[nodiscard]] std::string parent_of(const dhcp::DnsWork& work);

/// The dialogues that tell DNS of one lease (RFC 4703 5): who has a name is known by its DHCID
/// record. Belongs to one thread.
class LeaseUpdate {
 public:
  /// Sends a query and waits for its answer; nothing: there was none.
  using Ask = std::function<std::optional<Answer>(const Query&)>;

  LeaseUpdate(TsigKey key, std::uint64_t seed, Ask ask);

  [[nodiscard]] Outcome carry_out(const dhcp::DnsWork& work);

 private:
  [[nodiscard]] Outcome add_name(const dhcp::DnsWork& work, const std::string& zone);
  [[nodiscard]] Outcome remove_name(const dhcp::DnsWork& work, const std::string& zone);
  [[nodiscard]] Outcome add_pointer(const dhcp::DnsWork& work, const std::string& zone);
  [[nodiscard]] Outcome remove_pointer(const dhcp::DnsWork& work, const std::string& zone);
  [[nodiscard]] Outcome carry_out(const dhcp::DnsWork& work, const std::string& zone);
  [[nodiscard]] std::optional<std::string> zone_of(const std::string& parent, Outcome& failure);
  /// The answer's code; nothing when there is none or the update cannot be encoded, as `failure`
  /// then says.
  [[nodiscard]] std::optional<ldns_pkt_rcode> tell(Update&& update, Outcome& failure);
  [[nodiscard]] std::uint16_t next_id();

  TsigKey key_;
  std::uint64_t ids_;
  Ask ask_;
  std::map<std::string, std::string> zones_;  // by the parent of a name; few, see zones_max
};

}  // namespace winsome::dns
