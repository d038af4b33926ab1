#include <algorithm>
#include <cctype>
#include <map>

#include "tools/winsome/arguments.h"

namespace winsome::cli {
namespace {

struct Alias {
  std::string_view verb;
  std::string_view object;
  std::vector<std::string> ours;
};

const std::vector<Alias>& aliases() {
  static const std::vector<Alias> table = {
      {"show", "database", {"name", "list"}},
      {"show", "name", {"name", "show"}},
      {"show", "statistics", {"stats"}},
      {"show", "version", {"version"}},
      {"init", "scavenge", {"scavenge"}},
      {"init", "backup", {"backup"}},
      {"init", "import", {"import", "lmhosts"}},
      {"add", "name", {"name", "add"}},
      {"delete", "name", {"name", "delete"}},
      {"delete", "owner", {"owner", "delete"}},
      {"show", "partner", {"partner", "list"}},
      {"show", "versionmap", {"owners"}},
      {"init", "pull", {"partner", "pull"}},
      {"init", "push", {"partner", "push"}},
      {"init", "replicate", {"replicate"}},
      {"check", "database", {"verify"}},
      {"check", "version", {"verify", "--versions"}},
  };
  return table;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return lowered;
}

/// `{192.0.2.1,192.0.2.2}`, with or without the braces.
void append_addresses(std::vector<std::string>& words, std::string_view list) {
  if (list.starts_with('{')) list.remove_prefix(1);
  if (list.ends_with('}')) list.remove_suffix(1);
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    words.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// Computers are `\\EAST` there.
std::string without_slashes(const std::string& server) {
  return server.substr(std::min(server.find_first_not_of('\\'), server.size()));
}

/// netsh writes an operand as `Tag=value`; what has no tag, or one we do not know, is left alone.
std::vector<std::string> translate_operands(const std::vector<std::string>& operands) {
  std::string name;
  std::string suffix;
  std::vector<std::string> rest;
  for (const auto& operand : operands) {
    const auto equals = operand.find('=');
    const auto tag = equals == std::string::npos ? "" : lower(operand.substr(0, equals));
    const auto value = equals == std::string::npos ? "" : operand.substr(equals + 1);
    if (tag == "name") {
      name = value;
    } else if (tag == "endchar") {
      suffix = value;
    } else if (tag == "ip") {
      append_addresses(rest, value);
    } else if (tag == "file") {
      rest.push_back(value);
    } else if (tag == "server") {
      rest.push_back(without_slashes(value));
    } else if (tag == "propreq") {
      if (value != "0") rest.emplace_back("--propagate");
    } else {
      rest.push_back(operand);
    }
  }
  if (name.empty()) return rest;
  rest.insert(rest.begin(), suffix.empty() ? name : name + "<" + suffix + ">");
  return rest;
}

}  // namespace

std::vector<std::string> translate_netsh(std::vector<std::string> words) {
  if (words.size() < 2) return words;
  const auto verb = lower(words[0]);
  const auto object = lower(words[1]);
  const auto alias = std::ranges::find_if(aliases(), [&](const Alias& candidate) {
    return candidate.verb == verb && candidate.object == object;
  });
  if (alias == aliases().end()) return words;
  auto translated = alias->ours;
  std::ranges::copy(translate_operands({words.begin() + 2, words.end()}),
                    std::back_inserter(translated));
  return translated;
}

}  // namespace winsome::cli
