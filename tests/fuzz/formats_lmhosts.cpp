#include "server/formats/lmhosts.h"
#include "tests/fuzz/formats_properties.h"

// The first few files it includes are the input itself, except those whose name starts with a
// minus: these cannot be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  const auto text = as_text(octets, size);
  int reads = 0;
  const ReadFile read = [&](std::string_view path) -> std::optional<std::string> {
    if (path.starts_with('-') || ++reads > 4) return {};
    return std::string(text);
  };
  const auto parsed = parse_lmhosts(text, "lmhosts", read);
  check_promises(parsed);
  check_round_trip(parsed, {}, append_lmhosts, [&read](std::string_view again) {
    return parse_lmhosts(again, "export", read);
  });
  return 0;
}
