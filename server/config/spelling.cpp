#include "server/config/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "server/config/values.h"

namespace winsome::config {
namespace {

/// Levenshtein's distance between words that are short.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t word_length_max = 40;
  std::string_view best;
  if (word.size() > word_length_max) return best;
  std::size_t best_distance = std::clamp<std::size_t>(word.size() / 2, 1, 3) + 1;
  for (const auto candidate : candidates) {
    const auto distance =
        edit_distance(upper_case(std::string(word)), upper_case(std::string(candidate)));
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view name) {
  return fmt::format(" (did you mean '{}'?)", name);
}

}  // namespace winsome::config
