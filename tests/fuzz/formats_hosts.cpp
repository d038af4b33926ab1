#include "server/formats/hosts.h"
#include "tests/fuzz/formats_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  check_promises(parse_hosts(as_text(octets, size), "hosts"));
  return 0;
}
