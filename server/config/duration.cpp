#include "server/config/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace winsome::config {
namespace {

struct Unit {
  std::string_view name;
  milliseconds length;
};

constexpr std::array units = {
    Unit{"d", std::chrono::days(1)},          Unit{"h", std::chrono::hours(1)},
    Unit{"m", std::chrono::minutes(1)},       Unit{"s", std::chrono::seconds(1)},
    Unit{"ms", std::chrono::milliseconds(1)},
};

/// So long a number of days is 2.7 million years, and no sum of five overflows.
constexpr std::size_t digits_max = 9;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return {};
  if (text == "0") return milliseconds::zero();
  milliseconds sum{0};
  auto allowed = units.begin();
  while (!text.empty()) {
    const auto digits = std::find_if_not(text.begin(), text.end(), is_digit) - text.begin();
    if (digits == 0 || static_cast<std::size_t>(digits) > digits_max) return {};
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    text.remove_prefix(digits);

    const auto letters = std::find_if(text.begin(), text.end(), is_digit) - text.begin();
    const auto unit = std::find_if(allowed, units.end(), [&](const Unit& candidate) {
      return candidate.name == text.substr(0, letters);
    });
    if (unit == units.end()) return {};
    text.remove_prefix(letters);
    sum += number * unit->length;
    allowed = unit + 1;
  }
  return sum;
}

std::string to_text(milliseconds duration) {
  if (duration == milliseconds::zero()) return "0s";
  std::string text;
  for (const auto& unit : units) {
    const auto count = duration / unit.length;
    duration -= count * unit.length;
    if (count != 0) text.append(std::to_string(count)).append(unit.name);
  }
  return text;
}

}  // namespace winsome::config
