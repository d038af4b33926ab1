#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/formats/reports.h"

namespace winsome::formats {

/// Room for a hosts line of many aliases or a TXT record; whatever is longer is not such a file.
inline constexpr std::size_t line_length_max = std::size_t{16} * 1024;

struct Line {
  std::string_view text;  // without its LF or CRLF
  std::size_t number = 0;
};

/// Cuts a text into lines. Lines no format can use (too long, with a NUL) become problems and are
/// passed over; a byte order mark and the Ctrl-Z of DOS editors are not seen.
class LineReader {
 public:
  LineReader(std::string_view text, std::string_view file, Reports& reports);
  [[nodiscard]] std::optional<Line> next();

 private:
  std::string_view rest_;
  std::string_view file_;
  Reports& reports_;
  std::size_t number_ = 0;
};

/// Reads along one line.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  /// Empty at the end of the line.
  [[nodiscard]] std::string_view word(std::string_view also_ends_at = {});
  void skip_blanks();
  void advance(std::size_t count) { rest_.remove_prefix(count); }
  [[nodiscard]] bool at(char c) const { return rest_.starts_with(c); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool at_blank() const { return at(' ') || at('\t'); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

[[nodiscard]] std::string_view trim(std::string_view text);

/// ASCII letters only: what else a name holds is in a code page that we do not know.
[[nodiscard]] std::string upper(std::string_view text);

/// Exactly two hexadecimal digits.
[[nodiscard]] std::optional<std::uint8_t> parse_octet(std::string_view digits);

/// Foreign text for a message: what does not print is `\xNN`, long text is cut. No terminal is to
/// obey it.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace winsome::formats
