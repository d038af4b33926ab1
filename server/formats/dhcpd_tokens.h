#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/formats/reports.h"

namespace winsome::formats {

/// The lexical elements of ISC's configuration language (dhcpd.conf(5)).
enum class DhcpdTokenKind : std::uint8_t { word, text, open, close, semicolon, comma, end };

struct DhcpdToken {
  DhcpdTokenKind kind = DhcpdTokenKind::end;
  std::string text;  // of a quoted one without quotes and escapes
  std::size_t line = 0;
};

/// Cuts a text into tokens. What cannot be one (a NUL, a quote that nobody closes, a giant) is a
/// problem, and then the text ends there: what follows cannot be told from what it belongs to.
class DhcpdTokens {
 public:
  static constexpr std::size_t token_length_max = 1024;  // dhcpd's own is 1500

  DhcpdTokens(std::string_view text, std::string_view file, Reports& reports)
      : rest_(text), file_(file), reports_(reports) {}
  [[nodiscard]] DhcpdToken next();
  /// It ended because of a problem.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  void skip_blanks_and_comments();
  [[nodiscard]] DhcpdToken quoted();
  [[nodiscard]] char escaped();
  [[nodiscard]] DhcpdToken break_off(std::string text);

  std::string_view rest_;
  std::string_view file_;
  Reports& reports_;
  std::size_t line_ = 1;
  bool broken_ = false;
};

}  // namespace winsome::formats
