#include "server/formats/reports.h"

#include <fmt/format.h>

#include <utility>

namespace winsome::formats {
namespace {

void report(std::vector<Problem>& list, std::size_t& count, const Place& place,
            std::string&& text) {
  if (++count > Reports::reports_max) return;
  list.push_back({std::string(place.file), place.line, std::move(text)});
}

void count_rest(std::vector<Problem>& list, std::size_t count, std::string_view what) {
  if (count <= list.size()) return;
  const auto rest = count - list.size();
  list.push_back(
      {list.front().file, 0, fmt::format("{} more {}{}", rest, what, rest == 1 ? "" : "s")});
}

}  // namespace

std::string to_text(const Problem& problem) {
  if (problem.line == 0) return fmt::format("{}: {}", problem.file, problem.text);
  return fmt::format("{}:{}: {}", problem.file, problem.line, problem.text);
}

void Reports::problem(const Place& place, std::string text) {
  report(reported_.problems, reported_.problem_count, place, std::move(text));
}

void Reports::skip(const Place& place, std::string text) {
  report(reported_.skipped, skip_count_, place, std::move(text));
}

Reported Reports::finish() && {
  count_rest(reported_.problems, reported_.problem_count, "problem");
  count_rest(reported_.skipped, skip_count_, "line");
  return std::move(reported_);
}

}  // namespace winsome::formats
