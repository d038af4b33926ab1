#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace winsome::formats {

struct Place {
  std::string_view file;
  std::size_t line = 0;
};

/// A line that could not be used: `lmhosts:12: address '300.1.2.3' is not an IPv4 address`.
struct Problem {
  std::string file;
  std::size_t line = 0;  // 0: the file as a whole
  std::string text;
};
[[nodiscard]] std::string to_text(const Problem& problem);

/// What a parser has to say of a file, whatever its rows are.
struct Reported {
  // Both lists are bounded; where one is full, its last entry counts what is missing.
  std::vector<Problem>
      problems;  // lines that are wrong: unless told to keep going, nothing is imported
  std::size_t problem_count = 0;  // all of them, whatever the list holds
  std::vector<Problem> skipped;   // right but not for us: IPv6, loopback, names over 15 octets
};

/// Gathers it.
class Reports {
 public:
  /// Enough to mend a file by; more would only bury the first.
  static constexpr std::size_t reports_max = 1000;

  void problem(const Place& place, std::string text);
  void skip(const Place& place, std::string text);

  /// So many problems that this is hardly such a file: readers stop.
  [[nodiscard]] bool full() const { return reported_.problem_count >= 10 * reports_max; }

  [[nodiscard]] Reported finish() &&;

 private:
  Reported reported_;
  std::size_t skip_count_ = 0;
};

}  // namespace winsome::formats
