#include "server/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "server/config/duration.h"
#include "server/config/value_reading.h"

namespace winsome::config {
namespace {

/// The octets of a NetBIOS name before its suffix.
constexpr std::size_t name_length_max = 15;

constexpr std::uint16_t nbns_port = 137;

template <class E>
using Word = std::pair<std::string_view, E>;

constexpr std::array level_words = {
    Word<LogLevel>{"debug", LogLevel::debug}, Word<LogLevel>{"info", LogLevel::info},
    Word<LogLevel>{"warning", LogLevel::warning}, Word<LogLevel>{"error", LogLevel::error}};
constexpr std::array format_words = {Word<LogFormat>{"text", LogFormat::text},
                                     Word<LogFormat>{"json", LogFormat::json}};
constexpr std::array carrier_words = {
    Word<replication::Carrier>{"grpc", replication::Carrier::grpc},
    Word<replication::Carrier>{"winsra", replication::Carrier::winsra}};

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

/// A port that is not there is `default_port`; one that is there is not 0.
std::optional<Endpoint> parse_endpoint(const std::string& text, std::uint16_t default_port) {
  if (const auto address = parse_ipv4(text)) return Endpoint{*address, default_port};
  const auto endpoint = winsome::parse_endpoint(text);
  return endpoint && endpoint->port != 0 ? endpoint : std::nullopt;
}

}  // namespace

void complain_kind(const Value& value, std::string_view expected, Complaints& complaints) {
  complaints.push_back({value.at, fmt::format("expected {}, found {}", expected, describe(value))});
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

void read(const Value& value, const Limits&, replication::Carrier& out, Complaints& complaints) {
  read_word(value, carrier_words, out, complaints);
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

void read(const Value& value, const Limits&, Endpoint& out, Complaints& complaints) {
  constexpr std::string_view expected = R"(an address such as "192.0.2.7" or "192.0.2.7:42")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return;
  const auto endpoint = parse_endpoint(*text, 0);
  if (!endpoint || !endpoint->address.is_host()) {
    complain_kind(value, expected, complaints);
  } else {
    out = *endpoint;
  }
}

void read(const Value& value, const Limits& limits, std::vector<Endpoint>& out,
          Complaints& complaints) {
  const auto example = Endpoint{Ipv4(), limits.default_port == 0 ? nbns_port : limits.default_port};
  if (const auto* list = std::get_if<List>(&value.content);
      list && list->empty() && limits.min > 0) {
    complaints.push_back({value.at, "expected at least one address to listen on"});
    return;
  }
  read_list(value, fmt::format("a list such as [\"{}\"]", to_text(example)), out, complaints,
            [&](Position at, const std::string& text, std::vector<Endpoint>& endpoints) {
              const auto endpoint = parse_endpoint(text, limits.default_port);
              if (!endpoint || endpoint->port == 0 ||
                  !(endpoint->address.unspecified() || endpoint->address.is_host())) {
                complaints.push_back(
                    {at, fmt::format("expected an address and a port such as \"{}\", found {}",
                                     to_text(Endpoint{Ipv4(192, 0, 2, 10), example.port}),
                                     quote_start(text))});
              } else if (std::ranges::find(endpoints, *endpoint) != endpoints.end()) {
                complaints.push_back({at, text + " stands here twice"});
              } else {
                endpoints.push_back(*endpoint);
              }
            });
}

void read(const Value& value, const Limits&, std::vector<Ipv4>& out, Complaints& complaints) {
  read_list(value, R"(a list such as ["192.0.2.7"])", out, complaints,
            [&](Position at, const std::string& text, std::vector<Ipv4>& addresses) {
              const auto address = parse_ipv4(text);
              if (address && address->is_host()) {
                addresses.push_back(*address);
              } else {
                complaints.push_back(
                    {at, R"(expected the address of a host such as "192.0.2.7", found )" +
                             quote_start(text)});
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

std::optional<seconds> read_time_of_day(const Value& value, Complaints& complaints) {
  constexpr std::string_view expected = R"(a time of day such as "02:00")";
  const auto* text = take<std::string>(value, expected, complaints);
  if (!text) return {};
  const auto digit = [&](std::size_t i) { return (*text)[i] - '0'; };
  const auto is_digit = [&](std::size_t i) { return digit(i) >= 0 && digit(i) <= 9; };
  if (text->size() == 5 && (*text)[2] == ':' && is_digit(0) && is_digit(1) && is_digit(3) &&
      is_digit(4)) {
    const std::chrono::hours hours(10 * digit(0) + digit(1));
    const std::chrono::minutes minutes(10 * digit(3) + digit(4));
    if (hours.count() < 24 && minutes.count() < 60) return hours + minutes;
  }
  complain_kind(value, expected, complaints);
  return {};
}

std::string print_time_of_day(std::optional<seconds> time) {
  if (!time) return "none";
  return fmt::format("{:02}:{:02}", time->count() / 3600, time->count() / 60 % 60);
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
std::string print(replication::Carrier carrier) {
  return print_word(carrier_words, carrier);
}
std::string print(Ipv4 address) {
  return winsome::to_text(address);
}
std::string print(const Endpoint& endpoint) {
  return winsome::to_text(endpoint);
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

std::string print(const std::vector<Ipv4>& addresses) {
  return join(addresses, [](Ipv4 address) { return winsome::to_text(address); });
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
