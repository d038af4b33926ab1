#include "tools/winsome-perf/options.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace winsome::perf {
namespace {

Result<Options, std::string> parse(std::initializer_list<const char*> more) {
  std::vector<const char*> arguments{"--server", "192.0.2.1", "--from", "192.0.2.2,192.0.2.3"};
  arguments.insert(arguments.end(), more);
  return parse_options(arguments);
}

TEST(PerfOptions, PortDefaultsToTheNameService) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->server, (Endpoint{Ipv4(192, 0, 2, 1), 137}));
  EXPECT_EQ(options->from, (std::vector{Ipv4(192, 0, 2, 2), Ipv4(192, 0, 2, 3)}));
}

TEST(PerfOptions, EveryOptionIsTaken) {
  const auto options =
      parse({"--mode",    "refresh", "--names",   "30",  "--first",   "6", "--count",       "7",
             "--seconds", "1.5",     "--rate",    "2.5", "--storm",   "9", "--outstanding", "11",
             "--ports",   "2",       "--timeout", "300", "--retries", "0", "--seed",        "5",
             "--json"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->mode, Mode::refresh);
  EXPECT_EQ(options->names, 30U);
  EXPECT_EQ(options->first, 6U);
  EXPECT_EQ(options->count, 7U);
  EXPECT_EQ(options->duration, std::chrono::milliseconds(1500));
  EXPECT_EQ(options->rate, 2.5);
  EXPECT_EQ(options->storm, 9U);
  EXPECT_EQ(options->outstanding, 11U);
  EXPECT_EQ(options->ports, 2U);
  EXPECT_EQ(options->timeout, std::chrono::milliseconds(300));
  EXPECT_EQ(options->retries, 0U);
  EXPECT_EQ(options->seed, 5U);
  EXPECT_TRUE(options->json);
}

TEST(PerfOptions, WhatIsWrongIsSaid) {
  EXPECT_EQ(parse({"--mode", "bogus"}).error(), "'bogus' is not a value for --mode");
  EXPECT_EQ(parse({"--names", "0"}).error(), "'0' is not a value for --names");
  EXPECT_EQ(parse({"--names", "-1"}).error(), "'-1' is not a value for --names");
  EXPECT_EQ(parse({"--frobnicate", "1"}).error(), "unknown option '--frobnicate'");
  EXPECT_EQ(parse({"--names"}).error(), "'--names' is unknown, or lacks its value");
  EXPECT_EQ(parse({"--ports", "1000"}).error(), "at most 1024 sockets");
  EXPECT_EQ(parse_options({}).error(), "--server is required");
}

}  // namespace
}  // namespace winsome::perf
