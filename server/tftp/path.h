#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/result.h"

namespace winsome::tftp {

/// More than a request of 512 octets usefully has.
inline constexpr std::size_t path_length_max = 400;

enum class PathError : std::uint8_t { empty, too_long, has_nul, climbs };

/// The file that a request names, relative to the root: "/boot//./pxe.0" and "\boot\pxe.0" (which
/// Windows' boot programs ask for) are "boot/pxe.0". A ".." is refused wherever it leads; hidden
/// files are files like any other. Links are the opener's care.
[[nodiscard]] Result<std::string, PathError> relative_path(std::string_view file);

[[nodiscard]] std::string_view to_text(PathError error);  // "the name climbs"

}  // namespace winsome::tftp
