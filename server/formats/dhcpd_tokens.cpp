#include "server/formats/dhcpd_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "server/formats/lines.h"

namespace winsome::formats {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";
constexpr std::string_view word_ends = " \t\r\n\v\f\"#{};,";

DhcpdTokenKind punctuation(char c) {
  switch (c) {
    case '{': return DhcpdTokenKind::open;
    case '}': return DhcpdTokenKind::close;
    case ';': return DhcpdTokenKind::semicolon;
    case ',': return DhcpdTokenKind::comma;
    default: return DhcpdTokenKind::word;
  }
}

/// At most `most` digits of `base` at the start of `text`; they are taken off.
std::optional<char> take_number(std::string_view& text, std::size_t most, int base) {
  const auto digits = text.substr(0, most);
  unsigned value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (parsed.ec != std::errc{} || value > 0xff) return {};
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - digits.data()));
  return static_cast<char>(value);
}

}  // namespace

DhcpdToken DhcpdTokens::next() {
  skip_blanks_and_comments();
  if (rest_.empty()) return {DhcpdTokenKind::end, {}, line_};
  if (rest_.front() == '"') return quoted();
  const auto kind = punctuation(rest_.front());
  const auto length = kind == DhcpdTokenKind::word
                          ? std::min(rest_.find_first_of(word_ends), rest_.size())
                          : std::size_t{1};
  const auto word = rest_.substr(0, length);
  if (length > token_length_max) {
    return break_off(
        fmt::format("a word of {} octets, expected at most {}", length, token_length_max));
  }
  if (word.contains('\0')) return break_off("a NUL octet, expected plain text");
  rest_.remove_prefix(length);
  return {kind, std::string(word), line_};
}

void DhcpdTokens::skip_blanks_and_comments() {
  while (!rest_.empty()) {
    if (rest_.front() == '#') {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
    } else if (blanks.contains(rest_.front())) {
      if (rest_.front() == '\n') ++line_;
      rest_.remove_prefix(1);
    } else {
      return;
    }
  }
}

DhcpdToken DhcpdTokens::quoted() {
  DhcpdToken token{DhcpdTokenKind::text, {}, line_};
  rest_.remove_prefix(1);
  while (!rest_.empty() && token.text.size() < token_length_max) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return token;
    if (c == '\n') ++line_;
    token.text += c == '\\' && !rest_.empty() ? escaped() : c;
  }
  line_ = token.line;
  return break_off(fmt::format("no closing quote within {} octets behind '{}'", token_length_max,
                               shown(token.text)));
}

/// What follows a backslash: a letter as in C, up to three octal digits, x and two hexadecimal
/// ones, or the character itself.
char DhcpdTokens::escaped() {
  if (rest_.front() == 'x') {
    auto digits = rest_.substr(1);
    if (const auto value = take_number(digits, 2, 16)) {
      rest_ = digits;
      return *value;
    }
  }
  if (const auto value = take_number(rest_, 3, 8)) return *value;
  const char c = rest_.front();
  rest_.remove_prefix(1);
  switch (c) {
    case 't': return '\t';
    case 'r': return '\r';
    case 'n': return '\n';
    case 'b': return '\b';
    case '\n': ++line_; return c;
    default: return c;
  }
}

DhcpdToken DhcpdTokens::break_off(std::string text) {
  reports_.problem({file_, line_}, std::move(text));
  rest_ = {};
  broken_ = true;
  return {DhcpdTokenKind::end, {}, line_};
}

}  // namespace winsome::formats
