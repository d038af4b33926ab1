#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "replication/winsra/decode_error.h"
#include "server/core/byte_reader.h"
#include "server/core/byte_writer.h"
#include "server/core/result.h"
#include "server/names/record.h"

namespace winsome::winsra {

/// What is wrong with one record of a names response. All but the last leave it out.
enum class RecordFault : std::uint8_t {
  name_too_short,    // no room for 16 octets and a NUL
  unknown_state,     // the fourth value of two bits
  no_members,        // a multihomed name without an address
  version_too_high,  // above replication::version_max
  too_many_members,  // cut to names::members_max
};
inline constexpr std::size_t record_fault_count = 5;
using RecordFaults = std::array<std::uint64_t, record_fault_count>;

[[nodiscard]] std::string_view to_text(RecordFault fault);

/// A name record as it travels (MS-WINSRA 2.2.10.1).
struct NameRecord {
  names::Record record;
  bool replica = false;  // the L bit: the sender is not its owner
  friend bool operator==(const NameRecord&, const NameRecord&) = default;
};

/// Reads one record (fact base C4). Nothing when it is left out, which `faults` counts; an error
/// when what follows it cannot be found, or Windows would refuse the whole response.
///
/// The record's `owner` and `due` are not on the wire and stay empty, and so does the member's
/// owner of types without a list. The type bits win over the Group field. Released records are
/// read: nobody sends them but the suite that we are tested with (decision 14). So are empty
/// special groups, by which a server takes its members back. 255.255.255.255 in a normal group is
/// no member. Scopes are cut at 237 characters, as Windows does, and need not be made of labels:
/// such a name cannot be asked for, but is replicated.
[[nodiscard]] Result<std::optional<NameRecord>, DecodeError> decode_record(ByteReader& in,
                                                                           RecordFaults& faults);

/// Whether `record` means the same to who reads it. A name that begins with 1B and has another
/// suffix does not: it would be read as a domain master browser's (the swap of fact base C4), whose
/// registration may be restricted. Nor does a single name without an address.
[[nodiscard]] bool has_encoding(const names::Record& record);

/// How many octets `encode_record` writes.
[[nodiscard]] std::size_t encoded_length(const names::Record& record);

/// Only for what `has_encoding`.
void encode_record(ByteWriter& out, const names::Record& record, bool replica);

}  // namespace winsome::winsra
