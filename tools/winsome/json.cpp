#include "tools/winsome/json.h"

#include <fmt/format.h>

namespace winsome::cli {

std::string json_string(std::string_view text) {
  std::string json = "\"";
  for (const auto character : text) {
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      json += fmt::format("\\u{:04x}", static_cast<unsigned>(character));
    } else {
      json += character;
    }
  }
  return json + '"';
}

std::string json_array(const std::vector<std::string>& values) {
  return fmt::format("[{}]", fmt::join(values, ","));
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
  return this->value(key, json_string(value));
}

JsonObject& JsonObject::flag(std::string_view key, bool value) {
  return this->value(key, value ? "true" : "false");
}

JsonObject& JsonObject::number(std::string_view key, std::uint64_t value) {
  return this->value(key, std::to_string(value));
}

JsonObject& JsonObject::id(std::string_view key, std::uint64_t value) {
  return text(key, std::to_string(value));
}

JsonObject& JsonObject::value(std::string_view key, std::string_view json) {
  members_ += members_.empty() ? '{' : ',';
  members_ += json_string(key);
  members_ += ':';
  members_ += json;
  return *this;
}

}  // namespace winsome::cli
