#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "tests/sim/scenario.h"
#include "tests/sim/sweep.h"

namespace winsome::sim {
namespace {

/// `--seed=N`, `--seeds=N`, `--update`
struct Arguments {
  std::optional<std::uint64_t> seed;  // this one only, with its trace
  std::uint64_t seeds = 50;
  bool update = false;
};
Arguments arguments;

constexpr std::size_t trace_tail = 60;

void print_tail(const std::vector<std::string>& trace, std::size_t most) {
  const auto first = trace.size() > most ? trace.size() - most : 0;
  for (auto i = first; i < trace.size(); ++i) fmt::print("{}\n", trace[i]);
}

TEST(Sweep, NoSeedBreaksAnInvariant) {
  if (arguments.seed) {
    const auto outcome = run_seed(*arguments.seed, true);
    print_tail(outcome.trace, outcome.trace.size());
    EXPECT_EQ(outcome.violation.value_or("none"), "none");
    return;
  }
  Server::Counts all;
  for (std::uint64_t seed = 1; seed <= arguments.seeds; ++seed) {
    const auto outcome = run_seed(seed, false);
    if (outcome.violation) print_tail(run_seed(seed, true).trace, trace_tail);
    ASSERT_EQ(outcome.violation.value_or("none"), "none")
        << "replay it with: sim_test --seed=" << seed;
    all.commits += outcome.counts.commits;
    all.undone += outcome.counts.undone;
    all.crashes += outcome.counts.crashes;
    all.challenges += outcome.counts.challenges;
    all.defended += outcome.counts.defended;
    all.denied += outcome.counts.denied;
    all.silent += outcome.counts.silent;
  }
  // A sweep in which nothing happens would show nothing.
  fmt::print(
      "{} commits, {} undone, {} crashes, {} challenges: {} defended, {} denied, {} silent\n",
      all.commits, all.undone, all.crashes, all.challenges, all.defended, all.denied, all.silent);
  EXPECT_GT(all.commits, 20 * arguments.seeds);
  EXPECT_GT(all.undone, arguments.seeds / 4);
  EXPECT_GT(all.crashes, arguments.seeds);
  EXPECT_GT(all.defended, arguments.seeds / 4);
  EXPECT_GT(all.denied, arguments.seeds / 4);
  EXPECT_GT(all.silent, arguments.seeds / 4);
}

// After the network heals and the periods pass, all hold the same.
TEST(Sweep, FederationsComeToAgree) {
  if (arguments.seed) {
    const auto outcome = run_federation(*arguments.seed, true);
    print_tail(outcome.trace, outcome.trace.size());
    EXPECT_EQ(outcome.violation.value_or("none"), "none");
    return;
  }
  Server::Counts all;
  for (std::uint64_t seed = 1; seed <= arguments.seeds; ++seed) {
    const auto outcome = run_federation(seed, false);
    if (outcome.violation) print_tail(run_federation(seed, true).trace, trace_tail);
    ASSERT_EQ(outcome.violation.value_or("none"), "none")
        << "replay it with: sim_test --gtest_filter=Sweep.Fed* --seed=" << seed;
    all.commits += outcome.counts.commits;
    all.undone += outcome.counts.undone;
    all.crashes += outcome.counts.crashes;
  }
  fmt::print("{} commits, {} undone, {} crashes\n", all.commits, all.undone, all.crashes);
  EXPECT_GT(all.commits, 100 * arguments.seeds);
  EXPECT_GT(all.undone, arguments.seeds / 4);
  EXPECT_GT(all.crashes, arguments.seeds);
}

// No address is held by two, none is outside its pool, and nothing is acknowledged before its
// commit.
TEST(Sweep, LeasesKeepTheRules) {
  if (arguments.seed) {
    const auto outcome = run_leases(*arguments.seed, true);
    print_tail(outcome.trace, outcome.trace.size());
    EXPECT_EQ(outcome.violation.value_or("none"), "none");
    return;
  }
  Server::Counts all;
  for (std::uint64_t seed = 1; seed <= arguments.seeds; ++seed) {
    const auto outcome = run_leases(seed, false);
    if (outcome.violation) print_tail(run_leases(seed, true).trace, trace_tail);
    ASSERT_EQ(outcome.violation.value_or("none"), "none")
        << "replay it with: sim_test --gtest_filter=Sweep.Leases* --seed=" << seed;
    all.commits += outcome.counts.commits;
    all.undone += outcome.counts.undone;
    all.crashes += outcome.counts.crashes;
    all.acknowledged += outcome.counts.acknowledged;
  }
  fmt::print("{} commits, {} undone, {} crashes, {} leases acknowledged\n", all.commits, all.undone,
             all.crashes, all.acknowledged);
  EXPECT_GT(all.acknowledged, 20 * arguments.seeds);
  EXPECT_GT(all.undone, arguments.seeds / 4);
  EXPECT_GT(all.crashes, arguments.seeds);
}

TEST(Sweep, ASeedAlwaysComesToTheSame) {
  EXPECT_EQ(run_leases(7, true).trace, run_leases(7, true).trace);
  EXPECT_EQ(run_federation(7, true).trace, run_federation(7, true).trace);
  EXPECT_EQ(run_seed(7, true).trace, run_seed(7, true).trace);
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> scenario_files() {
  std::vector<std::filesystem::path> files;
  const auto folder = std::filesystem::path(WINSOME_SOURCE_DIR) / "tests/sim/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class Scenarios : public testing::TestWithParam<std::filesystem::path> {};

// Script above the line, golden trace below; `--update` writes the trace, and the diff is read
// before it is kept.
TEST_P(Scenarios, GoAsWrittenDown) {
  constexpr std::string_view line = "----\n";
  const auto text = read(GetParam());
  const auto split = text.find("\n" + std::string(line));
  const auto script = text.substr(0, split == std::string::npos ? text.size() : split + 1);
  const auto golden =
      split == std::string::npos ? std::string() : text.substr(split + 1 + line.size());
  const auto played = play(script);
  ASSERT_EQ(played.problem, "");
  if (arguments.update) {
    std::ofstream(GetParam(), std::ios::binary) << script << line << played.trace;
    return;
  }
  EXPECT_EQ(played.trace, golden);
}
INSTANTIATE_TEST_SUITE_P(Files, Scenarios, testing::ValuesIn(scenario_files()),
                         [](const auto& file) {
                           auto name = file.param.stem().string();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

std::optional<std::uint64_t> number_behind(std::string_view argument, std::string_view option) {
  if (!argument.starts_with(option)) return {};
  argument.remove_prefix(option.size());
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(argument.begin(), argument.end(), value);
  if (error != std::errc() || end != argument.end()) return {};
  return value;
}

}  // namespace
}  // namespace winsome::sim

int main(int argc, char** argv) {
  using winsome::sim::arguments;
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (const auto seed = winsome::sim::number_behind(argument, "--seed=")) {
      arguments.seed = seed;
    } else if (const auto seeds = winsome::sim::number_behind(argument, "--seeds=")) {
      arguments.seeds = *seeds;
    } else if (argument == "--update") {
      arguments.update = true;
    } else {
      fmt::print(stderr, "{}: --seed=N, --seeds=N or --update\n", argument);
      return 2;
    }
  }
  return RUN_ALL_TESTS();
}
