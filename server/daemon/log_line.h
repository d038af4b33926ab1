#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/daemon/log_message.h"

namespace winsome::daemon {

/// What stands in one field of a message.
struct LogValue {
  LogValue(std::string_view value) : text(value) {}
  LogValue(const std::string& value) : text(value) {}
  LogValue(const char* value) : text(value) {}
  LogValue(std::integral auto value) : text(std::to_string(value)), is_number(true) {}

  std::string text;
  bool is_number = false;
};

/// `journal` leaves the time to the journal and gives it the priority instead (sd-daemon(3)).
enum class LogStyle : std::uint8_t { text, journal, json };

/// One line without its end. Whatever the values hold, it is one line of printable ASCII: other
/// octets are
/// `\xNN`, as in printed names.
[[nodiscard]] std::string to_line(const LogMessageText& message, std::span<const LogValue> values,
                                  LogStyle style, std::chrono::system_clock::time_point time);

}  // namespace winsome::daemon
