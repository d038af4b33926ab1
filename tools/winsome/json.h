#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace winsome::cli {

[[nodiscard]] std::string json_string(std::string_view text);
[[nodiscard]] std::string json_array(const std::vector<std::string>& values);  // of JSON values

template <class Texts>
[[nodiscard]] std::string json_texts(const Texts& texts) {
  std::vector<std::string> values;
  for (const auto& text : texts) values.push_back(json_string(text));
  return json_array(values);
}

/// One object on one line, its members in the order in which they were added.
class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& flag(std::string_view key, bool value);
  JsonObject& number(std::string_view key, std::uint64_t value);  // under 2^53
  JsonObject& id(std::string_view key, std::uint64_t value);      // 64 bits wide: a string
  JsonObject& value(std::string_view key, std::string_view json);

  [[nodiscard]] std::string str() const { return members_.empty() ? "{}" : members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace winsome::cli
