#pragma once

#include <string>

#include "server/nbns/message.h"
#include "tools/winsome/output.h"

namespace winsome::cli {

// What a name server or a node said, as it is shown.

[[nodiscard]] std::string show(const nbns::QueryResponse& answer, const Style& style);
[[nodiscard]] std::string show(const nbns::NodeStatusResponse& answer, const Style& style);

/// Why a server says no to a registration, refresh or release.
[[nodiscard]] std::string explain(nbns::Rcode rcode);

}  // namespace winsome::cli
