#include "server/daemon/log_line.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>

#include "server/core/printable.h"

namespace winsome::daemon {
namespace {

struct Level {
  std::string_view name;
  int priority;  // syslog(3)
};
constexpr std::array levels = {Level{"debug", 7}, Level{"info", 6}, Level{"warning", 4},
                               Level{"error", 3}};

const Level& look_up(config::LogLevel level) {
  return levels[static_cast<std::size_t>(level)];
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

/// Calls `take(before, field)` for each field of a message, with the text before it; returns what
/// is left.
template <class Take>
std::string_view for_each_field(std::string_view text, const Take& take) {
  for (auto open = text.find('{'); open != text.npos; open = text.find('{')) {
    const auto close = text.find('}', open);
    take(text.substr(0, open), text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return text;
}

std::string fill_in(std::string_view text, std::span<const LogValue> values) {
  std::string out;
  auto value = values.begin();
  const auto rest = for_each_field(text, [&](std::string_view before, std::string_view) {
    out.append(before).append(printable((value++)->text));
  });
  return out.append(rest);
}

std::string json_line(const LogMessageText& message, std::span<const LogValue> values,
                      std::string_view time) {
  auto line = fmt::format(R"({{"time":"{}","level":"{}","id":"{}","message":{})", time,
                          look_up(message.level).name, message.id,
                          json_text(fill_in(message.text, values)));
  auto value = values.begin();
  for_each_field(message.text, [&](std::string_view, std::string_view field) {
    line +=
        fmt::format(R"(,"{}":{})", field, value->is_number ? value->text : json_text(value->text));
    ++value;
  });
  return line += '}';
}

}  // namespace

std::string to_line(const LogMessageText& message, std::span<const LogValue> values, LogStyle style,
                    std::chrono::system_clock::time_point time) {
  const auto instant = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto rfc3339 = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                                   fmt::gmtime(std::chrono::system_clock::to_time_t(instant)),
                                   instant.time_since_epoch().count() % 1'000);
  if (style == LogStyle::json) return json_line(message, values, rfc3339);

  const auto& level = look_up(message.level);
  auto line = style == LogStyle::journal ? fmt::format("<{}>", level.priority)
                                         : fmt::format("{} {} ", rfc3339, level.name);
  line += fmt::format("{}: {}", message.id, fill_in(message.text, values));
  if (message.level >= config::LogLevel::warning) line += fmt::format(" ({})", message.meaning);
  return line;
}

}  // namespace winsome::daemon
