#include "tools/winsome/output.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace winsome::cli {
namespace {

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view plain = "\033[0m";

}  // namespace

bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

std::string header_line(std::span<const Column> columns, const Style& style) {
  std::vector<std::string> cells;
  for (const auto& column : columns) cells.emplace_back(column.header);
  auto line = row_line(columns, cells);
  if (!style.colour) return line;
  line.pop_back();
  return fmt::format("{}{}{}\n", bold, line, plain);
}

std::string row_line(std::span<const Column> columns, std::span<const std::string> cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line += fmt::format("{:<{}}", cells[i], i + 1 < cells.size() ? columns[i].width : 0);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string utc_text(std::int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr) return "?";
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", parts);
}

std::string span_text(std::int64_t seconds) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  const auto both = [](std::int64_t large, std::string_view unit, std::int64_t small,
                       std::string_view small_unit) {
    return small == 0 ? fmt::format("{} {}", large, unit)
                      : fmt::format("{} {} {} {}", large, unit, small, small_unit);
  };
  if (seconds < minute) return fmt::format("{} s", std::max<std::int64_t>(seconds, 0));
  if (seconds < hour) return fmt::format("{} min", seconds / minute);
  if (seconds < day) return both(seconds / hour, "h", seconds % hour / minute, "min");
  return both(seconds / day, "d", seconds % day / hour, "h");
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    std::_Exit(1);
  }
}

void complain(std::string_view text) {
  std::fflush(stdout);
  fmt::print(stderr, "winsome: {}\n", text);
}

}  // namespace winsome::cli
