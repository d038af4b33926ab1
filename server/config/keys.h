#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/config/values.h"

namespace winsome::config {

/// What a running daemon does when the key changes.
enum class OnReload : std::uint8_t { apply, refuse };

/// One line of winsome.toml: where it stands, what it may be, and the field of `Settings` it fills.
struct Key {
  std::string_view table;  // `nbns.challenge`; empty at the top
  std::string_view name;
  OnReload on_reload;
  Limits limits;
  void (*read)(const Value& value, const Limits& limits, Settings& out, Complaints& complaints);
  std::string (*print)(const Settings& settings);
};

/// Every key there is. What is not here is an error in the file.
[[nodiscard]] std::span<const Key> keys();

/// `nbns.challenge.tries`
[[nodiscard]] std::string join_path(std::string_view table, std::string_view name);

}  // namespace winsome::config
