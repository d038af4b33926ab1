#include "server/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace winsome {

void broken_invariant(const char* what, const std::source_location& where) {
  std::fprintf(stderr, "winsome: broken invariant: %s (%s:%u)\n", what, where.file_name(),
               static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace winsome
