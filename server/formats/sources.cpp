#include "server/formats/sources.h"

#include <algorithm>

namespace winsome::formats {

std::string_view to_text(IncludeError error) {
  switch (error) {
    case IncludeError::unreadable: return "cannot be read";
    case IncludeError::cycle: return "includes itself";
    case IncludeError::too_deep: return "is included more than 10 files deep";
    case IncludeError::too_many: return "is one file too many, at most 100 may be included";
    case IncludeError::too_long: return "is too long, all included files may have 256 MiB";
  }
  return "";
}

Result<std::string, IncludeError> Sources::enter(std::string_view path) {
  if (std::ranges::find(open_, path) != open_.end()) return fail(IncludeError::cycle);
  if (open_.size() > depth_max) return fail(IncludeError::too_deep);
  if (files_ == files_max) return fail(IncludeError::too_many);
  ++files_;

  auto text = read_ ? read_(path) : std::nullopt;
  if (!text) return fail(IncludeError::unreadable);
  if (text->size() > octets_max - octets_) return fail(IncludeError::too_long);
  octets_ += text->size();
  open_.emplace_back(path);
  return *std::move(text);
}

}  // namespace winsome::formats
