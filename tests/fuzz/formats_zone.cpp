#include "server/formats/zone.h"
#include "tests/fuzz/formats_properties.h"

// Every file it includes is the input itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  const auto text = as_text(octets, size);
  const ReadFile read = [text](std::string_view) { return std::optional(std::string(text)); };
  check_promises(parse_zone(text, "zone", "example.com", read));
  return 0;
}
