#include "server/admin/convert.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "server/core/ipv4.h"

namespace winsome::admin {
namespace {

// Every enum of the package has its values in our order, one behind UNSPECIFIED.
static_assert(v1::RECORD_TYPE_MULTIHOMED == 1 + static_cast<int>(names::RecordType::multihomed));
static_assert(v1::RECORD_STATE_TOMBSTONE == 1 + static_cast<int>(names::State::tombstone));
static_assert(v1::NODE_TYPE_H == 1 + static_cast<int>(nbns::NodeType::h));
static_assert(v1::MAPPING_TYPE_INTERNET_GROUP ==
              1 + static_cast<int>(names::MappingType::internet_group));

template <class To, class From>
To to_enum(From value) {
  return static_cast<To>(static_cast<int>(value) + 1);
}

/// Nothing for UNSPECIFIED, and for values of a later version of the package.
template <class To, class From>
std::optional<To> from_enum(From value, To last) {
  const int number = static_cast<int>(value) - 1;
  if (number < 0 || number > static_cast<int>(last)) return std::nullopt;
  return static_cast<To>(number);
}

/// The first fifteen octets as text, without the padding.
std::string base_text(const nbns::Name& name) {
  std::string text(name.octets.begin(), name.octets.begin() + 15);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

Result<Ipv4, std::string> to_address(const std::string& text) {
  const auto address = parse_ipv4(text);
  if (!address) return fail(fmt::format("address '{}' is not an IPv4 address", text));
  return *address;
}

Result<std::vector<Ipv4>, std::string> to_addresses(const v1::Mapping& mapping,
                                                    names::MappingType type) {
  std::vector<Ipv4> addresses;
  const auto count = static_cast<std::size_t>(mapping.addresses_size());
  if (count > names::members_max) {
    return fail(fmt::format("{} addresses: at most {} are kept", count, names::members_max));
  }
  if (type == names::MappingType::unique && count != 1) {
    return fail(fmt::format("a unique name has one address, not {}", count));
  }
  if (type == names::MappingType::normal_group) return addresses;  // D6: none is kept
  if (count == 0) return fail(std::string("no address"));
  for (const auto& text : mapping.addresses()) {
    const auto address = to_address(text);
    if (!address) return fail(address.error());
    if (!address->is_host()) {
      return fail(fmt::format("address {} cannot belong to a host", text));
    }
    addresses.push_back(*address);
  }
  return addresses;
}

names::RecordType record_type(names::MappingType type) {
  switch (type) {
    case names::MappingType::unique: return names::RecordType::unique;
    case names::MappingType::multihomed: return names::RecordType::multihomed;
    case names::MappingType::normal_group: return names::RecordType::normal_group;
    case names::MappingType::domain_name:
    case names::MappingType::internet_group: return names::RecordType::special_group;
  }
  return names::RecordType::unique;
}

Result<names::NewRecord, std::string> to_dynamic(const v1::Mapping& mapping,
                                                 names::MappingType type,
                                                 std::vector<Ipv4> addresses,
                                                 std::int64_t unix_now) {
  if (mapping.expand()) return fail(std::string("a mapping that expires cannot be expanded"));
  const auto name = exact_name(mapping.name());
  if (!name) return fail(name.error());
  const auto left = mapping.expires().seconds() - unix_now;
  if (left <= 0) return fail(nbns::to_text(*name) + " has expired already");
  names::NewRecord record;
  record.name = *name;
  record.type = record_type(type);
  record.node = from_enum(mapping.node(), nbns::NodeType::h).value_or(nbns::NodeType::b);
  record.is_static = false;
  record.addresses = std::move(addresses);
  record.life = seconds(left);
  return record;
}

}  // namespace

google::protobuf::Timestamp to_timestamp(Instant instant, std::int64_t wall_offset) {
  const auto unix_time =
      std::chrono::milliseconds(instant.time_since_epoch().count() + wall_offset);
  const auto whole = std::chrono::floor<seconds>(unix_time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(whole.count());
  timestamp.set_nanos(static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(unix_time - whole).count()));
  return timestamp;
}

v1::Record to_message(const names::Record& record, std::int64_t wall_offset) {
  const bool expires =
      record.due != never && (!record.is_static || record.state != names::State::active);
  v1::Record message;
  message.set_name(nbns::to_text(record.name));
  message.set_type(to_enum<v1::RecordType>(record.type));
  message.set_state(to_enum<v1::RecordState>(record.state));
  message.set_node(to_enum<v1::NodeType>(record.node));
  message.set_is_static(record.is_static);
  message.set_fed(record.fed);
  message.set_owner(to_text(record.owner));
  message.set_version(record.version);
  if (expires) *message.mutable_due() = to_timestamp(record.due, wall_offset);
  for (const auto& member : record.members) {
    auto& shown = *message.add_members();
    shown.set_address(to_text(member.address));
    if (!names::has_list(record.type)) continue;
    shown.set_owner(to_text(member.owner));
    if (expires && member.due != never)
      *shown.mutable_due() = to_timestamp(member.due, wall_offset);
  }
  return message;
}

Result<nbns::ScopedName, std::string> exact_name(const std::string& text) {
  // A text without a suffix takes whichever is the default, and so gives two names.
  const auto name = nbns::parse_name(text, 0x00, false);
  if (!name) {
    return fail(
        fmt::format("'{}' is not a NetBIOS name: at most 15 octets and a suffix, FRED<20>", text));
  }
  if (name != nbns::parse_name(text, 0x20, false)) {
    return fail(fmt::format("name '{}' has no suffix: write {}<20>", text, text));
  }
  if (name->name == nbns::wildcard_name()) return fail(std::string("'*' is no name of a record"));
  return *name;
}

Result<names::RecordFilter, std::string> to_filter(const v1::RecordFilter& filter) {
  names::RecordFilter wanted;
  wanted.name_pattern = filter.name_pattern();
  if (filter.has_suffix()) {
    if (filter.suffix() > 0xff) return fail(fmt::format("suffix {} is over 255", filter.suffix()));
    wanted.suffix = static_cast<std::uint8_t>(filter.suffix());
  }
  if (filter.has_address()) {
    const auto address = to_address(filter.address());
    if (!address) return fail(address.error());
    wanted.address = *address;
  }
  if (filter.has_owner()) {
    const auto owner = to_address(filter.owner());
    if (!owner) return fail(owner.error());
    wanted.owner = *owner;
  }
  wanted.type = from_enum(filter.type(), names::RecordType::multihomed);
  wanted.state = from_enum(filter.state(), names::State::tombstone);
  if (filter.has_is_static()) wanted.is_static = filter.is_static();
  return wanted;
}

Result<std::vector<names::NewRecord>, std::string> to_new_records(const v1::Mapping& mapping,
                                                                  std::int64_t unix_now) {
  const auto type = from_enum(mapping.type(), names::MappingType::internet_group);
  if (!type) return fail(std::string("the mapping has no type"));
  auto addresses = to_addresses(mapping, *type);
  if (!addresses) return fail(fmt::format("{}: {}", mapping.name(), addresses.error()));
  if (mapping.has_expires()) {
    auto record = to_dynamic(mapping, *type, std::move(*addresses), unix_now);
    if (!record) return fail(std::move(record.error()));
    return std::vector{std::move(*record)};
  }
  if (!mapping.expand()) {
    const auto name = exact_name(mapping.name());
    if (!name) return fail(name.error());
    return std::vector{names::exact(*type, *name, *addresses)};
  }
  const auto name = nbns::parse_name(mapping.name(), 0x00, false);
  if (!name || name->name == nbns::wildcard_name()) {
    return fail(fmt::format("'{}' is not a NetBIOS name: at most 15 octets", mapping.name()));
  }
  return names::expand(*type, base_text(name->name), name->scope.view(), *addresses);
}

}  // namespace winsome::admin
