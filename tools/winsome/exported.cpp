#include "tools/winsome/exported.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

// The enums of the package have the values of ours in the same order, one behind UNSPECIFIED.
static_assert(v1::RECORD_TYPE_MULTIHOMED ==
              1 + static_cast<int>(formats::ExportedType::multihomed));
static_assert(v1::RECORD_STATE_TOMBSTONE ==
              1 + static_cast<int>(formats::ExportedState::tombstone));
static_assert(v1::NODE_TYPE_H == 1 + static_cast<int>(nbns::NodeType::h));

template <class To, class From>
bool take(To& to, From from, To last) {
  const int number = static_cast<int>(from) - 1;
  if (number < 0 || number > static_cast<int>(last)) return false;
  to = static_cast<To>(number);
  return true;
}

}  // namespace

std::optional<formats::ExportedRecord> to_exported(const v1::Record& record) {
  formats::ExportedRecord exported;
  auto name = nbns::parse_name(record.name(), 0, false);
  if (!name || !take(exported.type, record.type(), formats::ExportedType::multihomed) ||
      !take(exported.state, record.state(), formats::ExportedState::tombstone) ||
      !take(exported.node, record.node(), nbns::NodeType::h)) {
    return std::nullopt;
  }
  exported.name = std::move(*name);
  exported.is_static = record.is_static();
  for (const auto& member : record.members()) {
    if (const auto address = parse_ipv4(member.address())) exported.addresses.push_back(*address);
  }
  if (const auto owner = parse_ipv4(record.owner())) exported.owner = *owner;
  exported.version = record.version();
  if (record.has_due()) exported.expires = record.due().seconds();
  return exported;
}

}  // namespace winsome::cli
