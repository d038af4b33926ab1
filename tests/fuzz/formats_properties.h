#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/check.h"
#include "server/formats/export.h"
#include "server/formats/mapping.h"
#include "server/formats/reservations.h"

namespace winsome::formats {

inline std::string_view as_text(const std::uint8_t* octets, std::size_t size) {
  return {reinterpret_cast<const char*>(octets), size};
}

/// What every parser promises, whatever it read.
inline void check_promises(const Reported& reported) {
  for (const auto* list : {&reported.problems, &reported.skipped}) {
    check(list->size() <= 1001, "bounded reports");
    for (const auto& problem : *list) check(problem.text.size() < 400, "bounded messages");
  }
}

inline void check_promises(const ParsedReservations& parsed) {
  check_promises(static_cast<const Reported&>(parsed));
  for (const auto& row : parsed.rows) {
    const auto& reservation = row.reservation;
    check(reservation.address.is_host(), "an address of a host");
    check(reservation.hardware.has_value() + reservation.client.has_value() +
                  !reservation.circuit.empty() ==
              1,
          "a client is known by one of the three");
    check(reservation.name.size() <= 253, "a name of DNS at most");
    check(row.line > 0 && !row.file.empty(), "a place");
  }
}

inline void check_promises(const Parsed& parsed) {
  check_promises(static_cast<const Reported&>(parsed));
  for (const auto& mapping : parsed.mappings) {
    check(mapping.addresses.size() <= addresses_max, "at most 25 addresses");
    check(mapping.exact.has_value() == mapping.name.empty(), "a name, or an exact name");
    check(mapping.name.size() <= 15, "15 octets at most");
    check(mapping.line > 0 && !mapping.file.empty(), "a place");
    check(mapping.kind != MappingKind::dynamic || mapping.exact, "dynamic records are exact");
    if (mapping.kind == MappingKind::unique) check(mapping.addresses.size() == 1, "one address");
    for (const auto address : mapping.addresses) check(address.is_host(), "an address of a host");
  }
}

/// The record that a mapping of an exact name asks for.
inline ExportedRecord record_of(const Mapping& mapping) {
  ExportedRecord record;
  record.name = nbns::ScopedName(mapping.exact.value());
  record.node = mapping.node;
  record.addresses = mapping.addresses;
  record.is_static = mapping.kind != MappingKind::dynamic || !mapping.expires;
  record.expires = mapping.expires.value_or(0);
  const auto several =
      mapping.addresses.size() > 1 ? ExportedType::multihomed : ExportedType::unique;
  const auto group =
      mapping.addresses.empty() ? ExportedType::normal_group : ExportedType::special_group;
  switch (mapping.kind) {
    case MappingKind::unique: record.type = ExportedType::unique; break;
    case MappingKind::multihomed: record.type = ExportedType::multihomed; break;
    case MappingKind::normal_group: record.type = ExportedType::normal_group; break;
    case MappingKind::domain_name:
    case MappingKind::internet_group: record.type = ExportedType::special_group; break;
    case MappingKind::dynamic: record.type = mapping.group ? group : several; break;
  }
  return record;
}

inline Mapping without_place(Mapping mapping) {
  mapping.file.clear();
  mapping.line = 0;
  return mapping;
}

/// parse(export(x)) == x for what the format carries: `append` writes one record, `parse` reads
/// all.
template <class Append, class Parse>
void check_round_trip(const Parsed& parsed, std::string_view header, Append append, Parse parse) {
  std::string text(header);
  std::vector<Mapping> carried;
  for (const auto& mapping : parsed.mappings) {
    if (mapping.exact && append(text, record_of(mapping)))
      carried.push_back(without_place(mapping));
  }
  const Parsed again = parse(text);
  check(again.problems.empty() && again.skipped.empty(), "an export has no bad lines");
  check(again.mappings.size() == carried.size(), "an export reads back in full");
  for (std::size_t i = 0; i < carried.size(); ++i) {
    check(without_place(again.mappings[i]) == carried[i], "an export reads back the same");
  }
}

}  // namespace winsome::formats
