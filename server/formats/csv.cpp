#include "server/formats/csv.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace winsome::formats {

std::string csv_field(std::string_view text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@").contains(text.front());
  std::string out = is_formula ? "'" : "";
  if (text.find_first_of(",\"") == std::string_view::npos) return out.append(text);
  out.insert(0, 1, '"');
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

std::string csv_time(std::int64_t unix_seconds) {
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (unix_seconds < 0 || unix_seconds >= year_10000) return std::to_string(unix_seconds);
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", time);
}

}  // namespace winsome::formats
