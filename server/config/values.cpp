#include "server/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "server/config/duration.h"

namespace winsome::config {
namespace {

/// The octets of a NetBIOS name before its suffix.
constexpr std::size_t name_length_max = 15;

template <class E>
using Word = std::pair<std::string_view, E>;

constexpr std::array level_words = {
    Word<LogLevel>{"debug", LogLevel::debug}, Word<LogLevel>{"info", LogLevel::info},
    Word<LogLevel>{"warning", LogLevel::warning}, Word<LogLevel>{"error", LogLevel::error}};
constexpr std::array format_words = {Word<LogFormat>{"text", LogFormat::text},
                                     Word<LogFormat>{"json", LogFormat::json}};

void complain_kind(const Value& value, std::string_view expected, Complaints& complaints) {
  complaints.push_back({value.at, fmt::format("expected {}, found {}", expected, describe(value))});
}

template <class T>
const T* take(const Value& value, std::string_view expected, Complaints& complaints) {
  const auto* content = std::get_if<T>(&value.content);
  if (!content) complain_kind(value, expected, complaints);
  return content;
}

template <class E, std::size_t n>
void read_word(const Value& value, const std::array<Word<E>, n>& words, E& out,
               Complaints& complaints) {
  const auto* text = std::get_if<std::string>(&value.content);
  const auto word = std::ranges::find_if(
      words, [&](const Word<E>& candidate) { return text && candidate.first == *text; });
  if (word != words.end()) {
    out = word->second;
    return;
  }
  std::string expected;
  for (std::size_t i = 0; i < n; ++i) {
    expected += i == 0 ? "" : i + 1 == n ? " or " : ", ";
    expected += quote(words[i].first);
  }
  complain_kind(value, expected, complaints);
}

template <class E, std::size_t n>
std::string print_word(const std::array<Word<E>, n>& words, E value) {
  return std::string(std::ranges::find(words, value, &Word<E>::second)->first);
}

std::optional<milliseconds> read_duration(const Value& value, const Limits& limits,
                                          Complaints& complaints) {
  constexpr std::string_view expected = R"(a duration such as "6d", "2h30m" or "500ms")";
  if (const auto* number = std::get_if<std::int64_t>(&value.content); number && *number >= 0) {
    complaints.push_back({value.at, fmt::format(R"(expected {}, found {} (say of what: "{}s"?))",
                                                expected, describe(value), *number)});
    return {};
  }
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return {};
  const auto duration = parse_duration(*text);
  if (!duration) {
    complain_kind(value, expected, complaints);
    return {};
  }
  if (duration->count() < limits.min || duration->count() > limits.max) {
    complaints.push_back({value.at, fmt::format("expected a duration from {} to {}, found {}",
                                                to_text(milliseconds(limits.min)),
                                                to_text(milliseconds(limits.max)), *text)});
    return {};
  }
  return duration;
}

/// Reads element by element; the list is taken whole or not at all.
template <class T, class ReadElement>
void read_list(const Value& value, std::string_view expected, std::vector<T>& out,
               Complaints& complaints, const ReadElement& read_element) {
  const auto* list = take<List>(value, expected, complaints);
  if (!list) return;
  const auto complaints_before = complaints.size();
  std::vector<T> elements;
  for (const auto& element : *list) {
    const auto* text = take<std::string>(element, "a text in quotes", complaints);
    if (text) read_element(element.at, *text, elements);
  }
  if (complaints.size() == complaints_before) out = std::move(elements);
}

std::string explain_prefix(const std::string& text) {
  const auto slash = text.find('/');
  const auto address = parse_ipv4(std::string_view(text).substr(0, slash));
  const auto any =
      slash == std::string::npos ? std::nullopt : parse_prefix("0.0.0.0" + text.substr(slash));
  if (!address || !any) {
    return R"(expected a network such as "192.0.2.0/24" or an address, found )" + quote_start(text);
  }
  return fmt::format("{} has host bits set; the network is {}", text,
                     to_text(Ipv4Prefix(*address, any->length())));
}

template <class T, class Text>
std::string join(const std::vector<T>& elements, const Text& text) {
  std::string joined = "[";
  for (const auto& element : elements) {
    if (joined.size() > 1) joined += ", ";
    joined += text(element);
  }
  return joined + "]";
}

}  // namespace

void read(const Value& value, const Limits&, bool& out, Complaints& complaints) {
  if (const auto* flag = take<bool>(value, "true or false", complaints)) out = *flag;
}

void read(const Value& value, const Limits& limits, std::int64_t& out, Complaints& complaints) {
  const auto expected = fmt::format("a whole number from {} to {}", limits.min, limits.max);
  const auto* number = take<std::int64_t>(value, expected, complaints);
  if (!number) return;
  if (*number < limits.min || *number > limits.max) {
    complaints.push_back({value.at, fmt::format("expected {}, found {}", expected, *number)});
  } else {
    out = *number;
  }
}

void read(const Value& value, const Limits& limits, seconds& out, Complaints& complaints) {
  const auto duration = read_duration(value, limits, complaints);
  if (!duration) return;
  if (*duration % seconds(1) != milliseconds::zero()) {
    complaints.push_back(
        {value.at, fmt::format("expected whole seconds, found {}", to_text(*duration))});
  } else {
    out = std::chrono::duration_cast<seconds>(*duration);
  }
}

void read(const Value& value, const Limits& limits, milliseconds& out, Complaints& complaints) {
  if (const auto duration = read_duration(value, limits, complaints)) out = *duration;
}

void read(const Value& value, const Limits&, LogLevel& out, Complaints& complaints) {
  read_word(value, level_words, out, complaints);
}

void read(const Value& value, const Limits&, LogFormat& out, Complaints& complaints) {
  read_word(value, format_words, out, complaints);
}

void read(const Value& value, const Limits&, Ipv4& out, Complaints& complaints) {
  constexpr std::string_view expected = R"(the address of a host such as "192.0.2.10")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto address = parse_ipv4(*text);
  if (!address || !address->is_host()) {
    complain_kind(value, expected, complaints);
  } else {
    out = *address;
  }
}

void read(const Value& value, const Limits&, std::string& out, Complaints& complaints) {
  if (const auto* text = take<std::string>(value, "a text in quotes", complaints)) out = *text;
}

void read(const Value& value, const Limits&, std::filesystem::path& out, Complaints& complaints) {
  const auto* text = take<std::string>(value, "a path in quotes", complaints);
  if (!text) return;
  if (text->empty() || text->find('\0') != std::string::npos) {
    complain_kind(value, "a path", complaints);
  } else {
    out = *text;
  }
}

void read(const Value& value, const Limits&, std::vector<Endpoint>& out, Complaints& complaints) {
  constexpr std::string_view expected = R"(a list such as ["0.0.0.0:137"])";
  if (const auto* list = std::get_if<List>(&value.content); list && list->empty()) {
    complaints.push_back({value.at, "expected at least one address to listen on"});
    return;
  }
  read_list(value, expected, out, complaints,
            [&](Position at, const std::string& text, std::vector<Endpoint>& endpoints) {
              const auto endpoint = parse_endpoint(text);
              if (!endpoint || endpoint->port == 0 ||
                  !(endpoint->address.unspecified() || endpoint->address.is_host())) {
                complaints.push_back(
                    {at, R"(expected an address and a port such as "192.0.2.10:137", found )" +
                             quote_start(text)});
              } else if (std::ranges::find(endpoints, *endpoint) != endpoints.end()) {
                complaints.push_back({at, text + " stands here twice"});
              } else {
                endpoints.push_back(*endpoint);
              }
            });
}

void read(const Value& value, const Limits&, std::vector<Ipv4Prefix>& out, Complaints& complaints) {
  read_list(value, R"(a list such as ["192.0.2.0/24"])", out, complaints,
            [&](Position at, const std::string& text, std::vector<Ipv4Prefix>& networks) {
              if (const auto network = parse_prefix(text)) {
                networks.push_back(*network);
              } else {
                complaints.push_back({at, explain_prefix(text)});
              }
            });
}

void read(const Value& value, const Limits&, std::vector<std::string>& out,
          Complaints& complaints) {
  read_list(
      value, R"(a list such as ["WPAD", "ISATAP"])", out, complaints,
      [&](Position at, const std::string& text, std::vector<std::string>& names) {
        if (text.empty() || text.size() > name_length_max) {
          complaints.push_back({at, fmt::format("expected a name of 1 to {} octets, found {} of {}",
                                                name_length_max, quote_start(text), text.size())});
        } else {
          names.push_back(upper_case(text));
        }
      });
}

std::string print(bool flag) {
  return flag ? "true" : "false";
}
std::string print(milliseconds duration) {
  return to_text(duration);
}
std::string print(LogLevel level) {
  return print_word(level_words, level);
}
std::string print(LogFormat format) {
  return print_word(format_words, format);
}
std::string print(Ipv4 address) {
  return winsome::to_text(address);
}
std::string print(const std::string& text) {
  return quote(text);
}
std::string print(const std::filesystem::path& path) {
  return quote(path.native());
}

std::string print(const std::vector<Endpoint>& endpoints) {
  return join(endpoints, [](const Endpoint& endpoint) { return winsome::to_text(endpoint); });
}

std::string print(const std::vector<Ipv4Prefix>& networks) {
  return join(networks, [](const Ipv4Prefix& network) { return winsome::to_text(network); });
}

std::string print(const std::vector<std::string>& names) {
  return join(names, [](const std::string& name) { return quote(name); });
}

std::string upper_case(std::string text) {
  for (auto& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace winsome::config
