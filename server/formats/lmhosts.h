#pragma once

#include <string_view>

#include "server/formats/mapping.h"
#include "server/formats/sources.h"

namespace winsome::formats {

/// LMHOSTS (fact base D1), Samba's `name#20` included. `file` is the name for messages and against
/// cycles.
///
///     192.0.2.1  dc1 #PRE #DOM:corp          host DC1; member of the domain CORP<1C>
///     192.0.2.2  laser #SG:printers          host LASER; member of the Internet group PRINTERS<20>
///     192.0.2.3  gate #MH                    one of several addresses of the host GATE
///     192.0.2.4  "APP            \0x87"      just the name APP<87>
///
/// Of a whole name the suffix tells the kind: 1C is a domain, 1E a normal group. For the others we
/// add two readings, so that an export can be read back: `#GROUP` makes it a normal group, and
/// `#SG` with the name's own text makes it a special group. Windows takes the former as a comment.
[[nodiscard]] Parsed parse_lmhosts(std::string_view text, std::string_view file,
                                   const ReadFile& read);

}  // namespace winsome::formats
