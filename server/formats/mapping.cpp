#include "server/formats/mapping.h"

namespace winsome::formats {

std::string_view text_of(const nbns::Name& name) {
  const std::string_view text(reinterpret_cast<const char*>(name.octets.data()),
                              name.octets.size() - 1);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace winsome::formats
