#include "server/tftp/path.h"

#include <algorithm>

namespace winsome::tftp {

Result<std::string, PathError> relative_path(std::string_view file) {
  if (file.size() > path_length_max) return fail(PathError::too_long);
  if (file.contains('\0')) return fail(PathError::has_nul);

  std::string path;
  while (!file.empty()) {
    const auto end = std::min(file.find_first_of("/\\"), file.size());
    const auto part = file.substr(0, end);
    file.remove_prefix(std::min(end + 1, file.size()));
    if (part == "..") return fail(PathError::climbs);
    if (part.empty() || part == ".") continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  if (path.empty()) return fail(PathError::empty);
  return path;
}

std::string_view to_text(PathError error) {
  switch (error) {
    case PathError::empty: return "no file is named";
    case PathError::too_long: return "the name is too long";
    case PathError::has_nul: return "the name has a NUL";
    case PathError::climbs: return "the name climbs";
  }
  return {};
}

}  // namespace winsome::tftp
