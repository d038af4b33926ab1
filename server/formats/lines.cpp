#include "server/formats/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/core/printable.h"

namespace winsome::formats {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t shown_length_max = 60;

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

LineReader::LineReader(std::string_view text, std::string_view file, Reports& reports)
    : rest_(text), file_(file), reports_(reports) {
  if (rest_.starts_with("\xff\xfe") || rest_.starts_with("\xfe\xff")) {
    reports_.problem({file_, 1},
                     "the file is in UTF-16, expected plain text: save it as ANSI or UTF-8");
    rest_ = {};
  }
  if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  if (rest_.ends_with('\x1a')) rest_.remove_suffix(1);
}

std::optional<Line> LineReader::next() {
  while (!rest_.empty() && !reports_.full()) {
    const auto end = std::min(rest_.find('\n'), rest_.size());
    auto text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    ++number_;

    if (text.size() > line_length_max) {
      reports_.problem({file_, number_},
                       fmt::format("the line is {} octets long, expected at most {}", text.size(),
                                   line_length_max));
    } else if (text.contains('\0')) {
      reports_.problem({file_, number_}, "the line holds a NUL octet, expected plain text");
    } else {
      return Line{text, number_};
    }
  }
  return {};
}

std::string_view Cursor::word(std::string_view also_ends_at) {
  skip_blanks();
  std::size_t end = 0;
  while (end < rest_.size() && !blanks.contains(rest_[end]) && !also_ends_at.contains(rest_[end])) {
    ++end;
  }
  const auto word = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return word;
}

void Cursor::skip_blanks() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
}

std::string_view trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string upper(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) { return upper(c); });
  return folded;
}

std::optional<std::uint8_t> parse_octet(std::string_view digits) {
  std::uint8_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != 2 || parsed.ec != std::errc{} || parsed.ptr != end) return {};
  return value;
}

std::string shown(std::string_view text) {
  auto out = printable(text.substr(0, shown_length_max));
  if (text.size() > shown_length_max) out += "...";
  return out;
}

}  // namespace winsome::formats
