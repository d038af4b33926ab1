#include "server/core/version.h"

namespace winsome {

std::string_view program_version() {
  return WINSOME_VERSION;
}

}  // namespace winsome
