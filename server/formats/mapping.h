#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/ipv4.h"
#include "server/formats/reports.h"
#include "server/nbns/message.h"
#include "server/nbns/name.h"

namespace winsome::formats {

/// The text of a name without padding and suffix.
[[nodiscard]] std::string_view text_of(const nbns::Name& name);

/// What a line asks for (fact base D6). The first five are static mappings, which never expire.
enum class MappingKind : std::uint8_t {
  unique,          // NAME<00>, <03>, <20>, one address each
  multihomed,      // the same three, up to 25 addresses
  normal_group,    // NAME<1E>, no address kept
  domain_name,     // NAME<1C> special group, up to 25 members
  internet_group,  // NAME<20> special group, up to 25 members
  dynamic,         // one record of a client, with what is left of its life (wins.dat)
};

/// The most addresses a name may have (fact base B2, D6).
inline constexpr std::size_t addresses_max = 25;

/// One mapping of a file, as the administrator wrote it. Lines of one name and kind are gathered
/// into one mapping.
struct Mapping {
  MappingKind kind = MappingKind::unique;
  std::string name;                 // as text, 1 to 15 octets, upper-cased; empty when `exact`
  std::optional<nbns::Name> exact;  // a whole 16-octet name: just that record, whatever its suffix
  std::string scope;
  std::vector<Ipv4> addresses;  // at most `addresses_max`; normal group: none

  // dynamic only, always `exact`. A group with addresses is a special group, one without a normal
  // group; a single name with several addresses is multihomed.
  bool group = false;
  nbns::NodeType node = nbns::NodeType::h;
  std::optional<std::int64_t> expires;  // Unix seconds; none: permanent, becomes static

  std::string file;
  std::size_t line = 0;  // of its first appearance
  friend bool operator==(const Mapping&, const Mapping&) = default;
};

struct Parsed : Reported {
  std::vector<Mapping> mappings;
};

}  // namespace winsome::formats
