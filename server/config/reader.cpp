#include "server/config/reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/config/keys.h"
#include "server/config/spelling.h"

namespace winsome::config {
namespace {

std::vector<std::string_view> names_of_keys_in(std::string_view table) {
  std::vector<std::string_view> names;
  for (const auto* key : keys_in(table)) names.push_back(key->name);
  return names;
}

/// `[nbns]`, `[[replication.partner]]`
std::string in_brackets(std::string_view table) {
  return find_table_list(table) ? fmt::format("[[{}]]", table) : fmt::format("[{}]", table);
}

bool is_list_of_tables(const Value& value) {
  const auto* list = std::get_if<List>(&value.content);
  return list && !list->empty() && std::ranges::all_of(*list, [](const Value& element) {
           return std::holds_alternative<Table>(element.content);
         });
}

class Reader {
 public:
  Reader(Settings& settings, SaidKeys& said, Complaints& complaints)
      : settings_(settings), said_(said), complaints_(complaints) {}

  void read_table(const Table& table, const Place& place) {
    const auto tables = names_of_tables_in(place.table);
    for (const auto& entry : table) {
      if (const auto* key = find_key(place.table, entry.name)) {
        read_key(*key, entry, place);
      } else if (std::ranges::find(tables, entry.name) == tables.end()) {
        complaints_.push_back({entry.at, explain_unknown(place.table, entry)});
      } else if (const auto* list = find_table_list(join_path(place.table, entry.name))) {
        read_list(*list, entry, place);
      } else if (const auto* inner = std::get_if<Table>(&entry.value.content)) {
        read_table(*inner, enter(place, entry.name));
      } else {
        complaints_.push_back(
            {entry.value.at, fmt::format("{}{}: expected a table, found {}", place.prefix,
                                         entry.name, describe(entry.value))});
      }
    }
  }

 private:
  void read_list(const TableList& list, const Entry& entry, const Place& outer) {
    const auto name = outer.prefix + entry.name;
    const auto* rows = std::get_if<List>(&entry.value.content);
    if (!rows) {
      complaints_.push_back(
          {entry.value.at, fmt::format("{}: expected a list of tables, each in double brackets, "
                                       "[[{}]], found {}",
                                       name, list.table, describe(entry.value))});
      return;
    }
    Labels labels;
    for (const auto& row : *rows) {
      const auto* table = std::get_if<Table>(&row.content);
      if (!table) {
        complaints_.push_back(
            {row.at, fmt::format("{}: expected a table, found {}", name, describe(row))});
      } else if (list.count(settings_, outer.rows) == list.max) {
        complaints_.push_back({row.at, fmt::format("{}: more than {} of them", name, list.max)});
        return;
      } else {
        read_row(list, entry.name, row, *table, outer, labels);
      }
    }
  }

  using Labels = std::map<std::string, Position>;

  void read_row(const TableList& list, std::string_view name, const Value& row, const Table& table,
                const Place& outer, Labels& labels) {
    auto rows = outer.rows;
    rows.push_back(list.count(settings_, outer.rows));
    list.add(settings_, outer.rows);
    said_[{std::string(list.table), rows}] = {row.at, true, {}};

    // Its label comes first, so that what is wrong with the others can be told by it.
    const auto* label = find_key(list.table, list.label);
    const auto labelled = std::ranges::find(table, list.label, &Entry::name);
    if (labelled != table.end()) {
      Complaints said_again_below;
      label->read(labelled->value, label->limits, settings_, rows, said_again_below);
    }
    const auto place = enter(outer, name, rows.back(), settings_);
    read_table(table, place);
    for (const auto* key : keys_in(list.table)) {
      if (!key->required) continue;
      const auto [said, is_missing] =
          said_.try_emplace({join_path(key->table, key->name), rows}, Said{row.at, false, {}});
      if (!is_missing) continue;
      complaints_.push_back({row.at, fmt::format("{}{} is missing", place.prefix, key->name)});
    }

    const auto& labelled_at = said_.at({join_path(list.table, list.label), rows});
    if (!labelled_at.understood) return;
    const auto [first, is_new] =
        labels.try_emplace(upper_case(label->print(settings_, rows)), labelled_at.at);
    if (is_new) return;
    complaints_.push_back(
        {labelled_at.at, fmt::format("{}{}: another one has it, in line {}", place.prefix,
                                     list.label, first->second.line)});
  }

  void read_key(const Key& key, const Entry& entry, const Place& place) {
    const auto first = static_cast<std::ptrdiff_t>(complaints_.size());
    key.read(entry.value, key.limits, settings_, place.rows, complaints_);
    for (auto i = complaints_.begin() + first; i != complaints_.end(); ++i) {
      i->text = fmt::format("{}{}: {}", place.prefix, key.name, i->text);
    }
    Said said{entry.value.at, std::ssize(complaints_) == first, {}};
    if (const auto* elements = std::get_if<List>(&entry.value.content)) {
      for (const auto& element : *elements) said.elements.push_back(element.at);
    }
    said_[{join_path(key.table, key.name), place.rows}] = std::move(said);
  }

  static std::string explain_unknown(std::string_view path, const Entry& entry) {
    if (std::holds_alternative<Table>(entry.value.content) || is_list_of_tables(entry.value)) {
      const auto meant = nearest(entry.name, names_of_tables_in(path));
      return fmt::format("unknown table {}{}", quote_name(join_path(path, entry.name)),
                         meant.empty() ? "" : did_you_mean(join_path(path, meant)));
    }
    const auto where = path.empty() ? std::string() : " in " + in_brackets(path);
    auto hint = std::string();
    if (const auto meant = nearest(entry.name, names_of_keys_in(path)); !meant.empty()) {
      hint = did_you_mean(meant);
    } else {
      const auto elsewhere = std::ranges::find(keys(), entry.name, &Key::name);
      if (elsewhere != keys().end()) {
        hint = elsewhere->table.empty()
                   ? " (it belongs above the first table)"
                   : fmt::format(" (it belongs in {})", in_brackets(elsewhere->table));
      }
    }
    return fmt::format("unknown key {}{}{}", quote_name(entry.name), where, hint);
  }

  static std::string quote_name(std::string_view name) {
    constexpr std::size_t shown_max = 60;
    auto quoted = quote(name.substr(0, shown_max));
    quoted.front() = quoted.back() = '\'';
    return quoted;
  }

  Settings& settings_;
  SaidKeys& said_;
  Complaints& complaints_;
};

}  // namespace

void read_settings(const Table& document, Settings& settings, SaidKeys& said,
                   Complaints& complaints) {
  Reader(settings, said, complaints).read_table(document, {});
}

}  // namespace winsome::config
