#include "server/config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "server/config/key_line.h"

namespace winsome::config {
namespace {

/// More than a good label has, in quotes; what is longer only has to fit a message.
constexpr std::size_t label_length_max = 260;

/// All lines, and where to find them: a file may have ten thousand tables, and each is looked up.
struct Index {
  struct Inside {
    std::vector<const Key*> keys;
    std::vector<std::string_view> tables;
  };

  Index() {
    for (const auto part : {name_server_keys(), replication_keys(), dhcp_keys(), service_keys()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    for (const auto part : {replication_lists(), dhcp_lists()}) {
      lists.insert(lists.end(), part.begin(), part.end());
    }
    for (const auto& key : all) {
      by_name.emplace(std::pair(key.table, key.name), &key);
      inside[key.table].keys.push_back(&key);
      add_path(key.table);
    }
  }

  std::vector<Key> all;
  std::vector<TableList> lists;
  std::map<std::pair<std::string_view, std::string_view>, const Key*> by_name;
  std::map<std::string_view, Inside> inside;

 private:
  /// `nbns.challenge` is a table in `nbns`, which is one at the top.
  void add_path(std::string_view path) {
    while (!path.empty()) {
      const auto dot = path.rfind('.');
      const auto outer = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
      auto& names = inside[outer].tables;
      const auto name = outer.empty() ? path : path.substr(dot + 1);
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      path = outer;
    }
  }
};

const Index& index() {
  static const Index built;
  return built;
}

const Index::Inside& inside(std::string_view table) {
  static const Index::Inside nothing;
  const auto found = index().inside.find(table);
  return found == index().inside.end() ? nothing : found->second;
}

/// Keys of different lists have different kinds of labels.
bool is_unset(const std::string& label) {
  return label == print(std::string()) || label == print(Ipv4());
}

}  // namespace

std::span<const Key> keys() {
  return index().all;
}

std::span<const TableList> table_lists() {
  return index().lists;
}

std::span<const Key* const> keys_in(std::string_view table) {
  return inside(table).keys;
}

std::span<const std::string_view> names_of_tables_in(std::string_view table) {
  return inside(table).tables;
}

const Key* find_key(std::string_view table, std::string_view name) {
  const auto found = index().by_name.find({table, name});
  return found == index().by_name.end() ? nullptr : found->second;
}

const TableList* find_table_list(std::string_view table) {
  const auto& lists = index().lists;
  const auto found = std::ranges::find(lists, table, &TableList::table);
  return found == lists.end() ? nullptr : &*found;
}

std::string join_path(std::string_view table, std::string_view name) {
  std::string path(table);
  if (!path.empty()) path += '.';
  return path.append(name);
}

Place enter(const Place& outer, std::string_view name) {
  return {join_path(outer.table, name), outer.rows, fmt::format("{}{}.", outer.prefix, name)};
}

Place enter(const Place& outer, std::string_view name, std::size_t row, const Settings& settings) {
  Place place{join_path(outer.table, name), outer.rows, {}};
  place.rows.push_back(row);
  const auto* label = find_key(place.table, find_table_list(place.table)->label);
  auto text = label->print(settings, place.rows);
  if (is_unset(text)) text = std::to_string(row + 1);
  text.resize(std::min(text.size(), label_length_max));
  place.prefix = fmt::format("{}{} {}: ", outer.prefix, name, text);
  return place;
}

}  // namespace winsome::config
