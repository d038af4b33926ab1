#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/result.h"

namespace winsome::formats {

/// Gives the text of a file that another names, by the path as written there; nullopt: cannot be
/// read.
using ReadFile = std::function<std::optional<std::string>(std::string_view path)>;

enum class IncludeError : std::uint8_t { unreadable, cycle, too_deep, too_many, too_long };
[[nodiscard]] std::string_view to_text(IncludeError error);

/// The files open at the moment, from the one the administrator named down to the one being read.
/// Bounds what a file can make us read.
class Sources {
 public:
  static constexpr std::size_t depth_max = 10;
  static constexpr std::size_t files_max = 100;
  static constexpr std::size_t octets_max = std::size_t{256} << 20;  // all included files together

  Sources(std::string_view first, const ReadFile& read) : read_(read), open_{std::string(first)} {}

  /// The text of `path`, which is now the file being read, until `leave`.
  [[nodiscard]] Result<std::string, IncludeError> enter(std::string_view path);
  void leave() { open_.pop_back(); }

 private:
  const ReadFile& read_;
  std::vector<std::string> open_;
  std::size_t files_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace winsome::formats
