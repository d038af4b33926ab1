#pragma once

#include <expected>
#include <utility>

namespace winsome {

/// A value, or why there is none. For what the world does wrong; our own mistakes are `check`ed.
template <class T, class E>
using Result = std::expected<T, E>;

/// `return fail(DecodeError::truncated);`
template <class E>
[[nodiscard]] constexpr std::unexpected<std::decay_t<E>> fail(E&& error) {
  return std::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

}  // namespace winsome
