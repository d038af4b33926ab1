#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace winsome::cli {

// Why an import changed nothing, and what to do about it, in one sentence.

/// The file itself has `problems`, which were named before.
[[nodiscard]] std::string problems_text(std::size_t problems, bool dry_run);

/// The file can be read, but the server does not take all it says; `row` is what it is made of, as
/// in `mapping`.
[[nodiscard]] std::string refusals_text(std::size_t refused, std::size_t rows, std::string_view row,
                                        bool dry_run);

}  // namespace winsome::cli
