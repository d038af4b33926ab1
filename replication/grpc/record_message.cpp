#include "replication/grpc/record_message.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/nbns/message.h"

namespace winsome::transport {
namespace {

using names::Record;
using names::RecordType;
using names::State;
using nbns::NodeType;

/// Enumerators travel as what the codes of MS-WINSRA are, plus one.
template <class Wire, class Enum>
constexpr Wire to_wire(Enum value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}

template <class Enum, class Wire>
constexpr std::optional<Enum> from_wire(Wire value, Enum last) {
  const auto code = static_cast<int>(value) - 1;
  if (code < 0 || code > static_cast<int>(last)) return std::nullopt;
  return static_cast<Enum>(code);
}

/// What a record of the type may hold.
constexpr std::pair<std::size_t, std::size_t> member_bounds(RecordType type) {
  switch (type) {
    case RecordType::unique: return {1, 1};
    case RecordType::normal_group: return {0, 1};
    case RecordType::special_group: return {0, names::members_max};
    case RecordType::multihomed: return {1, names::members_max};
  }
  return {0, 0};
}

bool read_members(const v1::Record& in, Record& out) {
  const auto [least, most] = member_bounds(out.type);
  const auto count = static_cast<std::size_t>(in.members_size());
  if (count < least || count > most) return false;
  for (const auto& one : in.members()) {
    const Ipv4 address(one.address());
    const Ipv4 owner(one.owner());
    if (std::ranges::find(out.members, address, &names::Member::address) != out.members.end())
      continue;
    out.members.push_back(
        {.address = address, .owner = owner.unspecified() ? out.owner : owner, .due = {}});
  }
  return true;
}

}  // namespace

void to_message(const Record& record, v1::Record& out) {
  const auto& octets = record.name.name.octets;
  out.set_name(octets.data(), octets.size());
  if (!record.name.scope.empty()) out.set_scope(std::string(record.name.scope.view()));
  out.set_type(to_wire<v1::RecordType>(record.type));
  out.set_state(to_wire<v1::RecordState>(record.state));
  out.set_node(to_wire<v1::NodeType>(record.node));
  out.set_is_static(record.is_static);
  out.set_version(record.version);
  for (const auto& one : record.members) {
    auto& member = *out.add_members();
    member.set_address(one.address.value());
    if (names::has_list(record.type) && one.owner != record.owner)
      member.set_owner(one.owner.value());
  }
}

void to_message(std::span<const Record> records, v1::PullRecordsResponse& out) {
  out.mutable_records()->Reserve(static_cast<int>(records.size()));
  for (const auto& record : records) to_message(record, *out.add_records());
}

void to_message(const replication::OwnerRange& range, v1::OwnerRange& out) {
  out.set_owner(range.owner.value());
  out.set_min(range.min);
  out.set_max(range.max);
}

void to_message(const replication::OwnerMap& owners,
                google::protobuf::RepeatedPtrField<v1::OwnerRange>& out) {
  out.Reserve(static_cast<int>(owners.size()));
  for (const auto& one : owners) to_message(one, *out.Add());
}

std::optional<Record> from_message(const v1::Record& in, Ipv4 owner) {
  Record record;
  auto& octets = record.name.name.octets;
  if (in.name().size() != octets.size()) return std::nullopt;
  std::ranges::copy(in.name(), octets.begin());

  const auto& scope = in.scope();
  if (scope.size() > nbns::scope_length_max || scope.find('\0') != std::string::npos)
    return std::nullopt;
  record.name.scope = nbns::Scope(scope);

  const auto type = from_wire(in.type(), RecordType::multihomed);
  const auto state = from_wire(in.state(), State::tombstone);
  const auto node = from_wire(in.node(), NodeType::h);
  if (!type || !state || !node || in.version() > replication::version_max) return std::nullopt;
  record.type = *type;
  record.state = *state;
  record.node = *node;
  record.is_static = in.is_static();
  record.owner = owner;
  record.version = in.version();
  if (!read_members(in, record)) return std::nullopt;
  return record;
}

bool from_message(const v1::PullRecordsResponse& in, Ipv4 owner,
                  replication::RecordsReceived& out) {
  const auto count = static_cast<std::size_t>(in.records_size());
  if (count > records_in_a_message_max) return false;
  out.records.reserve(count);
  for (const auto& one : in.records()) {
    if (auto record = from_message(one, owner)) {
      out.records.push_back(std::move(*record));
    } else {
      ++out.skipped;
    }
  }
  return true;
}

replication::OwnerRange from_message(const v1::OwnerRange& in) {
  return {Ipv4(in.owner()), in.min(), in.max()};
}

std::optional<replication::OwnerMap> from_message(
    const google::protobuf::RepeatedPtrField<v1::OwnerRange>& in) {
  if (static_cast<std::size_t>(in.size()) > replication::owners_max) return std::nullopt;
  replication::OwnerMap owners;
  owners.reserve(static_cast<std::size_t>(in.size()));
  for (const auto& one : in) owners.push_back(from_message(one));
  return owners;
}

}  // namespace winsome::transport
