#pragma once

#include <string>
#include <string_view>

#include "server/core/ipv4.h"

namespace winsome {

/// What was to listen, for the sentence that says why it cannot.
struct ListenPurpose {
  std::string_view what;     // " for TFTP"; may be empty
  std::string_view rival;    // "nmbd? ", who usually has the port; may be empty
  std::string_view sockets;  // "-ulpn", the options of ss that show them
  std::string_view key;      // "nbns.listen", where the operator may say otherwise
};

/// One sentence for the operator: `error` of errno(3) came of listening there, and what to do.
[[nodiscard]] std::string listen_advice(const Endpoint& endpoint, int error,
                                        const ListenPurpose& of);

}  // namespace winsome
