#include "server/config/document.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace winsome::config {
namespace {

/// Each list of tables takes two: `dhcp.scope.reservation.options.routers` is a list in the
/// seventh.
constexpr unsigned depth_max = 7;

/// toml++ builds and destroys the tables of dotted keys by recursion; unlike brackets, dots are not
/// bounded there. A line of ours has half a dozen outside of quotes.
constexpr std::size_t dots_max = 500;

Position position(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

Value convert(const toml::node& node, unsigned depth);

Table convert_table(const toml::table& table, unsigned depth) {
  Table entries;
  if (depth > depth_max) return entries;
  entries.reserve(table.size());
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), position(key.source()), convert(node, depth + 1)});
  }
  std::ranges::sort(entries, {}, &Entry::at);
  return entries;
}

Value convert(const toml::node& node, unsigned depth) {
  const auto at = position(node.source());
  if (const auto* flag = node.as_boolean()) return {at, flag->get()};
  if (const auto* number = node.as_integer()) return {at, number->get()};
  if (const auto* text = node.as_string()) return {at, text->get()};
  if (const auto* table = node.as_table()) return {at, convert_table(*table, depth)};
  if (node.is_floating_point()) return {at, Foreign{"a number with a fraction"}};
  const auto* array = node.as_array();
  if (!array) return {at, Foreign{"a date or time"}};

  List list;
  if (depth > depth_max) return {at, std::move(list)};
  list.reserve(array->size());
  for (const auto& element : *array) list.push_back(convert(element, depth + 1));
  return {at, std::move(list)};
}

/// What toml++ 3.3 must not see: it runs out of stack on dots, and into undefined behaviour on
/// letters beyond ASCII outside of quotes (which TOML forbids). So that it is plain where quotes
/// begin and end, those in the middle of a word go too, and strings of several lines, which no key
/// takes.
std::optional<Complaint> screen(std::string_view text) {
  constexpr std::string_view before_quotes = " \t\n=[,{.";
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Position here{1, 0};
  char quoted_by = 0;
  bool in_comment = false;
  std::size_t dots = 0;      // since the statement began
  std::size_t brackets = 0;  // a statement ends with the line, but not inside of them
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool continues_a_letter = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (!continues_a_letter) ++here.column;
    if (c == '\n') {
      here = {here.line + 1, 0};
      quoted_by = 0;
      in_comment = false;
      if (brackets == 0) dots = 0;
    } else if (quoted_by != 0) {
      const bool escape = c == '\\' && quoted_by == '"' && text.substr(i + 1, 1) != "\n";
      if (escape) {
        ++i;
        ++here.column;
      } else if (c == quoted_by) {
        quoted_by = 0;
      }
    } else if (in_comment) {
      continue;
    } else if (c == '"' || c == '\'') {
      if (text.substr(i, 3) == std::string(3, c)) {
        return Complaint{here, "strings of several lines are not understood here"};
      }
      if (i > 0 && before_quotes.find(text[i - 1]) == std::string_view::npos) {
        return Complaint{here, "syntax error: a quote in the middle of a word"};
      }
      quoted_by = c;
    } else if (c == '#') {
      in_comment = true;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return Complaint{here, "syntax error: a letter beyond ASCII, but not in quotes"};
    } else if (c == '[' || c == '{') {
      ++brackets;
    } else if ((c == ']' || c == '}') && brackets > 0) {
      --brackets;
    } else if (c == '.' && ++dots > dots_max) {
      return Complaint{here, fmt::format("more than {} dots outside of quotes", dots_max)};
    }
  }
  return {};
}

/// "Error while parsing key: …" becomes "syntax error while parsing key: …".
std::string syntax_error(std::string_view description) {
  constexpr std::string_view prefix = "Error ";
  if (description.starts_with(prefix)) description.remove_prefix(prefix.size());
  std::string text = "syntax error ";
  for (const char c : description) {
    const auto octet = static_cast<unsigned char>(c);
    text += octet < 0x20 || octet >= 0x7f ? '?' : c;
  }
  return text;
}

}  // namespace

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet >= 0x7f) {
      fmt::format_to(std::back_inserter(quoted), "\\x{:02x}", octet);
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted += '"';
}

std::string quote_start(std::string_view text) {
  constexpr std::size_t shown_max = 60;
  if (text.size() <= shown_max) return quote(text);
  return quote(text.substr(0, shown_max)) + "...";
}

std::string describe(const Value& value) {
  struct Description {
    std::string operator()(const Foreign& foreign) const { return std::string(foreign.what); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const {
      return fmt::format("the integer {}", number);
    }
    std::string operator()(const std::string& text) const {
      return "the text " + quote_start(text);
    }
    std::string operator()(const List&) const { return "a list"; }
    std::string operator()(const Table&) const { return "a table"; }
  };
  return std::visit(Description{}, value.content);
}

Result<Table, Complaint> parse_document(std::string_view text) {
  if (auto unfit = screen(text)) return fail(std::move(*unfit));
  const auto parsed = toml::parse(text);
  if (parsed.failed()) {
    const auto& error = parsed.error();
    return fail(Complaint{position(error.source()), syntax_error(error.description())});
  }
  return convert_table(parsed.table(), 0);
}

}  // namespace winsome::config
