#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "server/config/keys.h"
#include "tests/unit/server/config/parsing.h"

namespace winsome::config {
namespace {

using testing::IsEmpty;

std::string sample() {
  std::ifstream in(WINSOME_SOURCE_DIR "/deploy/winsome.toml");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// `#key = …` is a default, `# …` is prose.
std::string with_every_default_taken(const std::string& text) {
  std::istringstream lines(text);
  std::string taken;
  for (std::string line; std::getline(lines, line);) {
    const bool is_default = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    taken += line.substr(is_default ? 1 : 0) + "\n";
  }
  return taken;
}

TEST(Sample, ChangesNothing) {
  ASSERT_FALSE(sample().empty());
  EXPECT_THAT(difference(settings_of(""), settings_of(sample())).lines, IsEmpty());
}

TEST(Sample, ShowsTheDefaults) {
  EXPECT_THAT(difference(settings_of(""), settings_of(with_every_default_taken(sample()))).lines,
              IsEmpty());
}

/// As a default, or as an example where there is none.
TEST(Sample, ShowsEveryKey) {
  for (const auto& key : keys()) {
    const auto line = std::string(key.name) + " = ";
    const auto shown = [&](std::string_view before) {
      return sample().find(fmt::format("\n#{}{}", before, line)) != std::string::npos;
    };
    EXPECT_TRUE(shown("") || shown(" ") || shown(" # ")) << key.table << " " << key.name;
  }
}

/// The prose from `first` on, as it would be without its `# `.
std::string example(const std::string& first) {
  auto text = sample();
  text.erase(0, text.find("# " + first + "\n"));
  std::istringstream lines(text);
  std::string shown;
  for (std::string line; std::getline(lines, line) && line.starts_with("# ");) {
    shown += line.substr(2) + "\n";
  }
  return shown;
}

TEST(Sample, HasAnExampleOfAPartnerThatDiffersFromTheDefaultsInNothingElse) {
  const std::string certificates =
      "[replication.grpc]\ncertificate = \"c\"\nkey = \"k\"\nauthority = \"a\"\n";
  const auto shown =
      settings_of(certificates + example("[[replication.partner]]")).replication.partners;
  ASSERT_EQ(shown.size(), 1U);
  replication::Partner expected;
  expected.name = "east";
  expected.address = {Ipv4(192, 0, 2, 7), 8137};
  expected.start = std::chrono::hours(6);
  EXPECT_EQ(shown[0], expected);
}

TEST(Sample, HasExamplesOfAScopeAndWhatBelongsToItThatAreUnderstood) {
  const auto dhcp =
      settings_of(example("[[dhcp.class]]") + example("[[dhcp.scope]]") +
                  example("[dhcp.scope.bootp]") + example("[[dhcp.scope.reservation]]") +
                  "[dns_update]\nserver = \"192.0.2.53\"\n")
          .dhcp;
  ASSERT_EQ(dhcp.classes.size(), 1U);
  ASSERT_EQ(dhcp.scopes.size(), 1U);
  ASSERT_EQ(dhcp.scopes[0].reservations.size(), 1U);
  EXPECT_EQ(dhcp.scopes[0].dns.domain, "example.org");
  EXPECT_EQ(dhcp.scopes[0].names, dhcp::NameFeed());
  EXPECT_EQ(dhcp.scopes[0].reservations[0].name, "printer-7");
}

// N4
TEST(DocumentedSample, IsTheDefaults) {
  constexpr std::string_view documented = R"(
data_dir = "/var/lib/winsome"            # winsome.db lives here
[log]
level = "info"
format = "text"                          # or "json"
[nbns]
listen = ["0.0.0.0:137"]
owner = "192.0.2.10"                     # the address under which partners know this server's records
netbios_name = "WINSOME"                 # the server's own name; default: host name
renewal_interval = "6d"
extinction_interval = "4d"
extinction_timeout = "6d"
verification_interval = "24d"
allow_short_intervals = false
migrate_on = false
answer_threads = 0                       # 0: one per core
[nbns.challenge]
tries = 3
interval = "500ms"
at_once = 10000
[nbns.burst]
threshold = 500
queue_limit = 25000
[nbns.access]
query_from = ["0.0.0.0/0"]
register_from = ["0.0.0.0/0"]
blocked_names = ["WPAD", "ISATAP"]
names_per_address = 0                    # 0: no limit
[admin]
socket = "/run/winsome/admin.sock"
)";
  EXPECT_THAT(difference(settings_of(""), settings_of(documented)).lines, IsEmpty());
}

}  // namespace
}  // namespace winsome::config
