#include "tools/winsome/parameters.h"

#include <gmock/gmock.h>

namespace winsome::cli {
namespace {

namespace v1 = admin::v1;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> lines_of(const v1::Parameters& parameters) {
  std::vector<std::string> lines;
  show_parameters(parameters, [&](std::string_view key, std::string_view value) {
    lines.push_back(std::string(key) + ": " + std::string(value));
  });
  return lines;
}

v1::Parameters parameters() {
  v1::Parameters made;
  *made.add_options() = *option_argument("routers=192.0.2.1,192.0.2.2");
  made.mutable_boot()->set_file("boot/a");
  made.mutable_boot()->set_server("192.0.2.5");
  made.mutable_lease()->set_seconds(28'800);
  return made;
}

TEST(Parameters, OptionsAreShownByTheirNames) {
  EXPECT_THAT(lines_of(parameters()),
              ElementsAre("LEASE: 8 h", "BOOT FILE: boot/a", "BOOT SERVER: 192.0.2.5",
                          "OPTION: routers 192.0.2.1, 192.0.2.2"));
}

TEST(Parameters, NoTerminalObeysAnOption) {
  v1::Parameters hostile;
  auto& option = *hostile.add_options();
  option.set_code(15);
  option.set_value("a\x1b[2J");
  for (const auto& line : lines_of(hostile)) EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(Parameters, JsonHasOptionsByName) {
  JsonObject object;
  add_parameters(object, parameters());
  EXPECT_EQ(object.str(),
            R"({"options":{"routers":["192.0.2.1","192.0.2.2"]},)"
            R"("boot":{"file":"boot/a","server":"192.0.2.5","server_name":""},"lease":28800})");
}

TEST(Parameters, AnOptionIsTypedByNameOrNumber) {
  EXPECT_EQ(option_argument("routers=192.0.2.1")->code(), 3U);
  EXPECT_EQ(option_argument("routers=192.0.2.1")->value(), std::string("\xc0\x00\x02\x01", 4));
  EXPECT_EQ(option_argument("option-224=01:02")->value(), "\x01\x02");
  EXPECT_EQ(option_argument("domain-name=a,b")->value(), "a,b") << "a text is one value";
}

TEST(Parameters, AWrongOptionSaysWhatWasExpected) {
  EXPECT_THAT(option_argument("routers").error(), HasSubstr("NAME=VALUE"));
  EXPECT_THAT(option_argument("no-such=1").error(), HasSubstr("NAME=VALUE"));
  EXPECT_THAT(option_argument("routers=x").error(), HasSubstr("option 'routers': expected"));
}

TEST(Parameters, LeasesAreDurations) {
  v1::Parameters out;
  EXPECT_TRUE(lease_argument("8h", out));
  EXPECT_EQ(out.lease().seconds(), 28'800);
  EXPECT_TRUE(lease_argument("infinite", out));
  EXPECT_TRUE(out.infinite());
  EXPECT_THAT(lease_argument("soon", out).error(), HasSubstr("'8h'"));
}

TEST(Parameters, TravelBothWays) {
  dhcp::Parameters said;
  said.options[3] = {192, 0, 2, 1};
  said.boot = {"boot/a", "boot", Ipv4(192, 0, 2, 5)};
  for (const auto lease :
       {std::optional<seconds>(), std::optional(seconds(60)), std::optional(dhcp::forever)}) {
    said.lease = lease;
    v1::Parameters message;
    fill(message, said);
    EXPECT_EQ(to_parameters(message), said);
  }
}

TEST(Circuit, IsTextInQuotesOrOctets) {
  for (const std::string& circuit : std::vector<std::string>{"eth0:7", "\x01\x02", "ab", "\""}) {
    EXPECT_EQ(circuit_argument(circuit_text(circuit)), circuit) << circuit_text(circuit);
  }
  EXPECT_EQ(circuit_argument("eth0/7"), "eth0/7");
  EXPECT_EQ(circuit_argument("ab"), "\xab");
}

}  // namespace
}  // namespace winsome::cli
