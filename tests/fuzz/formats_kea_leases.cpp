#include <algorithm>

#include "server/formats/kea_leases.h"
#include "tests/fuzz/formats_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome;
  const auto parsed = formats::parse_kea_leases(formats::as_text(octets, size), "leases", 1'000);
  formats::check_promises(static_cast<const formats::Reported&>(parsed));
  std::vector<Ipv4> addresses;
  for (const auto& row : parsed.rows) {
    check(row.lease.address.is_host(), "an address of a host");
    check(row.lease.hardware.length > 0 || row.lease.client, "a client");
    check(row.lease.left > seconds(0), "it has not ended");
    check(row.line > 1 && !row.file.empty(), "a place behind the header");
    addresses.push_back(row.lease.address);
  }
  std::ranges::sort(addresses);
  check(std::ranges::adjacent_find(addresses) == addresses.end(), "one lease an address");
  return 0;
}
