#include <fmt/format.h>

#include <map>
#include <vector>

#include "server/config/keys.h"
#include "server/config/settings.h"

namespace winsome::config {
namespace {

class Comparison {
 public:
  Comparison(const Settings& before, const Settings& after) : before_(before), after_(after) {}

  /// `was` and `is` are the same table, though maybe not the same row of a list.
  void compare_tables(const Place& was, const Place& is) {
    for (const auto* key : keys_in(is.table)) compare_key(*key, was, is);
    for (const auto name : names_of_tables_in(is.table)) {
      if (const auto* list = find_table_list(join_path(is.table, name))) {
        compare_lists(*list, name, was, is);
      } else {
        compare_tables(enter(was, name), enter(is, name));
      }
    }
  }

  Difference changed;

 private:
  void compare_key(const Key& key, const Place& was, const Place& is) {
    const auto old_value = key.print(before_, was.rows);
    const auto new_value = key.print(after_, is.rows);
    if (old_value == new_value) return;
    const auto name = is.prefix + std::string(key.name);
    changed.lines.push_back(fmt::format("{}: {} -> {}", name, old_value, new_value));
    if (key.on_reload == OnReload::refuse) changed.needs_restart.push_back(name);
  }

  void compare_lists(const TableList& list, std::string_view name, const Place& was,
                     const Place& is) {
    const auto old_rows = rows_of(list, name, was, before_);
    const auto new_rows = rows_of(list, name, is, after_);
    const auto still_there = by_prefix(new_rows);
    const auto were_there = by_prefix(old_rows);
    for (const auto& row : old_rows) {
      if (!still_there.contains(row.prefix)) changed.lines.push_back(row.prefix + "removed");
    }
    for (const auto& row : new_rows) {
      const auto old_row = were_there.find(row.prefix);
      if (old_row == were_there.end()) {
        changed.lines.push_back(row.prefix + "added");
      } else {
        compare_tables(*old_row->second, row);
      }
    }
  }

  static std::map<std::string_view, const Place*> by_prefix(const std::vector<Place>& rows) {
    std::map<std::string_view, const Place*> places;
    for (const auto& row : rows) places.emplace(row.prefix, &row);
    return places;
  }

  static std::vector<Place> rows_of(const TableList& list, std::string_view name,
                                    const Place& outer, const Settings& settings) {
    std::vector<Place> rows;
    const auto count = list.count(settings, outer.rows);
    rows.reserve(count);
    for (std::size_t i = 0; i < count; ++i) rows.push_back(enter(outer, name, i, settings));
    return rows;
  }

  const Settings& before_;
  const Settings& after_;
};

}  // namespace

Difference difference(const Settings& before, const Settings& after) {
  Comparison comparison(before, after);
  comparison.compare_tables({}, {});
  return std::move(comparison.changed);
}

}  // namespace winsome::config
