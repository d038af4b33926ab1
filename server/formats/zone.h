#pragma once

#include <string_view>

#include "server/formats/mapping.h"
#include "server/formats/sources.h"

namespace winsome::formats {

/// A master file (RFC 1035 5.1, fact base D7). The first label of each owner of an A record is a
/// host; one with several addresses is multihomed. The zone's own name, wildcards and what lies
/// below a service label (`_msdcs`) are skipped; records of other types, WINS and WINS-R among
/// them, are parsed over. `origin` is the zone's name; empty when the file says $ORIGIN itself.
/// Relative $INCLUDE paths are the caller's to resolve.
[[nodiscard]] Parsed parse_zone(std::string_view text, std::string_view file,
                                std::string_view origin, const ReadFile& read);

}  // namespace winsome::formats
