#include "server/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numeric>
#include <tuple>

#include "server/config/keys.h"
#include "server/config/rules.h"

namespace winsome::config {
namespace {

/// A list of every subnet of a large company fits; a file of this size is not a configuration.
constexpr std::size_t file_size_max = 1 << 20;

/// Levenshtein's distance between words that are short.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const auto changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// The tables right below `table`, by their names there: for `nbns`, `challenge`, `burst` and
/// `access`.
std::vector<std::string_view> names_of_tables_in(std::string_view table) {
  std::vector<std::string_view> names;
  for (const auto& key : keys()) {
    auto below = key.table;
    if (!table.empty()) {
      if (!below.starts_with(table) || !below.substr(table.size()).starts_with('.')) continue;
      below.remove_prefix(table.size() + 1);
    }
    const auto name = below.substr(0, below.find('.'));
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string_view> names_of_keys_in(std::string_view table) {
  std::vector<std::string_view> names;
  for (const auto& key : keys()) {
    if (key.table == table) names.push_back(key.name);
  }
  return names;
}

/// The nearest of `candidates`, if the word is likely a slip of the pen.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t word_length_max = 40;
  std::string_view best;
  if (word.size() > word_length_max) return best;
  std::size_t best_distance = std::clamp<std::size_t>(word.size() / 2, 1, 3) + 1;
  for (const auto candidate : candidates) {
    const auto distance =
        edit_distance(upper_case(std::string(word)), upper_case(std::string(candidate)));
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

/// Walks the file once against the table of keys.
class Reader {
 public:
  Reader(Settings& settings, SaidKeys& said, Complaints& complaints)
      : settings_(settings), said_(said), complaints_(complaints) {}

  void read_table(const Table& table, std::string_view path) {
    const auto tables = names_of_tables_in(path);
    for (const auto& entry : table) {
      const auto* key = find_key(path, entry.name);
      if (key) {
        read_key(*key, entry);
      } else if (std::ranges::find(tables, entry.name) == tables.end()) {
        complaints_.push_back({entry.at, explain_unknown(path, entry)});
      } else if (const auto* inner = std::get_if<Table>(&entry.value.content)) {
        read_table(*inner, join_path(path, entry.name));
      } else {
        complaints_.push_back(
            {entry.value.at, fmt::format("{}: expected a table, found {}",
                                         join_path(path, entry.name), describe(entry.value))});
      }
    }
  }

 private:
  static const Key* find_key(std::string_view path, std::string_view name) {
    const auto found = std::ranges::find_if(
        keys(), [&](const Key& key) { return key.table == path && key.name == name; });
    return found == keys().end() ? nullptr : &*found;
  }

  void read_key(const Key& key, const Entry& entry) {
    const auto path = join_path(key.table, key.name);
    const auto first = static_cast<std::ptrdiff_t>(complaints_.size());
    key.read(entry.value, key.limits, settings_, complaints_);
    for (auto i = complaints_.begin() + first; i != complaints_.end(); ++i) {
      i->text = fmt::format("{}: {}", path, i->text);
    }
    said_[path] = {entry.value.at, std::ssize(complaints_) == first};
  }

  static std::string explain_unknown(std::string_view path, const Entry& entry) {
    if (std::holds_alternative<Table>(entry.value.content)) {
      const auto meant = nearest(entry.name, names_of_tables_in(path));
      return fmt::format("unknown table {}{}", quote_name(join_path(path, entry.name)),
                         meant.empty() ? "" : did_you_mean(join_path(path, meant)));
    }
    const auto where = path.empty() ? std::string() : fmt::format(" in [{}]", path);
    auto hint = std::string();
    if (const auto meant = nearest(entry.name, names_of_keys_in(path)); !meant.empty()) {
      hint = did_you_mean(meant);
    } else {
      const auto elsewhere = std::ranges::find(keys(), entry.name, &Key::name);
      if (elsewhere != keys().end()) {
        hint = elsewhere->table.empty() ? " (it belongs above the first table)"
                                        : fmt::format(" (it belongs in [{}])", elsewhere->table);
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

  static std::string did_you_mean(std::string_view name) {
    return fmt::format(" (did you mean '{}'?)", name);
  }

  Settings& settings_;
  SaidKeys& said_;
  Complaints& complaints_;
};

std::vector<Problem> to_problems(Complaints complaints, const std::string& file) {
  std::ranges::sort(complaints, {}, [](const Complaint& complaint) {
    return std::tie(complaint.at, complaint.text);
  });
  std::vector<Problem> problems;
  problems.reserve(complaints.size());
  for (auto& complaint : complaints) {
    problems.push_back({file, complaint.at.line, complaint.at.column, std::move(complaint.text)});
  }
  return problems;
}

/// The text, or why it could not be read.
Result<std::string, std::string> read_file(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"),
                                                           &std::fclose);
  if (!in) return fail(fmt::format("cannot be opened: {}", std::strerror(errno)));
  std::string text(file_size_max + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), in.get()));
  if (std::ferror(in.get())) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  return text;
}

}  // namespace

std::string to_text(const Problem& problem) {
  if (problem.line == 0) return fmt::format("{}: error: {}", problem.file, problem.text);
  return fmt::format("{}:{}:{}: error: {}", problem.file, problem.line, problem.column,
                     problem.text);
}

Result<Settings, std::vector<Problem>> parse(std::string_view text, const std::string& file,
                                             const HostFacts& host) {
  if (text.size() > file_size_max) {
    return fail(std::vector{Problem{file, 0, 0, "longer than 1 MiB, not a configuration"}});
  }
  const auto document = parse_document(text);
  if (!document) return fail(to_problems({document.error()}, file));

  Settings settings;
  SaidKeys said;
  Complaints complaints;
  Reader(settings, said, complaints).read_table(*document, "");
  apply_rules(settings, host, said, complaints);
  if (!complaints.empty()) return fail(to_problems(std::move(complaints), file));
  return settings;
}

Result<Settings, std::vector<Problem>> load(const std::filesystem::path& file,
                                            const HostFacts& host) {
  const auto text = read_file(file);
  if (!text) return fail(std::vector{Problem{file.string(), 0, 0, text.error()}});
  return parse(*text, file.string(), host);
}

Difference difference(const Settings& before, const Settings& after) {
  Difference changed;
  for (const auto& key : keys()) {
    const auto old_value = key.print(before);
    const auto new_value = key.print(after);
    if (old_value == new_value) continue;
    const auto path = join_path(key.table, key.name);
    changed.lines.push_back(fmt::format("{}: {} -> {}", path, old_value, new_value));
    if (key.on_reload == OnReload::refuse) changed.needs_restart.push_back(path);
  }
  return changed;
}

}  // namespace winsome::config
