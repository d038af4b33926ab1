#pragma once

#include <array>
#include <cstddef>
#include <iostream>
#include <span>

#include "server/daemon/log_line.h"

namespace winsome::daemon {

/// From now on until `stop_log` lines are written, by a thread of their own: a log that is slow to
/// write never stops a caller, it loses its oldest lines, and says how many. Without a start
/// nothing is logged. Start before and stop after every thread that logs.
void start_log(const config::Settings::Log& settings, std::ostream& out = std::cerr);
void set_log_level(config::LogLevel level);
void stop_log();

[[nodiscard]] bool is_logged(config::LogLevel level);
void write_log(const LogMessageText& message, std::span<const LogValue> values);

/// `log(messages::started, version, endpoints);`
template <std::size_t field_count, class... Values>
  requires(sizeof...(Values) == field_count)
void log(const LogMessage<field_count>& message, const Values&... values) {
  if (!is_logged(message.level)) return;
  write_log(message, std::array<LogValue, field_count>{LogValue(values)...});
}

}  // namespace winsome::daemon
