#include "server/formats/dhcpd_conf.h"
#include "tests/fuzz/formats_properties.h"

// The first few files it includes are the input itself; more would only cost time.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  const auto text = as_text(octets, size);
  int reads = 0;
  const ReadFile read = [&](std::string_view) -> std::optional<std::string> {
    if (++reads > 4) return {};
    return std::string(text);
  };
  check_promises(parse_dhcpd_conf(text, "dhcpd.conf", read));
  return 0;
}
