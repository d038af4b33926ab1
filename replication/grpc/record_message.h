#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "replication/engine/input.h"
#include "replication/engine/owner_map.h"
#include "server/names/record.h"
#include "winsome/replication/v1/replication.pb.h"

namespace winsome::transport {

namespace v1 = replication::v1;

/// What travels at most in one message: of these even the longest fit the limit of its length.
inline constexpr std::size_t records_in_a_message_max = 500;
inline constexpr int message_length_max = 1 << 20;

void to_message(const names::Record& record, v1::Record& out);
void to_message(std::span<const names::Record> records, v1::PullRecordsResponse& out);
void to_message(const replication::OwnerRange& range, v1::OwnerRange& out);
void to_message(const replication::OwnerMap& owners,
                google::protobuf::RepeatedPtrField<v1::OwnerRange>& out);

/// A record of `owner`; nothing when it cannot be: a name that has not 16 octets, a scope above
/// `nbns::scope_length_max` or with a NUL, an unknown type, state or node, a version above
/// `replication::version_max`, more members than its type has, or none. It has no `due`, which is
/// not on the wire. Each address of a list counts once. A scope need not be made of labels: such a
/// name cannot be asked for, but is replicated.
[[nodiscard]] std::optional<names::Record> from_message(const v1::Record& in, Ipv4 owner);

/// Fills in the records and how many were left out. False: too many for one message.
[[nodiscard]] bool from_message(const v1::PullRecordsResponse& in, Ipv4 owner,
                                replication::RecordsReceived& out);

[[nodiscard]] replication::OwnerRange from_message(const v1::OwnerRange& in);

/// Nothing: more than `replication::owners_max`.
[[nodiscard]] std::optional<replication::OwnerMap> from_message(
    const google::protobuf::RepeatedPtrField<v1::OwnerRange>& in);

}  // namespace winsome::transport
