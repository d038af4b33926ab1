#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace winsome::cli {

/// How a command is to show what it found.
struct Style {
  bool json = false;
  bool colour = false;
};

/// Colour is for people: standard output is a terminal, and NO_COLOR is not set.
[[nodiscard]] bool colour_wanted();

/// A column keeps its width whatever is in it, so that lists can be printed as they come; the last
/// has none.
struct Column {
  std::string_view header;
  std::size_t width = 0;
};

[[nodiscard]] std::string header_line(std::span<const Column> columns, const Style& style);
[[nodiscard]] std::string row_line(std::span<const Column> columns,
                                   std::span<const std::string> cells);

/// `2026-08-01T12:00:00Z`.
[[nodiscard]] std::string utc_text(std::int64_t unix_seconds);

/// `12 s`, `3 min`, `2 h 5 min`, `3 d 4 h`; what is negative is nothing.
[[nodiscard]] std::string span_text(std::int64_t seconds);

/// To standard output; a reader that is gone (`| head`) ends the program quietly.
void print(std::string_view text);

/// `winsome: …` to standard error.
void complain(std::string_view text);

}  // namespace winsome::cli
