#include "server/formats/dnsmasq_hosts.h"
#include "tests/fuzz/formats_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  const ReadFile read = [](std::string_view) { return std::nullopt; };
  check_promises(parse_dnsmasq_hosts(as_text(octets, size), "dnsmasq.conf", read));
  return 0;
}
