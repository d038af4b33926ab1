#pragma once

#include <string>
#include <string_view>

namespace winsome {

/// Text of strangers as terminals and logs may have it: octets that are not printable ASCII are
/// written "\x1b".
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace winsome
