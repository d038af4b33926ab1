#pragma once

#include <cstddef>
#include <cstdint>

#include "server/nbns/name.h"

namespace winsome::perf {

/// What one machine registers: its name as workstation, messenger and file server.
inline constexpr std::uint32_t names_per_host = 3;

/// The name with this number of a network as networks are: hosts named after what they are, where
/// they stand or how they were installed, each with <00>, <03> and <20>. Different numbers give
/// different names.
[[nodiscard]] nbns::Name name_of(std::uint32_t number);

/// A name that nobody has.
[[nodiscard]] nbns::Name missing_name(std::uint32_t number);

}  // namespace winsome::perf
