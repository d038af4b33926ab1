#include "server/store/record_codec.h"

#include <algorithm>
#include <limits>

#include "server/core/byte_writer.h"
#include "server/core/check.h"
#include "server/names/lifecycle.h"

namespace winsome::store {
namespace {

using names::Member;
using names::Record;

constexpr std::size_t address_size = 4;
constexpr std::size_t address_and_owner_size = 8;

Octets octets_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Instant instant_of(std::int64_t count) {
  return Instant(milliseconds(count));
}

bool in_range(std::int64_t value, std::int64_t max) {
  return value >= 0 && value <= max;
}

/// What holds for every record, whichever way it came.
std::string_view flaw(const Record& record) {
  if (record.name.scope.view().size() > nbns::scope_length_max) return "its scope is too long";
  if (record.members.size() > names::members_max) return "it has too many members";
  if (is_single(record.type) && record.members.empty()) return "it has no address";
  if (!has_list(record.type) && record.members.size() > 1) return "it has more than one address";
  if (record.fed && !names::may_be_fed(record, record.owner)) return "no lease feeds its like";
  return {};
}

Octets pack_members(const Record& record, MembersBuffer& buffer) {
  ByteWriter out(buffer);
  const bool shared_due = record.members.size() == 1 && record.members[0].due == record.due;
  for (const Member& member : record.members) {
    out.u32(member.address.value());
    if (shared_due && member.owner == record.owner) break;
    out.u32(member.owner.value());
    if (shared_due) break;
    out.u64(static_cast<std::uint64_t>(member.due.time_since_epoch().count()));
  }
  check(out.ok(), "members do not fit");
  return out.written();
}

/// False where the length fits none of the forms.
bool unpack_members(Octets packed, Record& record) {
  ByteReader in(packed);
  if (packed.size() == address_size) {
    record.members.push_back({Ipv4(in.u32()), record.owner, record.due});
    return true;
  }
  if (packed.size() == address_and_owner_size) {
    const Ipv4 address(in.u32());
    record.members.push_back({address, Ipv4(in.u32()), record.due});
    return true;
  }
  if (packed.size() % packed_member_size != 0) return false;
  if (packed.size() > names::members_max * packed_member_size) return false;
  record.members.reserve(packed.size() / packed_member_size);
  while (in.remaining() > 0) {
    Member member;
    member.address = Ipv4(in.u32());
    member.owner = Ipv4(in.u32());
    member.due = instant_of(static_cast<std::int64_t>(in.u64()));
    record.members.push_back(member);
  }
  return true;
}

}  // namespace

RecordRow encode_record(const Record& record, std::uint64_t batch, MembersBuffer& members) {
  check(flaw(record).empty(), "a record contradicts itself");
  return {
      .name = record.name.name.octets,
      .scope = octets_of(record.name.scope.view()),
      .type = static_cast<std::int64_t>(record.type),
      .state = static_cast<std::int64_t>(record.state),
      .node = static_cast<std::int64_t>(record.node),
      .is_static = record.is_static ? 1 : 0,
      .owner = record.owner.value(),
      .version = static_cast<std::int64_t>(record.version),
      .due = record.due.time_since_epoch().count(),
      .batch = static_cast<std::int64_t>(batch),
      .members = pack_members(record, members),
      .fed = record.fed ? 1 : 0,
  };
}

Result<Record, std::string_view> decode_record(const RecordRow& row) {
  using std::string_view;
  Record record;
  if (row.name.size() != record.name.name.octets.size()) {
    return fail(string_view("its name has not 16 octets"));
  }
  if (row.scope.size() > nbns::scope_length_max) return fail(string_view("its scope is too long"));
  if (!in_range(row.type, 3)) return fail(string_view("its type is unknown"));
  if (!in_range(row.state, 2)) return fail(string_view("its state is unknown"));
  if (!in_range(row.node, 3)) return fail(string_view("its node type is unknown"));
  if (!in_range(row.is_static, 1)) return fail(string_view("it is neither static nor dynamic"));
  if (!in_range(row.fed, 1)) return fail(string_view("it is neither fed nor not"));
  if (!in_range(row.owner, std::numeric_limits<std::uint32_t>::max())) {
    return fail(string_view("its owner is no address"));
  }

  std::ranges::copy(row.name, record.name.name.octets.begin());
  if (!row.scope.empty()) {
    record.name.scope =
        nbns::Scope(string_view(reinterpret_cast<const char*>(row.scope.data()), row.scope.size()));
  }
  record.type = static_cast<names::RecordType>(row.type);
  record.state = static_cast<names::State>(row.state);
  record.node = static_cast<nbns::NodeType>(row.node);
  record.is_static = row.is_static != 0;
  record.fed = row.fed != 0;
  record.owner = Ipv4(static_cast<std::uint32_t>(row.owner));
  record.version = static_cast<std::uint64_t>(row.version);
  record.due = instant_of(row.due);
  if (!unpack_members(row.members, record)) {
    return fail(string_view("the length of its members is wrong"));
  }
  if (const auto what = flaw(record); !what.empty()) return fail(what);
  return record;
}

void apply_touch(Record& record, Instant due) {
  record.due = due;
  if (record.members.size() == 1) record.members[0].due = due;
}

}  // namespace winsome::store
