#pragma once

#include <string>

#include "tools/winsome-perf/generator.h"

namespace winsome::perf {

/// For a person: a line or two for each stream.
[[nodiscard]] std::string to_text(const Outcomes& outcomes);

/// For a program: one line, `{"load": {...}, "storm": {...}}`; latencies in microseconds.
[[nodiscard]] std::string to_json(const Outcomes& outcomes);

}  // namespace winsome::perf
