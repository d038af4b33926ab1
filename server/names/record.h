#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <string_view>

#include "server/core/instant.h"
#include "server/core/ipv4.h"
#include "server/nbns/message.h"
#include "server/nbns/name.h"

namespace winsome::names {

/// The codes of MS-WINSRA 2.2.10.1, which the store and the wire share.
enum class RecordType : std::uint8_t {
  unique = 0,
  normal_group = 1,
  special_group = 2,
  multihomed = 3
};

/// MS-WINSRA 3.1.6. What follows a tombstone is nothing.
enum class State : std::uint8_t { active = 0, released = 1, tombstone = 2 };

/// Addresses of one special group or multihomed record (MS-NBTE 3.2).
inline constexpr std::size_t members_max = 25;

/// One address of a record. `owner` is the server at which the member registered. `due` and `owner`
/// matter in special groups and multihomed records only; elsewhere they repeat the record's.
struct Member {
  Ipv4 address;
  Ipv4 owner;
  Instant due;
  friend bool operator==(const Member&, const Member&) = default;
};

using Members = absl::InlinedVector<Member, 1>;

/// One entry of the name database: what is durable, replicated and shown.
struct Record {
  nbns::ScopedName name;
  RecordType type = RecordType::unique;
  State state = State::active;
  nbns::NodeType node = nbns::NodeType::b;
  bool is_static : 1 = false;  // never expires, beats dynamic
  /// By a lease of ours (decision 7), whose end is `due`: our own active unique records only. Never
  /// replicated. Bits, because another octet here would cost a million names 16 MB.
  bool fed : 1 = false;
  Ipv4 owner;                 // the server whose version this is
  std::uint64_t version = 0;  // of the owner's counter
  Instant due;      // when the next state begins; means nothing for an active static record
  Members members;  // at least one, but for a group that keeps no address; at most members_max

  friend bool operator==(const Record&, const Record&) = default;
};

[[nodiscard]] constexpr bool is_group(RecordType type) {
  return type == RecordType::normal_group || type == RecordType::special_group;
}

/// Unique or multihomed: what one host defends.
[[nodiscard]] constexpr bool is_single(RecordType type) {
  return !is_group(type);
}

/// Does the record hold one address and no list.
[[nodiscard]] constexpr bool has_list(RecordType type) {
  return type == RecordType::special_group || type == RecordType::multihomed;
}

[[nodiscard]] std::string_view to_text(
    RecordType type);  // "unique", "group", "special-group", "multihomed"
[[nodiscard]] std::string_view to_text(State state);  // "active", "released", "tombstone"

}  // namespace winsome::names
