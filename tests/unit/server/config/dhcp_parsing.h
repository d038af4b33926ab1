#pragma once

#include <fmt/format.h>

#include "tests/unit/server/config/parsing.h"

namespace winsome::config {

/// Three lines, then `more` from the fourth on.
inline std::string scope(std::string_view name, std::string_view subnet,
                         std::string_view more = "") {
  return fmt::format("[[dhcp.scope]]\nname = \"{}\"\nsubnet = \"{}\"\n{}\n", name, subnet, more);
}

inline std::string office(std::string_view more = "") {
  return scope("office", "192.0.2.0/24", more);
}

/// Two lines, then `more` from the third on.
inline std::string reservation(std::string_view address, std::string_view more) {
  return fmt::format("[[dhcp.scope.reservation]]\naddress = \"{}\"\n{}\n", address, more);
}

}  // namespace winsome::config
