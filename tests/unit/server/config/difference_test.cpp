#include <gmock/gmock.h>

#include "tests/unit/server/config/dhcp_parsing.h"

namespace winsome::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Difference, OfEqualSettingsIsNothing) {
  const auto none = difference(settings_of(""), settings_of("log.level = \"info\""));
  EXPECT_THAT(none.lines, IsEmpty());
  EXPECT_THAT(none.needs_restart, IsEmpty());
}

TEST(Difference, SaysWhatWasAndWhatWillBe) {
  const auto changes = difference(
      settings_of(""), settings_of("log.level = \"debug\"\n[nbns]\nrenewal_interval = \"4d12h\"\n"
                                   "[nbns.access]\nquery_from = [\"10.0.0.0/8\", \"192.0.2.1\"]\n"
                                   "blocked_names = []"));
  EXPECT_THAT(changes.lines,
              ElementsAre("log.level: info -> debug", "nbns.renewal_interval: 6d -> 4d12h",
                          "nbns.access.query_from: [0.0.0.0/0] -> [10.0.0.0/8, 192.0.2.1/32]",
                          "nbns.access.blocked_names: [\"WPAD\", \"ISATAP\"] -> []"));
  EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Difference, NamesWhatARunningDaemonCannotChange) {
  const auto changes = difference(
      settings_of(""),
      settings_of("data_dir = \"/srv\"\nlog.level = \"debug\"\nlog.format = \"json\"\nadmin.socket "
                  "= \"/run/a\"\n[nbns]\n"
                  "listen = [\"127.0.0.1:137\"]\nowner = \"192.0.2.1\"\nnetbios_name = \"A\"\n"
                  "answer_threads = 2\nchallenge_port = 138\nmigrate_on = true"));
  EXPECT_THAT(
      changes.needs_restart,
      ElementsAre("data_dir", "log.format", "nbns.listen", "nbns.owner", "nbns.netbios_name",
                  "nbns.answer_threads", "nbns.challenge_port", "admin.socket"));
}

TEST(Difference, SeesTheEndOfLongPaths) {
  const std::string path(200, 'p');
  EXPECT_THAT(difference(settings_of("data_dir = \"" + path + "1\""),
                         settings_of("data_dir = \"" + path + "2\""))
                  .needs_restart,
              ElementsAre("data_dir"));
}

TEST(Difference, NamesScopesClassesAndReservations) {
  const auto before =
      settings_of(office("lease = \"8d\"\noptions.routers = \"192.0.2.1\"\n" +
                         reservation("192.0.2.5", "hardware = \"02:00:00:00:00:01\"") +
                         reservation("192.0.2.6", "hardware = \"02:00:00:00:00:02\"")) +
                  "[[dhcp.class]]\nname = \"pxe\"\nuser_class = [\"iPXE\"]");
  const auto after = settings_of(
      "dhcp.lease = \"2d\"\n" + scope("lab", "198.51.100.0/24") +
      office("lease = \"infinite\"\npools = [\"192.0.2.10-192.0.2.20\"]\n"
             "options = { routers = [\"192.0.2.1\", \"192.0.2.2\"], domain-name = \"a.b\" }\n"
             "boot.file = \"pxe.0\"\nauthoritative = false\n" +
             reservation("192.0.2.6", "hardware = \"02:00:00:00:00:03\"") +
             reservation("192.0.2.7", "client_id = \"x\"")));
  const auto changes = difference(before, after);
  EXPECT_THAT(changes.lines,
              testing::UnorderedElementsAre(
                  "dhcp.lease: 1d -> 2d", "dhcp.class \"pxe\": removed",
                  "dhcp.scope \"lab\": added", "dhcp.scope \"office\": lease: 8d -> infinite",
                  "dhcp.scope \"office\": pools: [] -> [192.0.2.10-192.0.2.20]",
                  "dhcp.scope \"office\": options: {routers = \"192.0.2.1\"} -> {routers = "
                  "[\"192.0.2.1\", \"192.0.2.2\"], domain-name = \"a.b\"}",
                  "dhcp.scope \"office\": boot.file: \"\" -> \"pxe.0\"",
                  "dhcp.scope \"office\": authoritative: none -> false",
                  "dhcp.scope \"office\": reservation 192.0.2.5: removed",
                  "dhcp.scope \"office\": reservation 192.0.2.6: hardware: 02:00:00:00:00:02 -> "
                  "02:00:00:00:00:03",
                  "dhcp.scope \"office\": reservation 192.0.2.7: added"));
  EXPECT_THAT(changes.needs_restart, IsEmpty());
}

TEST(Difference, CannotSwitchDhcpOnWithoutARestart) {
  EXPECT_THAT(difference(settings_of(""), settings_of(office())).needs_restart,
              ElementsAre("dhcp.enabled"));
  EXPECT_THAT(
      difference(settings_of(office()), settings_of("dhcp.interfaces = [\"eth0\"]\n" + office()))
          .needs_restart,
      ElementsAre("dhcp.interfaces"));
}

}  // namespace
}  // namespace winsome::config
