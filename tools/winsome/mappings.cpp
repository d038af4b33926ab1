#include "tools/winsome/mappings.h"

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;

/// A record of a client: what it is follows from its group bit and its addresses (fact base B2).
v1::MappingType dynamic_type(const formats::Mapping& mapping) {
  if (mapping.group && mapping.addresses.empty()) return v1::MAPPING_TYPE_NORMAL_GROUP;
  if (mapping.group) {
    const bool internet = mapping.exact && mapping.exact->suffix() == 0x20;
    return internet ? v1::MAPPING_TYPE_INTERNET_GROUP : v1::MAPPING_TYPE_DOMAIN_NAME;
  }
  return mapping.addresses.size() > 1 ? v1::MAPPING_TYPE_MULTIHOMED : v1::MAPPING_TYPE_UNIQUE;
}

v1::MappingType type_of(const formats::Mapping& mapping) {
  switch (mapping.kind) {
    case formats::MappingKind::unique: return v1::MAPPING_TYPE_UNIQUE;
    case formats::MappingKind::multihomed: return v1::MAPPING_TYPE_MULTIHOMED;
    case formats::MappingKind::normal_group: return v1::MAPPING_TYPE_NORMAL_GROUP;
    case formats::MappingKind::domain_name: return v1::MAPPING_TYPE_DOMAIN_NAME;
    case formats::MappingKind::internet_group: return v1::MAPPING_TYPE_INTERNET_GROUP;
    case formats::MappingKind::dynamic: return dynamic_type(mapping);
  }
  return v1::MAPPING_TYPE_UNSPECIFIED;
}

}  // namespace

void fill(v1::Mapping& out, const formats::Mapping& mapping) {
  const auto name = mapping.exact ? *mapping.exact : nbns::make_name(mapping.name, 0x20);
  out.set_type(type_of(mapping));
  out.set_name(nbns::to_text(nbns::ScopedNameView{name, mapping.scope}));
  out.set_expand(!mapping.exact);
  for (const auto address : mapping.addresses) out.add_addresses(to_text(address));
  if (mapping.kind != formats::MappingKind::dynamic) return;
  out.set_node(static_cast<v1::NodeType>(static_cast<int>(mapping.node) + 1));
  if (mapping.expires) out.mutable_expires()->set_seconds(*mapping.expires);
}

}  // namespace winsome::cli
