#include "server/store/name_pattern.h"

#include <cstddef>
#include <optional>

namespace winsome::store {
namespace {

constexpr auto none = std::string_view::npos;

/// Where the bracket that begins at `open` ends; none: not closed. `]` as its first character is a
/// member.
std::size_t closing(std::string_view pattern, std::size_t open) {
  std::size_t first = open + 1;
  if (first < pattern.size() && pattern[first] == '!') ++first;
  return pattern.find(']', first + 1);
}

bool in_bracket(std::string_view members, char c) {
  const bool negated = members.starts_with('!');
  if (negated) members.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool range = i + 2 < members.size() && members[i + 1] == '-';
    const char last = range ? members[i + 2] : members[i];
    found = found || (members[i] <= c && c <= last);
    if (range) i += 2;
  }
  return found != negated;
}

/// The length of the element of `pattern` at `at` if it matches `c`; `*` is not such an element.
std::optional<std::size_t> match_one(std::string_view pattern, std::size_t at, char c) {
  if (at >= pattern.size()) return {};
  if (pattern[at] == '?') return 1;
  if (pattern[at] == '[') {
    if (const auto close = closing(pattern, at); close != none) {
      if (!in_bracket(pattern.substr(at + 1, close - at - 1), c)) return {};
      return close - at + 1;
    }
  }
  if (pattern[at] != c) return {};
  return 1;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star =
      none;  // the last `*`, which takes one character more whenever what follows fails
  std::size_t star_text = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_text = i;
    } else if (const auto length = match_one(pattern, at, text[i])) {
      at += *length;
      ++i;
    } else if (star != none) {
      at = star + 1;
      i = ++star_text;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace winsome::store
