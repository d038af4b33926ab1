#include "tools/winsome/import_failure.h"

#include <fmt/format.h>

namespace winsome::cli {
namespace {

std::string_view nothing(bool dry_run) {
  return dry_run ? "nothing would be imported" : "nothing imported";
}

std::string_view plural(std::size_t count) {
  return count == 1 ? "" : "s";
}

}  // namespace

std::string problems_text(std::size_t problems, bool dry_run) {
  const bool one = problems == 1;
  return fmt::format("{}: {} problem{} found; correct {}, or leave out {} with --keep-going",
                     nothing(dry_run), problems, plural(problems), one ? "it" : "them",
                     one ? "its line" : "their lines");
}

std::string refusals_text(std::size_t refused, std::size_t rows, std::string_view row,
                          bool dry_run) {
  return fmt::format(
      "{}: the server refuses {} of {} {}{}; correct the file, or leave {} out with "
      "--keep-going",
      nothing(dry_run), refused, rows, row, plural(rows), refused == 1 ? "it" : "them");
}

}  // namespace winsome::cli
