#pragma once

#include <string_view>

#include "server/formats/mapping.h"

namespace winsome::formats {

/// A hosts file (fact base D2): the first label of each name and alias is a host; one with several
/// addresses is multihomed.
[[nodiscard]] Parsed parse_hosts(std::string_view text, std::string_view file);

}  // namespace winsome::formats
