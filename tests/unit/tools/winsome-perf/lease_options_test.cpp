#include "tools/winsome-perf/lease_options.h"

#include <gmock/gmock.h>

#include <vector>

namespace winsome::perf {
namespace {

TEST(LeaseOptions, HaveDefaultsForAllButTheAddresses) {
  const std::vector<const char*> words = {"--server", "10.0.0.1", "--from", "10.0.0.2"};
  const auto options = parse_lease_options(words);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->server, Ipv4(10, 0, 0, 1));
  EXPECT_EQ(options->from, Ipv4(10, 0, 0, 2));
  EXPECT_EQ(options->mode, LeaseMode::exchange);
  EXPECT_EQ(options->clients, 10'000);
}

TEST(LeaseOptions, AreTakenInOrder) {
  const std::vector<const char*> words = {"--server",  "10.0.0.1", "--from",  "10.0.0.2", "--mode",
                                          "renew",     "--leases", "file",    "--rate",   "500",
                                          "--seconds", "1.5",      "--first", "7",        "--json"};
  const auto options = parse_lease_options(words);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->mode, LeaseMode::renew);
  EXPECT_EQ(options->leases, "file");
  EXPECT_EQ(options->rate, 500);
  EXPECT_EQ(options->duration, std::chrono::milliseconds(1500));
  EXPECT_EQ(options->first, 7);
  EXPECT_TRUE(options->json);
}

TEST(LeaseOptions, AreRefusedWhereTheyMakeNoSense) {
  const std::vector<std::vector<const char*>> wrong = {
      {"--server", "10.0.0.1"},
      {"--server", "here", "--from", "10.0.0.2"},
      {"--server", "10.0.0.1", "--from", "10.0.0.2", "--clients", "0"},
      {"--server", "10.0.0.1", "--from", "10.0.0.2", "--rate", "-1"},
      {"--server", "10.0.0.1", "--from", "10.0.0.2", "--mode", "renew"},
      {"--server", "10.0.0.1", "--from", "10.0.0.2", "--fast"}};
  for (const auto& words : wrong) {
    const auto options = parse_lease_options(words);
    ASSERT_FALSE(options) << words.back();
    EXPECT_FALSE(options.error().asked_for);
    EXPECT_FALSE(options.error().text.empty());
  }
}

TEST(LeaseOptions, ExplainThemselves) {
  const std::vector<const char*> words = {"--help"};
  const auto options = parse_lease_options(words);
  ASSERT_FALSE(options);
  EXPECT_TRUE(options.error().asked_for);
  EXPECT_THAT(options.error().text, testing::HasSubstr("--outstanding"));
}

}  // namespace
}  // namespace winsome::perf
