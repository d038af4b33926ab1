#include "server/formats/wins_dat.h"
#include "tests/fuzz/formats_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  using namespace winsome::formats;
  constexpr std::int64_t now = 1'000'000'000;
  const auto parsed = parse_wins_dat(as_text(octets, size), "wins.dat", now);
  check_promises(parsed);
  check_round_trip(parsed, wins_dat_header, append_wins_dat,
                   [](std::string_view again) { return parse_wins_dat(again, "export", now); });
  return 0;
}
