#pragma once

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/formats/mapping.h"

namespace winsome::formats {

// The names are of the form of GoogleTest's matchers.
// NOLINTBEGIN(readability-identifier-naming)

/// Every field but the place, which a test asks for where it is the point.
inline auto Maps(MappingKind kind, std::string_view name, const std::vector<Ipv4>& addresses) {
  using testing::AllOf;
  using testing::Field;
  return AllOf(Field("kind", &Mapping::kind, kind),
               Field("name", &Mapping::name, std::string(name)),
               Field("exact", &Mapping::exact, std::nullopt),
               Field("addresses", &Mapping::addresses, addresses));
}

inline auto MapsExactly(MappingKind kind, const nbns::Name& name,
                        const std::vector<Ipv4>& addresses) {
  using testing::AllOf;
  using testing::Field;
  return AllOf(Field("kind", &Mapping::kind, kind), Field("name", &Mapping::name, ""),
               Field("exact", &Mapping::exact, testing::Optional(name)),
               Field("addresses", &Mapping::addresses, addresses));
}

// NOLINTEND(readability-identifier-naming)

inline std::vector<std::string> texts(const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) lines.push_back(to_text(problem));
  return lines;
}

}  // namespace winsome::formats
