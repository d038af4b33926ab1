#include "replication/winsra/name_record.h"

#include <algorithm>
#include <string>
#include <utility>

#include "replication/engine/owner_map.h"
#include "replication/winsra/wire.h"

namespace winsome::winsra {
namespace {

using names::Record;
using names::RecordType;
using names::State;

constexpr std::size_t name_octets = 16;
constexpr std::size_t name_length_min = name_octets + 1;  // the NUL behind the scope counts
constexpr std::size_t name_length_max = 255;
constexpr std::size_t member_length = 8;
constexpr std::size_t fixed_length = 24;  // NameLength, flags, group, version, Reserved3
constexpr std::uint8_t domain_master = 0x1b;

// The low octet of the flags word.
constexpr std::uint32_t two_bits = 3;
constexpr unsigned state_shift = 2;
constexpr std::uint32_t flag_replica = 0x10;
constexpr unsigned node_shift = 5;
constexpr std::uint32_t flag_static = 0x80;

constexpr std::uint32_t reserved3 = 0xffff'ffff;

/// What stands for the address of a normal group that keeps none.
constexpr Ipv4 everybody(255, 255, 255, 255);

/// At least one octet: a name that ends on a border is followed by four.
constexpr std::size_t padding(std::size_t name_length) {
  return 4 - name_length % 4;
}

/// The quirk of 1B names: its octets 0 and 15 change places on the wire.
void swap_ends(nbns::Name& name) {
  std::swap(name.octets.front(), name.octets.back());
}

/// Windows 2008 cuts what it replicates here, and the peers' suite expects it.
std::string_view cut_scope(std::string_view scope) {
  return scope.substr(0, nbns::scope_length_registered_max);
}

nbns::ScopedName scoped_name(Octets octets) {
  nbns::Name name;
  std::ranges::copy(octets.first(name_octets), name.octets.begin());
  if (name.octets.front() == domain_master) swap_ends(name);

  const auto text = octets.subspan(name_octets, octets.size() - name_length_min);
  const std::string scope(text.begin(), std::ranges::find(text, 0));
  return {name, nbns::Scope(cut_scope(scope))};
}

void note(RecordFaults& faults, RecordFault fault) {
  ++faults[static_cast<std::size_t>(fault)];
}

/// Owner and address, `members_max` of them: more are not served by Windows either (event 4141),
/// and the first ones still are true. Each address counts once.
void read_members(ByteReader list, Record& record, RecordFaults& faults) {
  if (list.remaining() > names::members_max * member_length)
    note(faults, RecordFault::too_many_members);
  for (std::size_t i = 0; i < names::members_max && list.remaining() > 0; ++i) {
    names::Member member;
    member.owner = Ipv4(list.u32());
    member.address = Ipv4(list.u32());
    const auto same = std::ranges::find(record.members, member.address, &names::Member::address);
    if (same == record.members.end()) record.members.push_back(member);
  }
}

/// Why a record that was read in full cannot be.
std::optional<RecordFault> fault_of(std::size_t name_length, std::uint32_t state,
                                    const Record& record) {
  if (name_length < name_length_min) return RecordFault::name_too_short;
  if (state > static_cast<std::uint32_t>(State::tombstone)) return RecordFault::unknown_state;
  if (record.type == RecordType::multihomed && record.members.empty())
    return RecordFault::no_members;
  if (record.version > replication::version_max) return RecordFault::version_too_high;
  return std::nullopt;
}

}  // namespace

Result<std::optional<NameRecord>, DecodeError> decode_record(ByteReader& in, RecordFaults& faults) {
  const auto name_length = in.u32();
  if (!in.ok()) return fail(DecodeError::truncated);
  if (name_length > name_length_max) return fail(DecodeError::name_too_long);
  const auto name = in.take(name_length);
  in.take(padding(name_length));
  const auto flags = in.u32();
  in.take(4);  // Group

  Record record;
  const auto state = flags >> state_shift & two_bits;
  record.type = static_cast<RecordType>(flags & two_bits);
  record.state = static_cast<State>(state);
  record.node = static_cast<nbns::NodeType>(flags >> node_shift & two_bits);
  record.is_static = (flags & flag_static) != 0;
  record.version = in.u64();

  if (names::has_list(record.type)) {
    const auto count = u32_le(in);
    if (count > in.remaining() / member_length) return fail(DecodeError::truncated);
    read_members(ByteReader(in.take(count * member_length)), record, faults);
  } else {
    const Ipv4 address(in.u32());
    if (record.type != RecordType::normal_group || address != everybody)
      record.members.push_back({.address = address, .owner = {}, .due = {}});
  }
  in.take(4);  // Reserved3
  if (!in.ok()) return fail(DecodeError::truncated);

  if (const auto fault = fault_of(name_length, state, record)) {
    note(faults, *fault);
    return std::nullopt;
  }
  record.name = scoped_name(name);
  return NameRecord{std::move(record), (flags & flag_replica) != 0};
}

bool has_encoding(const Record& record) {
  const auto& name = record.name.name;
  if (name.octets.front() == domain_master && name.suffix() != domain_master) return false;
  return names::is_group(record.type) || !record.members.empty();
}

std::size_t encoded_length(const Record& record) {
  const auto name_length = name_length_min + cut_scope(record.name.scope.view()).size();
  const auto addresses =
      names::has_list(record.type) ? 4 + record.members.size() * member_length : 4;
  return fixed_length + name_length + padding(name_length) + addresses;
}

void encode_record(ByteWriter& out, const Record& record, bool replica) {
  const auto scope = cut_scope(record.name.scope.view());
  const auto name_length = name_length_min + scope.size();
  auto name = record.name.name;
  if (name.suffix() == domain_master) swap_ends(name);
  out.u32(static_cast<std::uint32_t>(name_length));
  out.put(name.octets);
  for (const auto character : scope) out.u8(static_cast<std::uint8_t>(character));
  for (std::size_t i = 0; i < 1 + padding(name_length); ++i) out.u8(0);

  out.u32(static_cast<std::uint32_t>(record.type) |
          static_cast<std::uint32_t>(record.state) << state_shift | (replica ? flag_replica : 0) |
          static_cast<std::uint32_t>(record.node) << node_shift |
          (record.is_static ? flag_static : 0));
  u32_le(out, names::is_group(record.type) ? 1 : 0);
  out.u64(record.version);

  if (names::has_list(record.type)) {
    u32_le(out, static_cast<std::uint32_t>(record.members.size()));
    for (const auto& member : record.members) {
      out.u32(member.owner.value());
      out.u32(member.address.value());
    }
  } else {
    out.u32((record.members.empty() ? everybody : record.members.front().address).value());
  }
  out.u32(reserved3);
}

std::string_view to_text(RecordFault fault) {
  switch (fault) {
    case RecordFault::name_too_short: return "name too short";
    case RecordFault::unknown_state: return "unknown state";
    case RecordFault::no_members: return "no members";
    case RecordFault::version_too_high: return "version too high";
    case RecordFault::too_many_members: return "too many members";
  }
  return "unknown fault";
}

}  // namespace winsome::winsra
