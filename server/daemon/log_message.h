#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "server/config/settings.h"

namespace winsome::daemon {

/// One kind of line in the log. Its id is stable: people search and alarm by it.
struct LogMessageText {
  std::string_view id;
  config::LogLevel level;
  std::string_view text;     // with its fields in braces: `{name} was refused`
  std::string_view meaning;  // one line for the operator; shown with warnings and errors
};

/// The number of its fields belongs to its type, so that a call with too few or too many values
/// does not compile, and neither does a text with other than so many fields.
template <std::size_t field_count>
struct LogMessage : LogMessageText {
  consteval LogMessage(std::string_view the_id, config::LogLevel the_level,
                       std::string_view the_text, std::string_view the_meaning)
      : LogMessageText{the_id, the_level, the_text, the_meaning} {
    if (std::ranges::count(the_text, '{') != field_count) throw "fields and braces differ";
    if (std::ranges::count(the_text, '}') != field_count) throw "fields and braces differ";
  }
};

}  // namespace winsome::daemon
