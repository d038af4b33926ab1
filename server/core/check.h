#pragma once

#include <source_location>

namespace winsome {

/// For our own mistakes only: stays on in release, says what was broken and stops the process.
[[noreturn]] void broken_invariant(const char* what, const std::source_location& where);

constexpr void check(bool holds, const char* what,
                     const std::source_location& where = std::source_location::current()) {
  if (!holds) [[unlikely]]
    broken_invariant(what, where);
}

}  // namespace winsome
