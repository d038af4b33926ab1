#include "server/formats/gatherer.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

bool looks_like_ipv6(std::string_view word) {
  const auto address = word.substr(0, word.find('%'));
  return address.contains(':') &&
         address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool is_loopback(Ipv4 address) {
  return address.value() >> 24 == 127;
}

std::string_view name_text(const Mapping& mapping) {
  return mapping.exact ? text_of(*mapping.exact) : std::string_view(mapping.name);
}

}  // namespace

std::optional<Ipv4> Gatherer::address(const Place& place, std::string_view word) {
  const auto address = parse_ipv4(word);
  if (!address) {
    if (looks_like_ipv6(word)) {
      skip(place, fmt::format("'{}' is an IPv6 address", shown(word)));
    } else {
      problem(place, fmt::format("address '{}' is not an IPv4 address", shown(word)));
    }
    return {};
  }
  if (is_loopback(*address)) {
    skip(place, fmt::format("'{}' is a loopback address", word));
    return {};
  }
  if (address->unspecified()) {
    skip(place, "'0.0.0.0' is nobody's address");  // how hosts files block names
    return {};
  }
  if (!address->is_host()) {
    problem(place,
            fmt::format("address '{}' cannot be a host's, expected one below 224.0.0.0", word));
    return {};
  }
  return address;
}

std::optional<std::string> Gatherer::host_name(const Place& place, std::string_view text) {
  if (text.empty()) {
    problem(place, "the name is empty, expected 1 to 15 octets");
    return {};
  }
  const auto is_control = [](char c) { return (c >= 0 && c <= 0x20) || c == 0x7f; };
  if (std::ranges::any_of(text, is_control)) {
    problem(place, fmt::format("name '{}' holds a blank or a control octet", shown(text)));
    return {};
  }
  if (text.size() > 15) {
    skip(place, fmt::format("name '{}' is {} octets long, a NetBIOS name has at most 15",
                            shown(text), text.size()));
    return {};
  }
  return upper(text);
}

void Gatherer::add(const Place& place, MappingKind kind, const WrittenName& name,
                   std::optional<Ipv4> address) {
  const auto family = kind == MappingKind::multihomed ? MappingKind::unique : kind;
  const Key key{family, name.exact.has_value(), name.exact.value_or(nbns::make_name(name.text, 0))};
  const auto [found, fresh] = places_.try_emplace(key, mappings_.size());
  if (fresh) {
    Mapping mapping;
    mapping.kind = kind;
    if (name.exact) {
      mapping.exact = name.exact;
    } else {
      mapping.name = name.text;
    }
    if (address) mapping.addresses.push_back(*address);
    mapping.file = place.file;
    mapping.line = place.line;
    mappings_.push_back(std::move(mapping));
  } else if (address) {
    join(place, mappings_[found->second], kind, *address);
  }
}

void Gatherer::join(const Place& place, Mapping& mapping, MappingKind kind, Ipv4 address) {
  if (kind == MappingKind::multihomed) mapping.kind = kind;
  if (std::ranges::find(mapping.addresses, address) != mapping.addresses.end()) return;
  if (mapping.kind == MappingKind::unique) {
    if (second_ == SecondAddress::needs_mark) {
      problem(
          place,
          fmt::format("'{}' has address {} already ({}:{}), expected #MH if the host has several",
                      shown(name_text(mapping)), to_text(mapping.addresses.front()), mapping.file,
                      mapping.line));
      return;
    }
    mapping.kind = MappingKind::multihomed;
  }
  if (mapping.addresses.size() == addresses_max) {
    problem(place, fmt::format("'{}' has {} addresses already, a name has at most {}",
                               shown(name_text(mapping)), addresses_max, addresses_max));
    return;
  }
  mapping.addresses.push_back(address);
}

void Gatherer::add_record(const Place& place, Mapping record) {
  const Key key{record.kind, true, record.exact.value()};
  const auto [found, fresh] = places_.try_emplace(key, mappings_.size());
  if (!fresh) {
    const auto& first = mappings_[found->second];
    problem(place,
            fmt::format("'{}#{:02x}' is in the file already ({}:{})", shown(name_text(record)),
                        record.exact->suffix(), first.file, first.line));
    return;
  }
  record.file = place.file;
  record.line = place.line;
  mappings_.push_back(std::move(record));
}

Parsed Gatherer::finish() && {
  return {std::move(static_cast<Reports&>(*this)).finish(), std::move(mappings_)};
}

}  // namespace winsome::formats
