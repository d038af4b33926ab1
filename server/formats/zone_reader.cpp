#include "server/formats/zone_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace winsome::formats {
namespace {

constexpr std::size_t label_length_max = 63;    // RFC 1035 2.3.4
constexpr std::size_t domain_length_max = 255;  // with a length octet a label and the root's

/// Where a token that starts at `begin` ends; an escaped octet never ends one.
std::size_t word_end(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && !std::string_view(" \t;()\"").contains(text[end])) {
    end += text[end] == '\\' ? 2 : 1;
  }
  return std::min(end, text.size());
}

std::optional<std::size_t> closing_quote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); i += text[i] == '\\' ? 2 : 1) {
    if (text[i] == '"') return i;
  }
  return {};
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `\DDD` or `\X`, the backslash already gone.
std::optional<char> take_escaped(std::string_view& text) {
  if (text.empty()) return {};
  if (!is_digit(text.front())) {
    const char plain = text.front();
    text.remove_prefix(1);
    return plain;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) return {};
  const int octet = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (octet > 255) return {};
  text.remove_prefix(3);
  return static_cast<char>(octet);
}

}  // namespace

EntryReader::EntryReader(std::string_view text, std::string_view file, Gatherer& gatherer)
    : file_(file), gatherer_(gatherer), lines_(text, file, gatherer) {}

std::optional<Entry> EntryReader::next() {
  Entry entry;
  bool usable = true;
  while (const auto line = lines_.next()) {
    if (depth_ == 0) {
      entry = Entry{.line = line->number,
                    .blank_owner = line->text.starts_with(' ') || line->text.starts_with('\t'),
                    .tokens = {}};
      usable = true;
    }
    if (!scan(line->text, line->number, entry)) usable = false;
    if (depth_ == 0 && usable && !entry.tokens.empty()) return entry;
  }
  if (depth_ > 0) gatherer_.problem({file_, entry.line}, "the parenthesis is not closed");
  depth_ = 0;
  return {};
}

/// Adds the tokens of one line; false when the entry cannot be used, which is then reported.
bool EntryReader::scan(std::string_view text, std::size_t number, Entry& entry) {
  for (std::size_t i = 0; i < text.size() && text[i] != ';';) {
    const char c = text[i];
    if (c == ' ' || c == '\t') {
      ++i;
    } else if (c == '(') {
      ++depth_;
      ++i;
    } else if (c == ')') {
      if (depth_ == 0) {
        gatherer_.problem({file_, number}, "')' without '('");
        return false;
      }
      --depth_;
      ++i;
    } else if (c == '"') {
      const auto close = closing_quote(text, i);
      if (!close) {
        gatherer_.problem({file_, number}, "the quoted string has no closing quote");
        return false;
      }
      entry.tokens.push_back({text.substr(i + 1, *close - i - 1), true});
      i = *close + 1;
    } else {
      const auto end = word_end(text, i);
      entry.tokens.push_back({text.substr(i, end - i), false});
      i = end;
    }
    if (entry.tokens.size() > tokens_max) {
      gatherer_.problem({file_, entry.line},
                        fmt::format("the entry has more than {} parts", tokens_max));
      entry.tokens.clear();
      return false;
    }
  }
  return true;
}

Result<Domain, std::string_view> parse_domain(std::string_view text, const Domain& origin) {
  if (text == "@") return origin;
  if (text == ".") return Domain{};
  if (text.empty()) return fail(std::string_view("is empty"));

  Domain domain(1);
  bool absolute = false;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '.') {
      if (domain.back().empty()) return fail(std::string_view("has an empty label"));
      absolute = text.empty();
      if (!absolute) domain.emplace_back();
      continue;
    }
    const auto octet = c == '\\' ? take_escaped(text) : c;
    if (!octet) return fail(std::string_view("has a bad escape, expected \\DDD up to 255, or \\X"));
    if (domain.back().size() == label_length_max) {
      return fail(std::string_view("has a label of more than 63 octets"));
    }
    domain.back() += *octet;
  }
  if (!absolute) domain.insert(domain.end(), origin.begin(), origin.end());

  std::size_t length = 1;
  for (const auto& label : domain) length += 1 + label.size();
  if (length > domain_length_max) return fail(std::string_view("is longer than 255 octets"));
  return domain;
}

}  // namespace winsome::formats
