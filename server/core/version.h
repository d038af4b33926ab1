#pragma once

#include <string_view>

namespace winsome {

/// Of the program, as CMakeLists.txt has it: `0.1.0`.
[[nodiscard]] std::string_view program_version();

}  // namespace winsome
