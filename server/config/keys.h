#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/values.h"

namespace winsome::config {

/// What a running daemon does when the key changes.
enum class OnReload : std::uint8_t { apply, refuse };

/// Which table is meant where a path leads through lists of tables: an index for each of them, the
/// outermost first. Empty for all other paths.
using Rows = std::span<const std::size_t>;

/// One line of winsome.toml: where it stands, what it may be, and the field of `Settings` it fills.
struct Key {
  std::string_view table;  // `nbns.challenge`; empty at the top
  std::string_view name;
  OnReload on_reload;
  Limits limits;
  void (*read)(const Value& value, const Limits& limits, Settings& out, Rows rows,
               Complaints& complaints);
  std::string (*print)(const Settings& settings, Rows rows);
  bool required = false;  // in each table of a list
};

/// A table that may stand any number of times, in double brackets, each known by one of its keys:
/// no two in a list have the same. A running daemon can add and remove them.
struct TableList {
  std::string_view table;  // `replication.partner`
  std::string_view label;  // `name`, a required key
  std::size_t max;
  std::size_t (*count)(const Settings& settings, Rows outer);
  void (*add)(Settings& settings, Rows outer);
};

/// Every key and every list there is. What is not here is an error in the file.
[[nodiscard]] std::span<const Key> keys();
[[nodiscard]] std::span<const TableList> table_lists();

[[nodiscard]] std::span<const Key* const> keys_in(std::string_view table);
[[nodiscard]] const Key* find_key(std::string_view table, std::string_view name);
[[nodiscard]] const TableList* find_table_list(std::string_view table);

/// The tables right below `table`, by their names there: for `nbns`, `challenge`, `burst` and
/// `access`.
[[nodiscard]] std::span<const std::string_view> names_of_tables_in(std::string_view table);

/// `nbns.challenge.tries`
[[nodiscard]] std::string join_path(std::string_view table, std::string_view name);

/// One table, of the file or of `Settings`.
struct Place {
  std::string table;
  std::vector<std::size_t> rows;
  std::string prefix;  // what a message puts before a key: `nbns.`, `replication.partner "east": `
};
[[nodiscard]] Place enter(const Place& outer, std::string_view name);
[[nodiscard]] Place enter(const Place& outer, std::string_view name, std::size_t row,
                          const Settings& settings);

}  // namespace winsome::config
