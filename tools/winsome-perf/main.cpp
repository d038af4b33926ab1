#include <fmt/core.h>

#include <cstdio>
#include <span>
#include <string_view>
#include <system_error>

#include "tools/winsome-perf/generator.h"
#include "tools/winsome-perf/lease_options.h"
#include "tools/winsome-perf/options.h"
#include "tools/winsome-perf/report.h"

namespace {

using namespace winsome::perf;

int run_leases(std::span<const char* const> arguments) {
  const auto options = parse_lease_options(arguments);
  if (!options) {
    const auto& [text, asked_for] = options.error();
    if (!asked_for)
      fmt::print(stderr, "winsome-perf: {}; see winsome-perf leases --help\n", text);
    else
      fmt::print("{}", text);
    return asked_for ? 0 : 2;
  }
  const auto outcome = load_leases(*options);
  fmt::print("{}", options->json ? to_json(outcome) : to_text(outcome));
  return outcome.lost + outcome.refused + outcome.doubled == 0 ? 0 : 3;
}

int run_names(std::span<const char* const> arguments) {
  const auto options = parse_options(arguments);
  if (!options) {
    fmt::print(stderr, "winsome-perf: {}; see winsome-perf --help\n", options.error());
    return 2;
  }
  const auto outcomes = generate(*options);
  fmt::print("{}", options->json ? to_json(outcomes) : to_text(outcomes));
  return outcomes.load.counts.wrong + outcomes.load.counts.lost == 0 ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<const char* const> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && std::string_view(arguments[0]) == "--help") {
    fmt::print("{}", usage());
    return 0;
  }
  try {
    const bool leases = !arguments.empty() && std::string_view(arguments[0]) == "leases";
    return leases ? run_leases(arguments.subspan(1)) : run_names(arguments);
  } catch (const std::system_error& error) {
    fmt::print(stderr, "winsome-perf: cannot use {}\n", error.what());
    return 1;
  }
}
