#pragma once

#include <span>
#include <string>
#include <string_view>

namespace winsome::config {

/// The nearest of `candidates`, if the word is likely a slip of the pen; else empty.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

/// ` (did you mean 'nbns'?)`
[[nodiscard]] std::string did_you_mean(std::string_view name);

}  // namespace winsome::config
