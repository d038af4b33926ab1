#include <fmt/core.h>

#include <cstdio>
#include <string_view>
#include <system_error>

#include "tools/winsome-perf/generator.h"
#include "tools/winsome-perf/options.h"
#include "tools/winsome-perf/report.h"

int main(int argc, char** argv) {
  using namespace winsome::perf;

  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    fmt::print("{}", usage());
    return 0;
  }
  const auto options = parse_options({argv + 1, argv + argc});
  if (!options) {
    fmt::print(stderr, "winsome-perf: {}; see winsome-perf --help\n", options.error());
    return 2;
  }
  try {
    const auto outcomes = generate(*options);
    fmt::print("{}", options->json ? to_json(outcomes) : to_text(outcomes));
    return outcomes.load.counts.wrong + outcomes.load.counts.lost == 0 ? 0 : 3;
  } catch (const std::system_error& error) {
    fmt::print(stderr, "winsome-perf: cannot use the address {}\n", error.what());
    return 1;
  }
}
