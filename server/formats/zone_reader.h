#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/result.h"
#include "server/formats/gatherer.h"
#include "server/formats/lines.h"

namespace winsome::formats {

struct Token {
  std::string_view text;  // escapes still in it
  bool quoted = false;
};

/// An entry of a master file (RFC 1035 5.1): a line, or several joined by parentheses.
struct Entry {
  std::size_t line = 0;
  bool blank_owner = false;  // it starts with a blank: the owner is the one before
  std::vector<Token> tokens;
};

/// Cuts a master file into entries; what cannot be cut becomes a problem and is passed over.
class EntryReader {
 public:
  /// More than the text form of any record: 64 KiB of RDATA.
  static constexpr std::size_t tokens_max = 20'000;

  EntryReader(std::string_view text, std::string_view file, Gatherer& gatherer);
  [[nodiscard]] std::optional<Entry> next();

 private:
  [[nodiscard]] bool scan(std::string_view text, std::size_t number, Entry& entry);

  std::string_view file_;
  Gatherer& gatherer_;
  LineReader lines_;
  std::size_t depth_ = 0;  // of parentheses
};

/// A domain name as its labels, without escapes; the root has none.
using Domain = std::vector<std::string>;

/// A name of a master file: absolute with a dot at its end, else below `origin`; `@` is the origin.
/// The error is a phrase that says what is wrong with it.
[[nodiscard]] Result<Domain, std::string_view> parse_domain(std::string_view text,
                                                            const Domain& origin);

}  // namespace winsome::formats
