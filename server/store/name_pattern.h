#pragma once

#include <string_view>

namespace winsome::store {

/// Does `text` match a shell pattern: `*`, `?`, `[abc]`, `[a-z]`, `[!a-z]`. A bracket that is not
/// closed stands for itself. Takes at most the product of both lengths, unlike fnmatch, whatever an
/// administrator types.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace winsome::store
