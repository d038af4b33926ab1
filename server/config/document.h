#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/core/result.h"

namespace winsome::config {

/// In the file, from 1; 0 when the file does not say it.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// Something wrong at a place of the file, for a person.
struct Complaint {
  Position at;
  std::string text;
};

struct Value;
struct Entry;
using List = std::vector<Value>;
using Table = std::vector<Entry>;  // in the order of the file

/// TOML that no key of ours takes: dates, times, fractions.
struct Foreign {
  std::string_view what;
};

struct Value {
  Position at;
  std::variant<Foreign, bool, std::int64_t, std::string, List, Table> content;
};

struct Entry {
  std::string name;
  Position at;
  Value value;
};

/// As a message would put it: `the integer 5`, `the text "yes"`, `a list`.
[[nodiscard]] std::string describe(const Value& value);

/// In quotes, without anything a terminal would obey: two texts look alike only if they are.
[[nodiscard]] std::string quote(std::string_view text);

/// So much of it as fits a message.
[[nodiscard]] std::string quote_start(std::string_view text);

/// TOML to a tree that remembers where everything stood. Deeper than a list in a table of a list
/// of tables in a list of tables in a table, which is deeper than any key of ours, nothing is kept.
/// The first error of syntax ends it.
[[nodiscard]] Result<Table, Complaint> parse_document(std::string_view text);

}  // namespace winsome::config
