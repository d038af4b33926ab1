#include "server/names/policy.h"

#include <algorithm>

namespace winsome::names {

bool allows(const std::vector<Ipv4Prefix>& networks, Ipv4 address) {
  return std::ranges::any_of(networks,
                             [address](const Ipv4Prefix& n) { return n.contains(address); });
}

Policy::Policy(const Options& options)
    : access_(options.access), computer_(nbns::make_name(options.computer_name, 0)) {
  for (const auto& name : options.access.blocked_names) blocked_.insert(nbns::make_name(name, 0));
}

RecordType Policy::type_asked(const nbns::NameRequest& request) {
  if (request.name.name.suffix() == 0x1c && request.entry.group) return RecordType::special_group;
  if (request.entry.group) return RecordType::normal_group;
  if (request.opcode == nbns::Opcode::multihomed_registration) return RecordType::multihomed;
  return RecordType::unique;
}

Policy::Ruling Policy::rule(const nbns::NameRequest& request, Ipv4 source) const {
  const auto& name = request.name.name;
  const bool group = request.entry.group;
  if (is_own(request.name.view())) return Ruling::active_elsewhere;
  if (blocked(name) || name.octets[0] == '*') return Ruling::refuse;
  switch (name.suffix()) {
    case 0x1b:
      if (group || !allows(access_.register_1b_from, source)) return Ruling::refuse;
      break;
    case 0x1c:
      if (!group || !allows(access_.register_1c_from, source)) return Ruling::refuse;
      break;
    case 0x1d:
      if (!allows(access_.register_1d_from, source)) return Ruling::refuse;
      break;
    case 0x1e:
      if (!group) return Ruling::refuse;
      break;
    default: break;
  }
  if (request.name.scope.view().size() > nbns::scope_length_registered_max)
    return Ruling::refuse_scope;
  if (name.suffix() == 0x1d && !group) return Ruling::grant_unstored;
  if (type_asked(request) != RecordType::normal_group && !request.entry.address.is_host())
    return Ruling::ignore;
  if (!access_.register_other_addresses && request.entry.address != source) return Ruling::refuse;
  return Ruling::decide;
}

bool Policy::blocked(const nbns::Name& name) const {
  return !blocked_.empty() && blocked_.contains(name.with_suffix(0));
}

bool Policy::is_own(const nbns::ScopedNameView& name) const {
  const auto suffix = name.name.suffix();
  return (suffix == 0x00 || suffix == 0x20) && name.scope.empty() &&
         name.name.with_suffix(0) == computer_;
}

std::optional<std::string_view> suffix_problem(const nbns::Name& name, RecordType type) {
  switch (name.suffix()) {
    case 0x1b:
      if (is_group(type)) return "a name with suffix 1B is unique";
      break;
    case 0x1c:
      if (type != RecordType::special_group) return "a name with suffix 1C is a domain name";
      break;
    case 0x1d:
      if (type != RecordType::normal_group) return "a unique name with suffix 1D is never stored";
      break;
    case 0x1e:
      if (type != RecordType::normal_group) return "a name with suffix 1E is a group";
      break;
    default: break;
  }
  return {};
}

}  // namespace winsome::names
