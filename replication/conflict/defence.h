#pragma once

#include <cstdint>
#include <span>

#include "server/names/record.h"

namespace winsome::conflict {

/// What the answer of our client means for a replica that contests its name (fact base C9).
enum class Defence : std::uint8_t {
  replace,          // nobody defended it
  keep,             // it is in use, and not by the host of the replica
  keep_and_demand,  // its host has only the replica's addresses: told to release what it claims
  merge,            // one host with all the addresses: multihomed
};

/// `claimed` are the addresses in the positive answer; none: silent, or denied.
[[nodiscard]] Defence judge(const names::Record& stored, const names::Record& incoming,
                            std::span<const Ipv4> claimed);

/// The multihomed record of `Defence::merge`: the replica's owner, version, state, node and static
/// flag; its members with their owners, the remaining stored ones with theirs, as far as
/// `names::members_max` goes; all due at `due`.
[[nodiscard]] names::Record merge_multihomed(const names::Record& stored,
                                             const names::Record& incoming, Instant due);

}  // namespace winsome::conflict
